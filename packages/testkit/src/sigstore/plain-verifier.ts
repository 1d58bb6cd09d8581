import { bundleFromJSON, type SerializedBundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

/**
 * The library alone, with its default thresholds: what Colophon's own path is measured against. Throws where it refuses.
 * A signature over bytes themselves needs these too.
 */
export function createPlainVerifier(trustedRoot: object): (bundle: object, bytes?: Buffer) => void {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot)));
  return (bundle, bytes) => {
    verifier.verify(toSignedEntity(bundleFromJSON(bundle as SerializedBundle), bytes));
  };
}
