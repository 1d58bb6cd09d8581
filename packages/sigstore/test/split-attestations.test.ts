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

  test("keeps an entry that is wrong inside, for the verifier to name", () => {
    expect(split('{"attestations":[{"bundle":null}]}')).toMatchObject([{ mediaType: "application/json" }]);
  });

  test("is refused where an entry is none", () => {
    expect(() => split('{"attestations":[{"bundle":{}},7]}')).toThrow("proof.json, attestation 2");
  });
});

test.each([
  ["JSON of another kind", '{"name":"widget"}', "ATTESTATION_MALFORMED"],
  ["a number", "7", "ATTESTATION_MALFORMED"],
  ["HTML", "<html>", "JSON_INVALID"],
  ["nothing", "", "JSON_INVALID"],
  ["a key twice", '{"mediaType":"a","mediaType":"b"}', "JSON_INVALID"],
  ["a line that is cut off", `${JSON.stringify(ENVELOPE)}\n{"payload":`, "JSON_INVALID"],
  ["a line of another kind", `${JSON.stringify(ENVELOPE)}\n{"a":1}`, "ATTESTATION_MALFORMED"],
])("refuses %s and names the file", (_title, text, code) => {
  expect(() => split(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining("proof.json") as string }),
  );
});

test("refuses bytes that are not UTF-8", () => {
  expect(() => splitAttestations(Uint8Array.of(0xff), "proof.json")).toThrow("not UTF-8");
});

test("refuses what is too large", () => {
  const bytes = new Uint8Array(128 * 1024 * 1024 + 1);
  expect(() => splitAttestations(bytes, "proof.json")).toThrow(
    expect.objectContaining({ code: "ATTESTATION_TOO_LARGE" }),
  );
});
