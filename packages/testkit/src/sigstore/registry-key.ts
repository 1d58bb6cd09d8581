import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";

/** A P-256 key with the id under which npm registries name it. */
export interface RegistryKey {
  /** `SHA256:` and the unpadded base64 of the SHA-256 of the public key. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

/** The TUF target `<registry host>/keys.json`: a key has one row per usage. */
export interface RegistryKeysDocument {
  keys: {
    keyId: string;
    keyUsage: "npm:signatures" | "npm:attestations";
    publicKey: { rawBytes: string; keyDetails: string; validFor: { start: string; end?: string } };
  }[];
}

/** Makes a key of an npm registry. */
export function createRegistryKey(): RegistryKey {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = pair.publicKey.export({ format: "der", type: "spki" });
  const fingerprint = createHash("sha256").update(publicKey).digest("base64").replace(/=+$/u, "");
  return { keyId: `SHA256:${fingerprint}`, privateKey: pair.privateKey, publicKey };
}

/** The `keys.json` that lists a key for both of its usages. */
export function buildRegistryKeys(key: RegistryKey): RegistryKeysDocument {
  const publicKey = {
    rawBytes: key.publicKey.toString("base64"),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    validFor: { start: "1999-01-01T00:00:00.000Z" },
  };
  return {
    keys: [
      { keyId: key.keyId, keyUsage: "npm:signatures", publicKey },
      { keyId: key.keyId, keyUsage: "npm:attestations", publicKey: structuredClone(publicKey) },
    ],
  };
}
