import { verify, type KeyObject } from "node:crypto";

/** DSSE v1 pre-authentication encoding (secure-systems-lab/dsse, protocol.md): what is really signed. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, "utf8");
  const head = Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `, "utf8");
  return Buffer.concat([head, payload]);
}

const CURVE_HASHES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ["sha256"],
  secp384r1: ["sha384", "sha256"],
  secp521r1: ["sha512", "sha256"],
};

/** Hash algorithms that a key of that kind signs with, the usual one first; null: the scheme has its own. */
function hashesFor(key: KeyObject): readonly (string | null)[] {
  if (key.asymmetricKeyType === "ed25519") return [null];
  if (key.asymmetricKeyType === "rsa") return ["sha256", "sha512"];
  return CURVE_HASHES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? [];
}

/**
 * Whether the key signed the data. Signers with P-384 and P-521 keys use the curve's own hash, which
 * `@sigstore/verify` does not try; some use SHA-256 with every key.
 */
export function verifySignature(data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  // DSSE names no form for ECDSA: most write DER, Google's signers r and s side by side (IEEE P1363).
  const forms = key.asymmetricKeyType === "ec" ? (["der", "ieee-p1363"] as const) : (["der"] as const);
  return hashesFor(key).some((hash) =>
    forms.some((dsaEncoding) => attempt(hash, data, { key, dsaEncoding }, signature)),
  );
}

function attempt(
  hash: string | null,
  data: Uint8Array,
  key: { readonly key: KeyObject; readonly dsaEncoding: "der" | "ieee-p1363" },
  signature: Uint8Array,
): boolean {
  try {
    return verify(hash, data, key, signature);
  } catch {
    return false;
  }
}
