import { arrayAt, objectAt, type JsonObject } from "@colophon/core";
import type { Bundle } from "@sigstore/bundle";
import { findShapeFault } from "./bundle-shape.ts";
import { loadLibraries } from "./libraries.ts";
import { refuseMediaType } from "./media-type.ts";
import { refuseUnsigned } from "./parse-envelope.ts";
import { claimOfPayload } from "./payload-statement.ts";
import { malformed, type Refusal } from "./refusal.ts";

/**
 * Reads a Sigstore bundle v0.1–v0.3 (sigstore_bundle.proto) of known media type with canonical base64
 * and exactly one signature. Nothing in it is verified yet.
 */
export async function parseBundle(value: JsonObject): Promise<Bundle | Refusal> {
  const refused = refuseMediaType(value["mediaType"]);
  if (refused !== undefined) return refused;
  const fault = findShapeFault(value);
  if (fault !== undefined) return malformed(`not a well-formed Sigstore bundle: ${fault}`);
  const envelope = objectAt(value, "dsseEnvelope");
  const signatures = arrayAt(envelope, "signatures") ?? [];
  const unsigned = envelope && refuseUnsigned(signatures);
  if (unsigned !== undefined) return { ...unsigned, ...claimOfPayload(envelope) };
  if (signatures.length > 1) {
    return malformed(`the envelope has ${signatures.length} signatures; a bundle has exactly one`);
  }
  const { bundleFromJSON, ValidationError } = (await loadLibraries()).bundle;
  try {
    return bundleFromJSON(value);
  } catch (error) {
    const fields = error instanceof ValidationError ? error.fields : [];
    return malformed(
      fields.length === 0
        ? "not a well-formed Sigstore bundle: a field has a value that it cannot have"
        : `not a well-formed Sigstore bundle: missing or wrong ${fields.slice(0, 8).join(", ")}`,
    );
  }
}
