import { expect, test } from "vitest";
import { MAX_ATTESTATION_BYTES, readDocument } from "../src/document.ts";

const read = (text: string): unknown => readDocument(Buffer.from(text));

test.each([
  ['{"mediaType":null}', "bundle"],
  ['{"verificationMaterial":{}}', "bundle"],
  ['{"payloadType":"x","payload":""}', "envelope"],
  ['{"_type":"x"}', "statement"],
])("takes %s for a %s", (text, form) => {
  expect(read(text)).toMatchObject({ form });
});

test.each([
  ["HTML", "<!doctype html><p>", "but HTML"],
  ["nothing", "", "it is empty"],
  ["JSON of another kind", '{"name":"widget"}', "neither a Sigstore bundle nor a DSSE envelope"],
  ["a list", "[]", "neither"],
  ["a key twice", '{"mediaType":"a","mediaType":"b"}', "stands twice"],
  ["a prototype", '{"mediaType":"a","__proto__":{}}', "__proto__"],
  ["a byte order mark", "\uFEFF{}", "is not JSON"],
])("refuses %s as no bundle, saying why", (_title, text, why) => {
  expect(read(text)).toMatchObject({
    ok: false,
    check: "bundle",
    kind: "unprovable",
    code: "bundle-malformed",
    message: expect.stringContaining(why) as string,
  });
});

test("refuses bytes that are not UTF-8", () => {
  expect(readDocument(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ code: "bundle-malformed" });
});

test("refuses what is too large without reading it", () => {
  const bytes = Buffer.alloc(MAX_ATTESTATION_BYTES + 1, " ");
  expect(readDocument(bytes)).toMatchObject({ message: expect.stringContaining("more than 33554432") as string });
});
