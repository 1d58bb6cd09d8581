import { assertNoPollution, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NpmError, parsePublishSummary } from "../../src/publish/index.ts";

const NAMED = { name: "@acme/widget", version: "1.0.0" };

test.each<[string, unknown, readonly unknown[]]>([
  ["pnpm's summary", { publishedPackages: [{ ...NAMED, integrity: "sha512-AAAA" }] }, [NAMED]],
  ["pnpm's summary of nothing", { publishedPackages: [] }, []],
  ["lerna's summary", [{ packageName: "@acme/widget", version: "1.0.0" }], [NAMED]],
])("reads %s", (_what, value, expected) => {
  expect(parsePublishSummary(JSON.stringify(value, undefined, 2))).toEqual(expected);
});

test.each([
  ["", /cannot be read.*empty/],
  ["acme-widget-1.0.0.tgz\n", /cannot be read/],
  ['{"publishedPackages":{}}', /no package/],
  ["{}", /no package/],
  ['"x"', /no package/],
  ['{"x":1}', /no package/],
  ["[1]", /without name or version/],
  ['[{"name":"a"}]', /without name or version/],
  ['[{"name":"a","name":"b","version":"1.0.0"}]', /twice/],
  [JSON.stringify([{ ...NAMED, version: "1".repeat(5000) }]), /without name or version/],
  [JSON.stringify(Array.from({ length: 10_001 }, () => NAMED)), /more than 10000/],
  [" ".repeat(16 * 1024 * 1024 + 1), /more than 16777216 characters/],
])("refuses a summary that tells of no package: %.40s", (text, message) => {
  expect(() => parsePublishSummary(text)).toThrow(expect.objectContaining({ code: "OUTPUT_UNREADABLE" }) as Error);
  expect(() => parsePublishSummary(text)).toThrow(message);
});

test("answers any text with entries or an error of its own", () => {
  const texts = fc.oneof(hostileJson, mutatedJson(JSON.stringify([NAMED])), fc.string());
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const { name, version } of parsePublishSummary(text))
          expect(`${name}${version}`.length).toBeLessThan(8193);
      } catch (error) {
        expect(error).toBeInstanceOf(NpmError);
        expect((error as Error).message.length).toBeLessThan(1000);
      }
    }),
  );
  assertNoPollution({});
});
