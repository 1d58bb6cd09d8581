import { expect, test } from "vitest";
import { attToBundle } from "../src/att-to-bundle.ts";
import { derOf, INTERMEDIATE, ROOT } from "./certificates.ts";
import { envelopeFor } from "./layout-folder.ts";

const ENVELOPE = envelopeFor(`sha256:${"a".repeat(64)}`) as { signatures: readonly object[] };
const BYTES = Buffer.from(JSON.stringify(ENVELOPE, null, 1));
const LOG = JSON.stringify({
  SignedEntryTimestamp: "c2V0",
  Payload: {
    body: Buffer.from('{"apiVersion":"0.0.1","kind":"dsse"}').toString("base64"),
    integratedTime: 1,
    logIndex: 2,
    logID: "c0d2",
  },
});

function convert(annotations: Record<string, string>, bytes: Uint8Array = BYTES): unknown {
  const prefixed = Object.entries(annotations).map(([name, value]) => [`dev.sigstore.cosign/${name}`, value]);
  const converted = attToBundle(bytes, Object.fromEntries(prefixed) as Record<string, string>);
  return JSON.parse(Buffer.from(converted).toString());
}

test("makes a bundle v0.1 of envelope, certificate, chain and log entry, without the root", () => {
  expect(convert({ certificate: INTERMEDIATE, chain: INTERMEDIATE + ROOT, bundle: LOG })).toEqual({
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: derOf(INTERMEDIATE) }, { rawBytes: derOf(INTERMEDIATE) }] },
      tlogEntries: [
        {
          logIndex: "2",
          logId: { keyId: "wNI=" },
          kindVersion: { kind: "dsse", version: "0.0.1" },
          integratedTime: "1",
          inclusionPromise: { signedEntryTimestamp: "c2V0" },
          canonicalizedBody: "eyJhcGlWZXJzaW9uIjoiMC4wLjEiLCJraW5kIjoiZHNzZSJ9",
        },
      ],
    },
    dsseEnvelope: ENVELOPE,
  });
});

test("keeps the leaf even where it is self-signed", () => {
  expect(convert({ certificate: ROOT, bundle: LOG })).toMatchObject({
    verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: derOf(ROOT) }] } },
  });
});

test("adds a timestamp beside the log entry, or makes a bundle with it alone", () => {
  const rfc3161timestamp = '{"SignedRFC3161Timestamp":"dHNh"}';
  const timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: "dHNh" }] };
  expect(convert({ certificate: INTERMEDIATE, bundle: LOG, rfc3161timestamp })).toMatchObject({
    verificationMaterial: { tlogEntries: [{ logIndex: "2" }], timestampVerificationData },
  });
  expect(convert({ certificate: INTERMEDIATE, rfc3161timestamp })).toMatchObject({
    verificationMaterial: { tlogEntries: [], timestampVerificationData },
  });
});

test("puts the certificate into the signatures where nothing tells the time", () => {
  const expected = { ...ENVELOPE, signatures: ENVELOPE.signatures.map((one) => ({ ...one, cert: INTERMEDIATE })) };
  expect(convert({ certificate: INTERMEDIATE, chain: ROOT })).toEqual(expected);
  expect(convert({ certificate: INTERMEDIATE, bundle: "" })).toEqual(expected);
});

test("hands on an envelope whose signatures are no list of objects", () => {
  const odd = { payload: "", signatures: 5 };
  expect(convert({ certificate: INTERMEDIATE }, Buffer.from(JSON.stringify(odd)))).toEqual(odd);
  const list = { payload: "", signatures: [null] };
  expect(convert({ certificate: INTERMEDIATE }, Buffer.from(JSON.stringify(list)))).toEqual(list);
});

test("hands on the very bytes where there is no certificate, or no envelope", () => {
  expect(attToBundle(BYTES, {})).toBe(BYTES);
  expect(attToBundle(BYTES, { "dev.sigstore.cosign/bundle": LOG })).toBe(BYTES);
  const annotations = { "dev.sigstore.cosign/certificate": INTERMEDIATE, "dev.sigstore.cosign/bundle": LOG };
  for (const text of ["no JSON", "[]", '{"payload":"","payload":""}', "\ufeff{}"]) {
    const bytes = Buffer.from(text);
    expect(attToBundle(bytes, annotations)).toBe(bytes);
  }
});

test("keeps a broken log entry, timestamp or certificate as broken, never as absent", () => {
  expect(convert({ certificate: INTERMEDIATE, bundle: "broken" })).toMatchObject({
    verificationMaterial: { tlogEntries: [{}] },
  });
  expect(convert({ certificate: INTERMEDIATE, rfc3161timestamp: "broken" })).toMatchObject({
    verificationMaterial: { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: "" }] } },
  });
  expect(convert({ certificate: "broken", bundle: LOG })).toMatchObject({
    verificationMaterial: { x509CertificateChain: { certificates: [] } },
  });
});
