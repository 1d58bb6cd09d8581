import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier, type Signer } from "@sigstore/verify";
import { createPublicKey } from "node:crypto";
import type { EmbeddedSigstore, SigstoreBundle } from "../../src/index.ts";

type Thresholds = ConstructorParameters<typeof Verifier>[1];

/** Verifies with the plain `@sigstore/verify` and the embedded trusted root; throws as it does. */
export function verifyBundle(
  sigstore: EmbeddedSigstore,
  bundle: SigstoreBundle,
  options: { artifact?: Buffer; thresholds?: Thresholds } = {},
): Signer {
  const keys = (hint: string) => {
    const row = sigstore.registryKeys.keys.find(
      ({ keyId, keyUsage }) => keyId === hint && keyUsage === "npm:attestations",
    );
    if (row === undefined) throw new Error(`no key ${hint}`);
    const key = Buffer.from(row.publicKey.rawBytes, "base64");
    return { publicKey: createPublicKey({ key, format: "der", type: "spki" }), validFor: () => true };
  };
  const material = toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot), keys);
  const entity = toSignedEntity(bundleFromJSON(bundle), options.artifact);
  return new Verifier(material, options.thresholds).verify(entity);
}
