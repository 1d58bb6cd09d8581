import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { splitAttestations } from "../src/index.ts";

const BUNDLE = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", dsseEnvelope: {} };
const ENVELOPE = { payloadType: "application/vnd.in-toto+json", payload: "e30=", signatures: [] };

const split = (text: string): ReturnType<typeof splitAttestations> =>
  splitAttestations(Buffer.from(text), "proof.json");
const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

test("leaves a single bundle as its bytes are", () => {
  const text = `${JSON.stringify(BUNDLE, null, 2)}\n`;
  const [only, ...rest] = split(text);
  expect(rest).toEqual([]);
  expect(only).toMatchObject({ mediaType: BUNDLE.mediaType, digest: digestOf(text) });
  expect(Buffer.from(only?.bytes ?? []).toString("utf8")).toBe(text);
});

test.each([
  [ENVELOPE, "application/vnd.dsse.envelope.v1+json"],
  [{ _type: "https://in-toto.io/Statement/v1" }, "application/vnd.in-toto+json"],
  [{ ...BUNDLE, mediaType: null }, "application/json"],
])("names the media type of %j", (value, mediaType) => {
  expect(split(JSON.stringify(value))).toMatchObject([{ mediaType }]);
});

test("takes JSON lines apart and skips blank ones", () => {
  const lines = [JSON.stringify(BUNDLE), JSON.stringify(ENVELOPE)];
  const found = split(`\n${lines[0]}\r\n\n   \n${lines[1]}\n`);
  expect(found.map(({ digest }) => digest)).toEqual(lines.map(digestOf));
});

describe("a registry's attestations answer", () => {
  test("is one attestation for each entry, with the type it is listed as", () => {
    const answer = {
      attestations: [{ predicateType: "https://slsa.dev/provenance/v1", bundle: BUNDLE }, { bundle: BUNDLE }],
    };
    expect(split(JSON.stringify(answer, null, 2))).toEqual([
      {
        mediaType: BUNDLE.mediaType,
        bytes: Buffer.from(JSON.stringify(BUNDLE)),
        digest: digestOf(JSON.stringify(BUNDLE)),
        listedAs: "https://slsa.dev/provenance/v1",
      },
      expect.not.objectContaining({ listedAs: expect.anything() as unknown }),
    ]);
  });

  test("may be empty", () => {
    expect(split('{"attestations":[]}')).toEqual([]);
  });

  test.each([
    ['{"attestations":[{"bundle":null}]}', "null"],
    ['{"attestations":[{"bundle":"text"}]}', '"text"'],
    ['{"attestations":[{}]}', "null"],
    ['{"attestations":[7]}', "7"],
  ])("keeps an entry that is none, for the verifier to name: %s", (text, bytes) => {
    const found = split(text);
    expect(found).toMatchObject([{ mediaType: "application/octet-stream" }]);
    expect(Buffer.from(found[0]?.bytes ?? []).toString("utf8")).toBe(bytes);
  });
});

test.each([
  ["JSON of another kind", '{"name":"widget"}'],
  ["a number", "7"],
  ["HTML", "<html>\n<body>"],
  ["nothing", ""],
  ["a key twice", '{"mediaType":"a","mediaType":"b"}'],
])("hands on %s as it is", (_title, text) => {
  expect(split(text)).toMatchObject([{ mediaType: "application/octet-stream", digest: digestOf(text) }]);
});

test.each([
  ["cut off", '{"payload":'],
  ["of another kind", '{"a":1}'],
])("lets a line that is %s hide no other", (_title, line) => {
  const found = split(`${line}\n${JSON.stringify(ENVELOPE)}`);
  expect(found.map(({ mediaType }) => mediaType)).toEqual([
    "application/octet-stream",
    "application/vnd.dsse.envelope.v1+json",
  ]);
});

test("hands on bytes that are not UTF-8", () => {
  expect(splitAttestations(Uint8Array.of(0xff), "proof.json")).toMatchObject([{ bytes: Uint8Array.of(0xff) }]);
});

test("refuses what is too large", () => {
  const bytes = new Uint8Array(128 * 1024 * 1024 + 1);
  expect(() => splitAttestations(bytes, "proof.json")).toThrow(
    expect.objectContaining({ code: "ATTESTATION_TOO_LARGE" }),
  );
});
