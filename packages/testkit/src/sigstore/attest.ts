import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { CertificateAuthority } from "./authority.ts";
import { buildMaterial, type BundleForm, type Signer } from "./bundle-material.ts";
import type { BundleVersion, DsseEnvelope, SigstoreBundle, TransparencyLogEntry } from "./bundle.ts";
import { issueCertificate } from "./certificate.ts";
import type { GitHubIdentity, NamedIdentity } from "./identity.ts";
import { toTransparencyLogEntry } from "./log-answer.ts";
import { toRekorV1Body, toRekorV2Body } from "./log-body.ts";
import * as proposal from "./proposal.ts";
import type { SigningServices } from "./services.ts";
import { encodePreAuthentication, signBytes, type SignatureVerifier } from "./signature.ts";

/** A payload to be put into a DSSE envelope: an object is written as JSON, a string is taken as it is. */
export interface Payload {
  readonly statement: object | string;
  /** Default `application/vnd.in-toto+json`. */
  readonly payloadType?: string;
}

/** Who signs with a certificate made for it. */
export interface CertificateRequest {
  readonly identity: GitHubIdentity | NamedIdentity;
}

/** Who signs with a key that the verifier knows by its id. */
export interface KeyRequest {
  readonly key: KeyObject;
  readonly keyId: string;
}

/** Signs a statement with an ephemeral key and its certificate, logs it and makes the bundle. */
export async function attest(
  services: SigningServices,
  request: Payload & CertificateRequest & BundleForm,
): Promise<SigstoreBundle> {
  return signEnvelope(services, request, await certifySigner(services.ca, request.identity));
}

/** Signs a statement with a long-lived key, logs it and makes a bundle with a public key hint. */
export async function attestWithKey(
  services: SigningServices,
  request: Payload & KeyRequest & BundleForm,
): Promise<SigstoreBundle> {
  const { key: privateKey, keyId } = request;
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return signEnvelope(services, request, { privateKey, verifier: { kind: "key", der }, keyId });
}

/** Signs the bytes of a file (a message signature) with a certificate; the log entry is a `hashedrekord`. */
export async function signBlob(
  services: SigningServices,
  request: CertificateRequest & {
    readonly blob: Uint8Array;
    readonly log?: "hashedrekord" | "rekor-v2";
    readonly timestamp?: boolean;
    readonly bundleVersion?: BundleVersion;
  },
): Promise<SigstoreBundle> {
  const { blob, log = "hashedrekord", ...form } = request;
  const signer = await certifySigner(services.ca, request.identity);
  const signature = signBytes(blob, signer.privateKey);
  const entry =
    log === "rekor-v2"
      ? logV2(services, proposal.toHashedRekordRequest(blob, signature, signer.verifier))
      : logV1(services, proposal.toHashedRekordProposal(blob, signature, signer.verifier));
  const digest = createHash("sha256").update(blob).digest("base64");
  return {
    ...(await buildMaterial(services.tsa, form, signer, signature, [entry])),
    messageSignature: { messageDigest: { algorithm: "SHA2_256", digest }, signature },
  };
}

async function signEnvelope(
  services: SigningServices,
  request: Payload & BundleForm,
  signer: Signer,
): Promise<SigstoreBundle> {
  const { statement, payloadType = "application/vnd.in-toto+json", log = "dsse" } = request;
  const payload = Buffer.from(typeof statement === "string" ? statement : JSON.stringify(statement));
  const signed = encodePreAuthentication(payloadType, payload);
  const sig = signBytes(signed, signer.privateKey);
  const envelope: DsseEnvelope = {
    payload: payload.toString("base64"),
    payloadType,
    signatures: [{ sig, keyid: signer.keyId }],
  };
  const entries = log === "none" ? [] : [toEntry(services, log, envelope, signed, signer.verifier)];
  return { ...(await buildMaterial(services.tsa, request, signer, sig, entries)), dsseEnvelope: envelope };
}

function toEntry(
  services: SigningServices,
  log: proposal.DsseLogForm,
  envelope: DsseEnvelope,
  signed: Buffer,
  verifier: SignatureVerifier,
): TransparencyLogEntry {
  switch (log) {
    case "dsse":
      return logV1(services, proposal.toDsseProposal(envelope, verifier));
    case "intoto":
      return logV1(services, proposal.toIntotoProposal(envelope, verifier));
    case "rekor-v2": {
      const signature = envelope.signatures[0]?.sig ?? "";
      return logV2(services, proposal.toHashedRekordRequest(signed, signature, verifier));
    }
    case "rekor-v2-dsse":
      return logV2(services, proposal.toDsseRequest(envelope, verifier));
  }
}

function logV1({ rekorV1 }: SigningServices, proposed: Parameters<typeof toRekorV1Body>[0]): TransparencyLogEntry {
  return toTransparencyLogEntry(rekorV1, rekorV1.append(toRekorV1Body(proposed)));
}

function logV2({ rekorV2 }: SigningServices, requested: Parameters<typeof toRekorV2Body>[0]): TransparencyLogEntry {
  return toTransparencyLogEntry(rekorV2, rekorV2.append(toRekorV2Body(requested)));
}

async function certifySigner(ca: CertificateAuthority, identity: GitHubIdentity | NamedIdentity): Promise<Signer> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = pair.publicKey.export({ format: "der", type: "spki" });
  const der = await issueCertificate(ca, identity, spki);
  return { privateKey: pair.privateKey, verifier: { kind: "certificate", der }, keyId: "" };
}
