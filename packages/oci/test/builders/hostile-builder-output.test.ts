import { assertNoPollution, damagedBytes, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OciError, readBuilderOutput, type PushedImages } from "../../src/index.ts";
import { A, BUILD, CRANE_LOG, DOCKER, GORELEASER, HELM, JIB, LOADED, ORAS, REPORT, SYNC } from "./outputs.ts";

const CODES = ["BUILDER_OUTPUT_INVALID", "NOTHING_PUSHED", "TOO_LARGE"];

/** What is read is as the types say, whatever was given; what is refused is refused in few words. */
function check(bytes: Uint8Array): PushedImages | undefined {
  try {
    const found = readBuilderOutput(bytes, "it");
    assertNoPollution(found);
    for (const { digest, tags, repository } of found.images) {
      expect(digest).toMatch(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/);
      expect([repository?.registry, repository?.repository, ...tags].join("")).toMatch(/^[\w.:/[\]-]*$/);
    }
    for (const { message } of found.problems) expect(message.length).toBeLessThan(1000);
    return found;
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    expect(CODES).toContain(error.code);
    expect(error.message.length).toBeLessThan(1000);
    return undefined;
  }
}

test("reads or refuses every mutation of the JSON that builders write", () => {
  const documents = [BUILD, LOADED, { widget: BUILD, tool: LOADED }, JIB, ORAS].map(mutatedJson);
  fc.assert(
    fc.property(fc.oneof(hostileJson, ...documents), (text) => void check(Buffer.from(text))),
    { numRuns: 500 },
  );
});

test("reads or refuses every damaged text", () => {
  const texts = [DOCKER, CRANE_LOG, HELM, REPORT, SYNC, GORELEASER, `a.example/b:1@${A}\n`, A];
  const damaged = texts.map((text) => damagedBytes(Buffer.from(text)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), ...damaged), (bytes) => void check(bytes)),
    { numRuns: 1000 },
  );
});

test("tells the same config's digest from a manifest's, whatever else is said", () => {
  const others = fc.dictionary(fc.string(), fc.string());
  const property = fc.property(others, (more) => {
    expect(check(Buffer.from(JSON.stringify({ ...more, ...LOADED })))).toBeUndefined();
  });
  fc.assert(property);
});

const MB = 1024 * 1024;
// None may take longer than the whole test may.
test.each<[string, string]>([
  ["colons", JSON.stringify({ ...JIB, image: `${":".repeat(10 * MB)}/` })],
  ["blanks before a table", `${" ".repeat(10 * MB)}[imag`],
  ["starts of sequences", "\u001b]\u001b[".repeat(3 * MB)],
  ["one word", "a".repeat(15 * MB)],
  ["one word that is pushed", `Pushed: ${"a/".repeat(7 * MB)}`],
  ["line ends", "\r".repeat(900_000)],
  ["levels of TOML", `[image]\ntags = ${"[".repeat(500_000)}`],
  ["keys of TOML", `[image]\n${Array.from({ length: 50_000 }, (_, index) => `k${index} = 1\n`).join("")}`],
  ["a prototype in TOML", `[image]\n__proto__ = { digest = "${A}" }\n`],
  ["a prototype's table in TOML", `[image]\n[image.__proto__]\ndigest = "${A}"\n`],
  ["levels of JSON", `{"a":${"[".repeat(MB)}`],
  ["one long name", `${"a".repeat(10 * MB)}@${A}`],
  ["many parts of a name", `${"a/".repeat(5 * MB)}@${A}`],
])("refuses soon: %s", (_, text) => {
  expect(check(Buffer.from(text))).toBeUndefined();
});
