import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { IN_TOTO_PAYLOAD_TYPE, type EnvelopeSigner, type SignedEnvelope } from "@colophon/core";
import { preAuthEncoding } from "../envelope-signature.ts";
import { unsupportedKind } from "./key-error.ts";
import { schemeOf, signBy } from "./scheme.ts";

/**
 * Signs with a key at hand, without any service. ECDSA is hashed by its curve (SHA-256, -384, -512), RSA is PKCS#1 v1.5 with
 * SHA-256. Throws KEY_UNSUPPORTED for any other kind of key.
 */
export function createKeySigner(key: KeyObject): EnvelopeSigner {
  const scheme = schemeOf(key);
  if (scheme === undefined) throw unsupportedKind(key);
  const publicKey = createPublicKey(key);
  return {
    publicKey: toDer(publicKey),
    async sign(statement) {
      const signature = signBy(key, scheme, preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, statement));
      return envelopeByKey(statement, signature, publicKey);
    },
  };
}

export function envelopeByKey(statement: Uint8Array, signature: Uint8Array, publicKey: KeyObject): SignedEnvelope {
  const der = toDer(publicKey);
  return {
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload: statement,
    signature,
    keyId: createKeyId(der),
    signer: { kind: "key", publicKey: der },
  };
}

export function toDer(publicKey: KeyObject): Uint8Array {
  return new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
}

/** As cosign has it, which takes a bundle's hint for nothing else: base64 of the SHA-256 of the SubjectPublicKeyInfo. */
function createKeyId(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("base64");
}
