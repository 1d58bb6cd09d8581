import { createHash } from "node:crypto";
import { BUNDLE_MEDIA_TYPE, type Attestation, type Proof } from "@colophon/core";

export function toAttestation(bundle: string): Attestation {
  const bytes = Buffer.from(bundle);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { mediaType: BUNDLE_MEDIA_TYPE, bytes: new Uint8Array(bytes), digest };
}

/** A bundle as it lies in the output folder. */
export function toProof(bundle: string, location: string): Proof {
  return { ...toAttestation(bundle), store: "folder", location, filed: "object" };
}
