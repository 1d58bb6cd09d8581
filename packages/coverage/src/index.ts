export { type Exemption, type Exemptions } from "./exemption.ts";
export { findFirstVerified } from "./first-verified.ts";
export { gate, type GateCode, type Threshold } from "./gate.ts";
export { measureCoverage, type Coverage, type CoveragePorts, type CoverageRequest, type Progress } from "./measure.ts";
