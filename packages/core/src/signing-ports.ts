import type { Reason } from "./release-object.ts";
import type { JsonObject } from "./strict-json.ts";

// ---- signing ---------------------------------------------------------------------------------------------------

/** A signed DSSE envelope (DSSE v1.0.2) with what its signature is checked with. No log has seen it yet. */
export interface SignedEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** Over the pre-authentication encoding; ECDSA in DER. */
  readonly signature: Uint8Array;
  /** The hint of a bundle; empty beside a certificate. */
  readonly keyId: string;
  readonly signer: EnvelopeKey;
}

export type EnvelopeKey =
  | {
      readonly kind: "certificate";
      /** The leaf, DER. */
      readonly certificate: Uint8Array;
      /** RFC 3339. Nothing that a log or authority says after it proves the signature. */
      readonly expiresAt: string;
    }
  | {
      readonly kind: "key";
      /** SubjectPublicKeyInfo, DER. */
      readonly publicKey: Uint8Array;
    };

/** A service said no (asking again changes nothing), or could not be had now (a later run completes). */
export type NotDone = { readonly status: "refused" | "unreachable"; readonly reason: Reason };

export interface EnvelopeSigner {
  /** SubjectPublicKeyInfo, DER, of a signer with one key; absent where each signature may be by another. */
  readonly publicKey?: Uint8Array;
  /** Signs the JSON text of an in-toto statement, byte for byte. */
  sign(statement: Uint8Array): Promise<SignedEnvelope | NotDone>;
}

/** What vouches that a signature was there at a time, or that it is known in public. */
export type Testimony =
  | {
      readonly kind: "log";
      /** `dev.sigstore.rekor.v1.TransparencyLogEntry` in protobuf JSON. */
      readonly entry: JsonObject;
    }
  | {
      readonly kind: "timestamp";
      /** TimeStampResp, DER (RFC 3161). */
      readonly response: Uint8Array;
    };

/** A transparency log or a timestamp authority. */
export interface Witness {
  readonly kind: Testimony["kind"];
  /** Host, as it is shown. */
  readonly name: string;
  /** A log whose entries tell no time of their own, as those of Rekor v2: it may be asked long after the signing. */
  readonly isClockless?: true;
  /** Asked again for the same envelope, a log answers with the entry that it has. */
  witness(envelope: SignedEnvelope): Promise<Testimony | NotDone>;
}
