import { expect, test } from "vitest";
import { parseBundle } from "../src/parse-bundle.ts";

const BUNDLE = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: { certificate: { rawBytes: "AAAA" }, tlogEntries: [] },
  dsseEnvelope: { payloadType: "application/vnd.in-toto+json", payload: "e30=", signatures: [{ sig: "AAAA" }] },
};

test("reads a bundle into its protobuf form", async () => {
  expect(await parseBundle(BUNDLE)).toMatchObject({ content: { $case: "dsseEnvelope" } });
});

const entry = { logId: { keyId: "AAAA" }, kindVersion: { kind: "dsse", version: "0.0.1" } };

test.each<[string, object, string]>([
  [
    "two signatures",
    { dsseEnvelope: { ...BUNDLE.dsseEnvelope, signatures: [{ sig: "AAAA" }, { sig: "AAAA" }] } },
    "2 signatures",
  ],
  ["no key or certificate", { verificationMaterial: {} }, "verificationMaterial.content"],
  ["no content", { dsseEnvelope: undefined }, "content"],
  [
    "no inclusion proof",
    { verificationMaterial: { ...BUNDLE.verificationMaterial, tlogEntries: [entry] } },
    "inclusionProof",
  ],
  [
    "no inclusion promise in v0.1",
    {
      mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
      verificationMaterial: { ...BUNDLE.verificationMaterial, tlogEntries: [entry] },
    },
    "inclusionPromise",
  ],
  [
    "a hash algorithm of its own",
    {
      dsseEnvelope: undefined,
      messageSignature: { signature: "AAAA", messageDigest: { algorithm: "MD5", digest: "AAAA" } },
    },
    "a value that it cannot have",
  ],
])("refuses %s and says so", async (_title, change, why) => {
  expect(await parseBundle({ ...BUNDLE, ...change })).toMatchObject({
    code: "bundle-malformed",
    message: expect.stringContaining(why) as string,
  });
});

test.each<[string, unknown]>([
  ["no list of signatures", undefined],
  ["an empty one", []],
  ["one of an empty signature", [{ sig: "" }]],
])("refuses %s as unsigned, and keeps what the payload claims", async (_title, signatures) => {
  const statement = { _type: "https://in-toto.io/Statement/v1", subject: [{ digest: {} }], predicateType: "x" };
  const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  const dsseEnvelope = { ...BUNDLE.dsseEnvelope, payload, signatures };
  expect(await parseBundle({ ...BUNDLE, dsseEnvelope })).toMatchObject({
    code: "envelope-unsigned",
    claimed: { statement: { predicateType: "x" } },
  });
});
