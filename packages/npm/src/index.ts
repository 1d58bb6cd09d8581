export { NpmError, type NpmErrorCode } from "./error.ts";
export { readNpmConfig, type NpmConfig, type NpmConfigRequest } from "./config/read-config.ts";
export type { NpmNetwork } from "./config/network.ts";
export type { Registry } from "./config/registry.ts";
export { createNpmInventory, type NpmInventoryOptions } from "./inventory/inventory.ts";
export { createNpmStore, type NpmStoreOptions } from "./store/store.ts";
export { fetchTarballDigest } from "./tarball-digest.ts";
export type { NpmReasonCode } from "./reason.ts";
