import { assertNoPollution, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NpmError, parsePackOutput, parsePublishOutput, parsePublishSummary } from "../../src/publish/index.ts";

const NAMED = { name: "@acme/widget", version: "1.0.0" };
const ENTRY = { ...NAMED, filename: "acme-widget-1.0.0.tgz", integrity: "sha512-AAAA" };
const TOLD = { id: "@acme/widget@1.0.0", ...ENTRY, size: 478, files: [{ path: "a" }], bundled: [] };
const NOISE = '\n> @acme/widget@1.0.0 prepack\n> build\n\n[build] done\n{"level":"info"}\n';

test.each<[string, typeof parsePackOutput, unknown, readonly unknown[]]>([
  ["npm pack 11", parsePackOutput, [TOLD], [ENTRY]],
  ["npm pack 11 of two packages", parsePackOutput, [TOLD, { ...TOLD, name: "b" }], [ENTRY, { ...ENTRY, name: "b" }]],
  ["npm pack 12", parsePackOutput, { "@acme/widget": TOLD }, [ENTRY]],
  ["pnpm pack", parsePackOutput, { ...NAMED, filename: "/x/a.tgz", files: [] }, [{ ...NAMED, filename: "/x/a.tgz" }]],
  ["npm publish of old", parsePublishOutput, TOLD, [ENTRY]],
  ["npm publish", parsePublishOutput, { "@acme/widget": TOLD }, [ENTRY]],
  [
    "npm publish of a package called name",
    parsePublishOutput,
    { name: { ...TOLD, name: "name" } },
    [{ ...ENTRY, name: "name" }],
  ],
  ["pnpm publish", parsePublishOutput, { ...TOLD, shasum: "x", stageId: "y" }, [ENTRY]],
  ["pnpm's summary", parsePublishSummary, { publishedPackages: [NAMED] }, [NAMED]],
  ["pnpm's summary of nothing", parsePublishSummary, { publishedPackages: [] }, []],
  ["lerna's summary", parsePublishSummary, [{ packageName: "@acme/widget", version: "1.0.0" }], [NAMED]],
])("reads the output of %s", (_what, parse, value, expected) => {
  expect(parse(JSON.stringify(value, undefined, 2))).toEqual(expected);
  expect(parse(`${JSON.stringify(value)}\n`)).toEqual(expected);
});

test.each([parsePackOutput, parsePublishOutput])("passes over what scripts print before it (%o)", (parse) => {
  for (const value of [[TOLD], TOLD]) {
    expect(parse(`${NOISE}${JSON.stringify(value, undefined, 2)}\n`)).toEqual([ENTRY]);
    expect(parse(`${NOISE}${JSON.stringify(value)}\n`)).toEqual([ENTRY]);
  }
});

test.each([
  ["", /cannot be read.*empty/],
  ["acme-widget-1.0.0.tgz\n", /cannot be read/],
  ['{"error":{"code":"E403","summary":"no"}}', /without name or version/],
  ["{}", /no package/],
  ['"x"', /no package/],
  ['{"x":1}', /no package/],
  ["[1]", /without name or version/],
  ['[{"name":"a"}]', /without name or version/],
  ['[{"name":"a","name":"b","version":"1.0.0"}]', /twice/],
  [JSON.stringify([{ ...NAMED, version: "1".repeat(5000) }]), /without name or version/],
  [JSON.stringify(Array.from({ length: 10_001 }, () => NAMED)), /more than 10000/],
  [" ".repeat(16 * 1024 * 1024 + 1), /more than 16777216 characters/],
])("refuses an output that tells of no package: %.40s", (text, message) => {
  for (const parse of [parsePackOutput, parsePublishOutput, parsePublishSummary]) {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "OUTPUT_UNREADABLE" }) as Error);
    expect(() => parse(text)).toThrow(message);
  }
});

test("answers any text with entries or an error of its own", () => {
  const texts = fc.oneof(hostileJson, mutatedJson(JSON.stringify([TOLD])), fc.string());
  fc.assert(
    fc.property(texts, fc.constantFrom(parsePackOutput, parsePublishSummary), (text, parse) => {
      try {
        for (const { name, version } of parse(text)) expect(`${name}${version}`.length).toBeLessThan(8193);
      } catch (error) {
        expect(error).toBeInstanceOf(NpmError);
        expect((error as Error).message.length).toBeLessThan(1000);
      }
    }),
  );
  assertNoPollution({});
});
