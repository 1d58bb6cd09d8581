import { sign, verify, type KeyObject } from "node:crypto";

/** How a key signs, and what Rekor v2 calls that (sigstore_common.proto, `PublicKeyDetails`). */
export interface Scheme {
  /** Null: the scheme has its own. */
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  /** Absent where the log has no name for such a key over a digest. */
  readonly keyDetails?: string;
  /** For people. */
  readonly name: string;
}

const CURVES: Readonly<Record<string, Scheme>> = {
  prime256v1: { hash: "sha256", keyDetails: "PKIX_ECDSA_P256_SHA_256", name: "ECDSA P-256 with SHA-256" },
  secp384r1: { hash: "sha384", keyDetails: "PKIX_ECDSA_P384_SHA_384", name: "ECDSA P-384 with SHA-384" },
  secp521r1: { hash: "sha512", keyDetails: "PKIX_ECDSA_P521_SHA_512", name: "ECDSA P-521 with SHA-512" },
};

const NAMED_RSA_SIZES: ReadonlySet<number> = new Set([2048, 3072, 4096]);
const LEAST_RSA_BITS = 2048;

/** The scheme of a private or public key; undefined for a kind that nothing is signed with. */
export function schemeOf(key: KeyObject): Scheme | undefined {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "ec") return Object.hasOwn(CURVES, namedCurve) ? CURVES[namedCurve] : undefined;
  // The log sees a digest alone, from which plain Ed25519 cannot be verified.
  if (key.asymmetricKeyType === "ed25519") return { hash: null, name: "Ed25519" };
  if (key.asymmetricKeyType !== "rsa" || modulusLength < LEAST_RSA_BITS) return undefined;
  const keyDetails = `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`;
  const name = `RSA ${modulusLength} PKCS#1 v1.5 with SHA-256`;
  return { hash: "sha256", name, ...(NAMED_RSA_SIZES.has(modulusLength) && { keyDetails }) };
}

/** ECDSA in DER. */
export function signBy(key: KeyObject, { hash }: Scheme, data: Uint8Array): Uint8Array {
  return new Uint8Array(sign(hash, data, key));
}

/** By this scheme alone, where reading proofs tries more. */
export function isSignedBy(key: KeyObject, { hash }: Scheme, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(hash, data, key, signature);
  } catch {
    return false;
  }
}
