import { createPublicKey, type KeyObject } from "node:crypto";
import { IN_TOTO_PAYLOAD_TYPE, type EnvelopeSigner } from "@colophon/core";
import { preAuthEncoding } from "../envelope-signature.ts";
import { SigstoreError } from "../error.ts";
import { quote } from "../refusal.ts";
import { unsupportedKind } from "./key-error.ts";
import { envelopeByKey, toDer } from "./key-signer.ts";
import { refused, unreachable } from "./not-done.ts";
import { isSignedBy, schemeOf, type Scheme } from "./scheme.ts";

export interface SigningHook {
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  /**
   * Signs these bytes (DSSE's pre-authentication encoding) with the private key: ECDSA in DER, hashed by its curve
   * (SHA-256, -384, -512); RSA as PKCS#1 v1.5 with SHA-256; Ed25519 as it is.
   */
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Signs with a key that lies elsewhere: a key management service, a PKCS#11 token, an agent. Each signature is checked
 * before it is believed. A hook that rejects makes the answer `unreachable`. Throws KEY_INVALID or KEY_UNSUPPORTED.
 */
export function createHookSigner(hook: SigningHook): EnvelopeSigner {
  const publicKey = parsePem(hook.publicKey);
  const scheme = schemeOf(publicKey);
  if (scheme === undefined) throw unsupportedKind(publicKey);
  return {
    publicKey: toDer(publicKey),
    async sign(statement) {
      const data = preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, statement);
      let signature: Uint8Array;
      try {
        signature = await hook.sign(new Uint8Array(data));
      } catch (error) {
        const why = quote(error instanceof Error ? error.message : "no reason");
        return unreachable("signing-hook-failed", `the signing hook failed: ${why}`);
      }
      return isSignedBy(publicKey, scheme, data, signature)
        ? envelopeByKey(statement, new Uint8Array(signature), publicKey)
        : refused(
            "signature-wrong",
            "the signing hook's signature does not verify with its public key",
            hintOf(scheme),
          );
    },
  };
}

function hintOf({ name, hash }: Scheme): string {
  const form = hash !== null && name.startsWith("ECDSA") ? ", in DER (not r and s side by side)" : "";
  return `Check that the key is the one named, and that it signs ${name}${form}, over the bytes themselves.`;
}

function parsePem(pem: string): KeyObject {
  const hint = "Give the public key in PEM (BEGIN PUBLIC KEY).";
  if (pem.includes("PRIVATE KEY")) throw new SigstoreError("KEY_INVALID", "the hook's key is a private key", { hint });
  try {
    return createPublicKey(pem);
  } catch {
    throw new SigstoreError("KEY_INVALID", "the hook's key is not a public key in PEM", { hint });
  }
}
