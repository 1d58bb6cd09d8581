import { describe, expect, test } from "vitest";
import { formatDraft, parseDraft, toBundle, toEnvelope, type Draft } from "../src/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const KEYLESS: Draft = {
  envelope: {
    payloadType: "application/vnd.in-toto+json",
    payload: bytes('{"_type":"https://in-toto.io/Statement/v1"}'),
    signature: bytes("signature"),
    keyId: "",
    signer: { kind: "certificate", certificate: bytes("certificate"), expiresAt: "2026-01-01T00:10:00.000Z" },
  },
  testimony: [
    { by: "tsa.example", said: { kind: "timestamp", response: bytes("response") } },
    { by: "rekor.example", said: { kind: "log", entry: { logIndex: "1" } } },
  ],
};
const KEYED: Draft = {
  envelope: { ...KEYLESS.envelope, keyId: "k", signer: { kind: "key", publicKey: bytes("spki") } },
  testimony: [],
};

test.each([
  ["certificate", KEYLESS],
  ["key", KEYED],
])("a draft by a %s is read as it was written", (_, draft) => {
  expect(parseDraft(formatDraft(draft))).toEqual(draft);
});

describe("a draft", () => {
  const value = JSON.parse(formatDraft(KEYLESS)) as Record<string, unknown>;

  test.each([
    ["cut short", formatDraft(KEYLESS).slice(0, -9), "JSON_INVALID"],
    ["no object", "[]", "DRAFT_MALFORMED"],
    ["of a payload that is not base64", JSON.stringify({ ...value, payload: "====" }), "DRAFT_MALFORMED"],
    ["without a signer", JSON.stringify({ ...value, signer: undefined }), "DRAFT_MALFORMED"],
    ["of a certificate without an end", JSON.stringify({ ...value, signer: { certificate: "" } }), "DRAFT_MALFORMED"],
    ["of a time that is none", JSON.stringify({ ...value, signer: { expiresAt: "soon" } }), "DRAFT_MALFORMED"],
    ["of a testimony by nobody", JSON.stringify({ ...value, testimony: [{ entry: {} }] }), "DRAFT_MALFORMED"],
    ["of a testimony that is none", JSON.stringify({ ...value, testimony: [1] }), "DRAFT_MALFORMED"],
  ])("%s is refused", (_, text, code) => {
    expect(() => parseDraft(text)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

test("a bundle has one certificate or key hint, and each kind of testimony in its place", () => {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  expect(
    toBundle(
      KEYLESS.envelope,
      KEYLESS.testimony.map(({ said }) => said),
    ),
  ).toEqual({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: base64("certificate") },
      tlogEntries: [{ logIndex: "1" }],
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64("response") }] },
    },
    dsseEnvelope: toEnvelope(KEYLESS.envelope),
  });
  expect(toBundle(KEYED.envelope, [])).toMatchObject({ verificationMaterial: { publicKey: { hint: "k" } } });
});

test("an envelope names no key, which some verifiers would not find by its name", () => {
  expect(toEnvelope(KEYED.envelope)["signatures"]).toEqual([{ sig: "c2lnbmF0dXJl" }]);
});
