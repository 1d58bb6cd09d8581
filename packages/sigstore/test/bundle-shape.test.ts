import { expect, test } from "vitest";
import { findShapeFault } from "../src/bundle-shape.ts";

test("finds nothing wrong with canonical base64, whole numbers and short lists", () => {
  const bundle = {
    verificationMaterial: {
      certificate: { rawBytes: "AAAA" },
      publicKey: null,
      tlogEntries: [{ logIndex: "12", integratedTime: 1_700_000_000, inclusionProof: { hashes: ["AAA="] } }],
    },
    dsseEnvelope: { payload: "e30=", signatures: [{ sig: "AA==" }] },
  };
  expect(findShapeFault(bundle)).toBeUndefined();
});

test.each<[string, object, string]>([
  ["stray bits", { dsseEnvelope: { payload: "e31=" } }, "dsseEnvelope.payload is not base64"],
  ["missing padding", { dsseEnvelope: { payload: "e30" } }, "dsseEnvelope.payload is not base64"],
  ["a line break", { dsseEnvelope: { payload: "e30=\n" } }, "dsseEnvelope.payload is not base64"],
  ["the URL alphabet", { a: [{ sig: "-_-_" }] }, "a[0].sig is not base64"],
  ["a number for bytes", { rawBytes: 5 }, "rawBytes is not base64"],
  ["a hash that is not base64", { hashes: ["AAAA", "A"] }, "hashes is not base64"],
  ["a negative index", { tlogEntries: [{ logIndex: "-1" }] }, 'tlogEntries[0].logIndex is "-1"'],
  ["a fraction of a time", { integratedTime: 1.5 }, "integratedTime is 1.5"],
  ["a time in words", { integratedTime: "now" }, 'integratedTime is "now"'],
  ["too many log entries", { tlogEntries: Array.from({ length: 17 }, () => ({})) }, "tlogEntries has 17 elements"],
  ["a list that is none", { tlogEntries: { length: 1 } }, "tlogEntries is not a list"],
  ["two contents", { dsseEnvelope: {}, messageSignature: {} }, "it has both dsseEnvelope and messageSignature"],
  ["two kinds of key", { m: { certificate: {}, publicKey: {} } }, "m has both certificate and publicKey"],
])("finds %s", (_title, bundle, fault) => {
  expect(findShapeFault(bundle)).toContain(fault);
});
