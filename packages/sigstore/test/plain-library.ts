import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { TrustRoot } from "../src/index.ts";

/** The plain library, with its own thresholds and its own way of reading: what Colophon's path is measured by. */
export function createPlain(root: TrustRoot): (text: string, artifact: Buffer) => boolean {
  const material = toTrustMaterial(root.trustedRoots[0], (hint) => {
    const key = root.registryKeys.find(({ keyId }) => keyId === hint);
    if (key === undefined) throw new Error("no such key");
    const { start, end } = key.validFor;
    return {
      publicKey: key.publicKey,
      validFor: (date) => (start === undefined || start <= date) && (end === undefined || date <= end),
    };
  });
  const verifier = new Verifier(material);
  return (text, artifact) => {
    try {
      verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text)), artifact));
      return true;
    } catch {
      return false;
    }
  };
}
