export { readConfig, type Config } from "./config.ts";
export { ConfigError, type ConfigErrorCode } from "./error.ts";
export { openNpm, type Npm, type NpmRequest } from "./npm.ts";
export { defaultCacheDir, openTrust, type Trust, type TrustRequest } from "./trust.ts";
export { defineConfig, type WrittenConfig } from "./written-config.ts";
export { findPackages, type ProjectPackage, type ProjectPackages } from "@colophon/workspace";
export { openOci, readImageName, type Oci, type OciRequest } from "./oci.ts";
export { openHelm, type Helm, type HelmRequest } from "./helm.ts";
