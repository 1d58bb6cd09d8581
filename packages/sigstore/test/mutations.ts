import { alter, valueAt } from "./alter.ts";

/** One change of a bundle; undefined where the bundle has nothing to change there. */
export interface Mutation {
  readonly title: string;
  readonly apply: (bundle: object) => object | undefined;
}

const MATERIAL = "verificationMaterial";
const ENTRY = `${MATERIAL}.tlogEntries.0`;
const PARTS = {
  payload: "dsseEnvelope.payload",
  "payload type": "dsseEnvelope.payloadType",
  "envelope signature": "dsseEnvelope.signatures.0.sig",
  envelope: "dsseEnvelope",
  "message digest": "messageSignature.messageDigest.digest",
  "message signature": "messageSignature.signature",
  certificate: `${MATERIAL}.certificate.rawBytes`,
  "first certificate": `${MATERIAL}.x509CertificateChain.certificates.0.rawBytes`,
  "key hint": `${MATERIAL}.publicKey.hint`,
  "log entries": `${MATERIAL}.tlogEntries`,
  "log id": `${ENTRY}.logId.keyId`,
  promise: `${ENTRY}.inclusionPromise.signedEntryTimestamp`,
  "whole promise": `${ENTRY}.inclusionPromise`,
  body: `${ENTRY}.canonicalizedBody`,
  proof: `${ENTRY}.inclusionProof`,
  "proof hash": `${ENTRY}.inclusionProof.hashes.0`,
  "proof root": `${ENTRY}.inclusionProof.rootHash`,
  checkpoint: `${ENTRY}.inclusionProof.checkpoint.envelope`,
  timestamp: `${MATERIAL}.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp`,
  timestamps: `${MATERIAL}.timestampVerificationData`,
  "entry kind": `${ENTRY}.kindVersion`,
  "entry time": `${ENTRY}.integratedTime`,
  "entry index": `${ENTRY}.logIndex`,
  "media type": "mediaType",
} as const;

const FLIPPED = [
  "payload",
  "envelope signature",
  "message digest",
  "message signature",
  "certificate",
  "first certificate",
  "log id",
  "promise",
  "body",
  "proof hash",
  "proof root",
  "timestamp",
] as const;

/** Where a bit is flipped, as a share of the bytes. */
const PLACES = [0.37, 1];

const SET: readonly (readonly [keyof typeof PARTS, unknown])[] = [
  ["payload type", "application/json"],
  ["entry time", "0"],
  ["entry time", "1"],
  ["entry time", "1700000000"],
  ["entry index", "1"],
  ["entry kind", { kind: "hashedrekord", version: "0.0.1" }],
  ["entry kind", { kind: "intoto", version: "0.0.1" }],
  ["media type", "application/vnd.dev.sigstore.bundle+json;version=0.1"],
  ["media type", "application/vnd.dev.sigstore.bundle+json;version=0.2"],
  ["media type", "application/vnd.dev.sigstore.bundle+json;version=0.3"],
  ["media type", "application/vnd.dev.sigstore.bundle.v0.3+json"],
  ["media type", "application/vnd.dev.sigstore.bundle+json;version=0.9"],
  ["media type", "application/json"],
  ["key hint", "other"],
];

export const MUTATIONS: readonly Mutation[] = [
  { title: "nothing", apply: (bundle) => bundle },
  ...FLIPPED.flatMap((part) =>
    PLACES.map((place) => change(`flip ${part} at ${place}`, PARTS[part], (value) => flipBit(String(value), place))),
  ),
  ...Object.entries(PARTS).map(([part, path]) => change(`drop ${part}`, path, () => undefined)),
  ...SET.map(([part, value]) => change(`set ${part} to ${JSON.stringify(value)}`, PARTS[part], () => value)),
  change("alter checkpoint's size", PARTS.checkpoint, (value) => String(value).replace(/\n(\d+)\n/, "\n1$1\n")),
  change("alter checkpoint's signature", PARTS.checkpoint, (value) =>
    String(value).replace(/(\S{8})\n$/, (end) => end.replace(/[A-Z]/, "z")),
  ),
  change("double log entry", PARTS["log entries"], (value) => [...(value as unknown[]), ...(value as unknown[])]),
];

function change(title: string, path: string, toValue: (value: unknown) => unknown): Mutation {
  return {
    title,
    apply: (bundle) => {
      const value = find(bundle, path);
      return value === undefined ? undefined : alter(bundle, path, toValue(value));
    },
  };
}

function find(bundle: object, path: string): unknown {
  try {
    return valueAt(bundle, path);
  } catch {
    return undefined;
  }
}

function flipBit(base64: string, place: number): string {
  const bytes = Buffer.from(base64, "base64");
  const at = Math.round((bytes.length - 1) * place);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString("base64");
}
