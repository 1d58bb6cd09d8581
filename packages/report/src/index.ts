export { renderCoverageText, renderMissing, renderNotes } from "./coverage-text.ts";
export { renderInspectText, type Inspected } from "./inspect-text.ts";
export { renderCoverageJson, renderJson } from "./json.ts";
export { plainText } from "./plain-text.ts";
export { renderPlanText } from "./plan-text.ts";
export { percentage } from "./percentage.ts";
export { renderReceiptText } from "./receipt-text.ts";
export { renderVerifyText } from "./verify-text.ts";
export type { Style } from "./style.ts";
