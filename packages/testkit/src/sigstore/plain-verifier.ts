import { bundleFromJSON, type SerializedBundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

/** The library alone, with its default thresholds: what Colophon's own path is measured against. Throws where it refuses. */
export function createPlainVerifier(trustedRoot: object): (bundle: object) => void {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot)));
  return (bundle) => {
    verifier.verify(toSignedEntity(bundleFromJSON(bundle as SerializedBundle)));
  };
}
