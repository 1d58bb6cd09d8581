import { readFile, stat } from "node:fs/promises";
import { SigstoreError } from "../error.ts";
import { parseRegistryKeys } from "./registry-keys.ts";
import { parseTrustedRoots } from "./trusted-root.ts";
import type { RegistryKey, TrustMaterialText } from "./trust-root.ts";

/** Real ones have some kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads a trusted root, or JSON lines of several, from the user's file. Throws TRUST_ROOT_UNREADABLE or TRUST_ROOT_INVALID. */
export async function trustFromFile(path: string): Promise<TrustMaterialText> {
  const text = await readText(path, "TRUST_ROOT_UNREADABLE", "the trusted root");
  try {
    return {
      trustedRoots: await parseTrustedRoots(text),
      registryKeys: [],
      warnings: [],
      description: `the trusted root in ${path}`,
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "it cannot be read";
    throw new SigstoreError("TRUST_ROOT_INVALID", `${path} is not a Sigstore trusted root: ${why}`, {
      hint: "Give a trusted_root.json (application/vnd.dev.sigstore.trustedroot+json;version=0.1).",
      cause,
    });
  }
}

/** Reads a registry's keys from the user's file. Throws REGISTRY_KEYS_UNREADABLE or REGISTRY_KEYS_INVALID. */
export async function registryKeysFromFile(path: string, host: string): Promise<readonly RegistryKey[]> {
  const text = await readText(path, "REGISTRY_KEYS_UNREADABLE", `the keys of ${host}`);
  return parseRegistryKeys(text, host, path);
}

async function readText(
  path: string,
  code: "TRUST_ROOT_UNREADABLE" | "REGISTRY_KEYS_UNREADABLE",
  what: string,
): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_BYTES}`);
    return await readFile(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SigstoreError(code, `${what} cannot be read from ${path}: ${why}`, {
      hint: "Check the path and that the file may be read.",
      cause,
    });
  }
}
