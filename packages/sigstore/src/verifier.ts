import type { Authentication, DigestSet, Proof, Verifier, Warning } from "@colophon/core";
import { authenticateBundle } from "./authenticate-bundle.ts";
import { authenticateEnvelope } from "./authenticate-envelope.ts";
import { readConfiguredKey, type ConfiguredKey } from "./configured-key.ts";
import type { Context } from "./context.ts";
import { readDocument } from "./document.ts";
import { SigstoreError } from "./error.ts";
import { isBundleMediaType } from "./media-type.ts";
import { parseBundle } from "./parse-bundle.ts";
import { parseEnvelope, unsigned } from "./parse-envelope.ts";
import { claimOf, claimOfPayload, readStatement } from "./payload-statement.ts";
import { isRefusal, malformed, quote } from "./refusal.ts";
import { prepareTrust, type ReadyTrust } from "./trust-material.ts";
import type { TrustSource } from "./trust/trust-root.ts";

/**
 * Authenticates Sigstore bundles v0.1–v0.3 and DSSE envelopes against a trust root that is loaded once, by the
 * first proof that needs it. What is wrong with a proof is an answer; `authenticate` throws SigstoreError only
 * where the trust root itself cannot be had. Throws KEY_INVALID at once.
 */
export function createVerifier(options: {
  readonly trust: TrustSource;
  readonly keys?: readonly ConfiguredKey[];
}): Verifier {
  let ready: Promise<ReadyTrust> | undefined;
  const context: Context = {
    keys: (options.keys ?? []).map(readConfiguredKey),
    trust: () => (ready ??= loadTrust(options.trust)),
  };
  return { authenticate: (proof, claimed) => authenticate(proof, claimed, context) };
}

async function loadTrust(source: TrustSource): Promise<ReadyTrust> {
  try {
    return await prepareTrust(await source.load());
  } catch (cause) {
    if (cause instanceof SigstoreError) throw cause;
    throw new SigstoreError("TRUST_ROOT_UNAVAILABLE", "the trust root cannot be loaded", { cause });
  }
}

async function authenticate(proof: Proof, digests: DigestSet | undefined, context: Context): Promise<Authentication> {
  const document = readDocument(proof.bytes);
  if (isRefusal(document)) return document;
  try {
    switch (document.form) {
      case "statement":
        return {
          ...unsigned("it is a bare statement, without envelope and signature"),
          // Builders of images, such as BuildKit, put theirs beside the image in this form.
          ...(proof.store === "oci" && { code: "attestation-unsigned" }),
          claimed: claimOf(readStatement(proof.bytes)),
        };
      case "envelope": {
        const envelope = parseEnvelope(document.value);
        return isRefusal(envelope)
          ? { ...envelope, ...claimOfPayload(document.value) }
          : await authenticateEnvelope(envelope, context);
      }
      case "bundle": {
        const bundle = await parseBundle(document.value);
        if (isRefusal(bundle)) return bundle;
        return await authenticateBundle(bundle, digests, context, mediaTypeWarnings(proof, bundle.mediaType));
      }
    }
  } catch (error) {
    // Trust that cannot be had is the caller's matter; whatever else the libraries throw is the bundle's fault.
    if (error instanceof SigstoreError) throw error;
    return malformed("the attestation holds a part that cannot be read (certificate, timestamp or log entry)");
  }
}

/** The type inside counts; a store that says another one deserves a look. */
function mediaTypeWarnings(proof: Proof, inside: string): readonly Warning[] {
  if (!isBundleMediaType(proof.mediaType) || proof.mediaType === inside) return [];
  const message = `${proof.location} says ${quote(proof.mediaType)}, and the bundle inside ${quote(inside)}`;
  return [{ code: "media-type-differs", message }];
}
