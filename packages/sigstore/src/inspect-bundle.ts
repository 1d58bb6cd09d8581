import type { SignerIdentity, Statement } from "@colophon/core";
import { arrayAt, stringAt } from "@colophon/core";
import type { Bundle } from "@sigstore/bundle";
import { readSigner } from "./certificate.ts";
import { provenTimes } from "./diagnose.ts";
import { readDocument, type Document } from "./document.ts";
import { SigstoreError } from "./error.ts";
import { parseBundle } from "./parse-bundle.ts";
import { readStatement } from "./payload-statement.ts";
import { parsePemCertificate } from "./pem-certificate.ts";
import { isRefusal } from "./refusal.ts";

/** What an attestation says of itself. Nothing in it is verified. */
export interface BundleSummary {
  readonly form: "bundle" | "envelope" | "statement";
  /** Of a bundle; null for the other forms. */
  readonly mediaType: string | null;
  /** Null where there is no envelope. */
  readonly payloadType: string | null;
  /** Null where nothing that is an in-toto statement is signed. */
  readonly statement: Statement | null;
  /** Of a signature over the artifact itself, `<algorithm>:<hex>`; null otherwise. */
  readonly artifactDigest: string | null;
  readonly signer: ClaimedSigner | null;
  readonly logEntries: readonly LogEntrySummary[];
  /** Times that authorities state, RFC 3339. */
  readonly timestamps: readonly string[];
}

export type ClaimedSigner =
  | {
      readonly kind: "certificate";
      readonly identity: SignerIdentity | null;
      readonly notBefore: string;
      readonly notAfter: string;
    }
  | { readonly kind: "key"; readonly keyId: string };

export interface LogEntrySummary {
  /** `<kind>/<version>`. */
  readonly kind: string;
  readonly logIndex: string;
  /** RFC 3339, as the entry says; null where it says none. */
  readonly integratedTime: string | null;
  readonly inclusion: readonly ("promise" | "proof")[];
}

/** Decodes a bundle, envelope or statement without verifying it. Throws ATTESTATION_MALFORMED. */
export async function inspectBundle(bytes: Uint8Array): Promise<BundleSummary> {
  const document = readDocument(bytes);
  if (isRefusal(document)) throw new SigstoreError("ATTESTATION_MALFORMED", document.message);
  if (document.form !== "bundle") return await inspectPlain(document, bytes);
  const bundle = await parseBundle(document.value);
  if (isRefusal(bundle)) throw new SigstoreError("ATTESTATION_MALFORMED", bundle.message);
  try {
    return await summarise(bundle);
  } catch (cause) {
    throw new SigstoreError("ATTESTATION_MALFORMED", "the bundle's certificate or timestamp cannot be read", { cause });
  }
}

async function summarise(bundle: Bundle): Promise<BundleSummary> {
  const { toSignedEntity } = await import("@sigstore/verify");
  const { content } = bundle;
  const entity = toSignedEntity(bundle);
  const envelope = content.$case === "dsseEnvelope" ? content.dsseEnvelope : undefined;
  const digest = content.$case === "messageSignature" ? content.messageSignature.messageDigest : undefined;
  return {
    form: "bundle",
    mediaType: bundle.mediaType,
    payloadType: envelope?.payloadType ?? null,
    statement: envelope === undefined ? null : statementOf(envelope.payload),
    artifactDigest: digest === undefined ? null : await formatDigest(digest),
    signer:
      entity.key.$case === "certificate" ? describe(entity.key.certificate) : { kind: "key", keyId: entity.key.hint },
    logEntries: entity.tlogEntries.map(summariseEntry),
    timestamps: provenTimes(entity).flatMap(({ from, date }) => (from === "authority" ? [date.toISOString()] : [])),
  };
}

async function formatDigest(digest: { readonly algorithm: number; readonly digest: Buffer }): Promise<string> {
  const { HashAlgorithm } = await import("@sigstore/protobuf-specs");
  const name = HashAlgorithm[digest.algorithm] ?? "UNKNOWN";
  return `${name.toLowerCase().replace("sha2_", "sha")}:${digest.digest.toString("hex")}`;
}

function describe(certificate: Parameters<typeof readSigner>[0]): ClaimedSigner {
  return {
    kind: "certificate",
    identity: readSigner(certificate) ?? null,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  };
}

function summariseEntry(entry: Bundle["verificationMaterial"]["tlogEntries"][number]): LogEntrySummary {
  const time = new Date(Number(entry.integratedTime) * 1000);
  return {
    kind: `${entry.kindVersion.kind}/${entry.kindVersion.version}`,
    logIndex: entry.logIndex,
    // 0 stands for none, and a number past what a date can hold (ECMA-262 §21.4.1.1) tells none either.
    integratedTime: time.getTime() > 0 ? time.toISOString() : null,
    inclusion: [
      ...(entry.inclusionPromise === undefined ? [] : (["promise"] as const)),
      ...(entry.inclusionProof === undefined ? [] : (["proof"] as const)),
    ],
  };
}

async function inspectPlain({ form, value }: Document, bytes: Uint8Array): Promise<BundleSummary> {
  const [signature] = arrayAt(value, "signatures") ?? [];
  const payload = form === "statement" ? bytes : Buffer.from(stringAt(value, "payload") ?? "", "base64");
  return {
    form,
    mediaType: null,
    payloadType: stringAt(value, "payloadType") ?? null,
    statement: statementOf(payload),
    artifactDigest: null,
    signer: signature === undefined ? null : await describeSignature(signature),
    logEntries: [],
    timestamps: [],
  };
}

async function describeSignature(signature: unknown): Promise<ClaimedSigner> {
  const pem = stringAt(signature, "cert");
  if (pem === undefined || pem === "") return { kind: "key", keyId: stringAt(signature, "keyid") ?? "" };
  const certificate = await parsePemCertificate(pem);
  try {
    if (certificate !== undefined) return describe(certificate);
  } catch {
    // As unreadable as one that is none.
  }
  throw new SigstoreError("ATTESTATION_MALFORMED", "the certificate beside the signature cannot be read");
}

function statementOf(payload: Uint8Array): Statement | null {
  const statement = readStatement(payload);
  return "fault" in statement ? null : statement;
}
