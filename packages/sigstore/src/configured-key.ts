import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { SigstoreError } from "./error.ts";

/** A plain public key that the user trusts. */
export interface ConfiguredKey {
  /** SPKI in PEM. */
  readonly publicKey: string;
  /** Where set, the key verifies only what names this key id, or none. */
  readonly keyId?: string;
}

export interface ReadyKey {
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** Whether the key can be meant by a signature with that key id. */
  readonly isMeantBy: (hint: string) => boolean;
}

/** Throws KEY_INVALID; the message never holds any of the text, which may be a private key. */
export function readConfiguredKey(key: ConfiguredKey): ReadyKey {
  const { keyId } = key;
  const publicKey = parsePem(key.publicKey);
  return {
    keyId: keyId ?? fingerprint(publicKey),
    publicKey,
    // DSSE v1: a key id is a hint and may be absent.
    isMeantBy: (hint) => keyId === undefined || hint === "" || hint === keyId,
  };
}

function parsePem(text: string): KeyObject {
  const hint = "Give the public key in PEM (BEGIN PUBLIC KEY).";
  if (text.includes("PRIVATE KEY")) {
    throw new SigstoreError("KEY_INVALID", "the key to verify with is a private key", { hint });
  }
  try {
    return createPublicKey(text);
  } catch (cause) {
    throw new SigstoreError("KEY_INVALID", "the key to verify with is not a public key in PEM", { hint, cause });
  }
}

/** As npm names its keys: `SHA256:` and the unpadded base64 of the SPKI's hash. */
function fingerprint(key: KeyObject): string {
  const der = key.export({ format: "der", type: "spki" });
  return `SHA256:${createHash("sha256").update(der).digest("base64").replace(/=+$/, "")}`;
}
