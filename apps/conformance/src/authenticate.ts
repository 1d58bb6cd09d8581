import { defaultCacheDir, openTrust, readConfig } from "@colophon/config";
import { splitAttestations } from "@colophon/config/attestations";
import type { Authentication, DigestSet, Proof } from "@colophon/core";

export interface Trusted {
  /** Of a trusted root file; the public-good instance's where there is none. */
  readonly root?: string;
  /** PEM, SubjectPublicKeyInfo. */
  readonly keys?: readonly string[];
}

/** Who says what in the one bundle of a file, or why that cannot be told; `digest` is the artifact's. */
export async function authenticateBundle(
  bytes: Uint8Array,
  file: string,
  digest: DigestSet,
  { root, keys = [] }: Trusted,
): Promise<Authentication | string> {
  const trust = openTrust({
    config: await readConfig(import.meta.dirname),
    ...(root === undefined ? {} : { trustedRootFile: root }),
    keys: keys.map((publicKey) => ({ publicKey })),
    offline: root !== undefined || process.env["COLOPHON_OFFLINE"] === "1",
    cacheDir: defaultCacheDir(process.env),
  });
  let attestations;
  try {
    attestations = splitAttestations(bytes, file);
  } catch (error) {
    return error instanceof Error ? error.message : "the bundle cannot be read";
  }
  const [attestation, ...more] = attestations;
  if (attestation === undefined || more.length > 0) return `${file} holds ${attestations.length} bundles`;
  const proof: Proof = { ...attestation, store: "file", location: file, filed: "object" };
  return await trust.verifier.authenticate(proof, digest);
}
