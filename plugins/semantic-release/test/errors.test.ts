import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as definitions from "../src/definitions/errors.ts";
import { fromReason, releaseError } from "../src/release-error.ts";

const TOLD = {
  option: "subjects",
  form: "a glob",
  value: "1",
  known: ["subjects"],
  plugins: "`a`",
  before: "a",
  after: "b",
  path: "a",
  assets: "[]",
  outputDir: "out",
  file: "package.json",
  message: "it is so",
  hint: "Change it.",
  found: [],
  packed: "sha512:1",
  again: "sha512:2",
  why: "it is empty",
  release: "v1.0.0",
  object: "a",
  served: "sha512:3",
  when: "it is there",
  recovery: "npx colophon",
  objects: ["a"],
};
const { linkify, ...functions } = definitions;
const all = Object.entries(functions as unknown as Record<string, (told: typeof TOLD) => definitions.Definition>);

test.each([...all, ["a reason of below", undefined] as const])(
  "%s has the form of the host's errors",
  async (code, define) => {
    const error =
      define === undefined ? fromReason({ code: "some-fault", message: "it is so" }) : releaseError(define, TOLD);
    expect(error).toMatchObject({ name: "SemanticReleaseError", semanticRelease: true });
    expect(error.code).toBe(define === undefined ? "ESOMEFAULT" : code);
    // One sentence.
    expect(error.message).toMatch(/^[A-Z`][^\n]*\.$/u);
    const anchors = [...(error.details ?? "").matchAll(/README\.md#([\w-]+)/gu)].map(([, anchor]) => anchor);
    const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
    const headings = [...readme.matchAll(/^#+ (.+)$/gmu)].map(([, heading = ""]) => anchorOf(heading));
    expect(headings).toEqual(expect.arrayContaining(anchors));
    expect(anchors.length).toBeGreaterThan(0);
    expect(linkify("x")).toContain("@colophon/semantic-release/README.md");
  },
);

/** As Markdown renderers make it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/gu, "")
    .replaceAll(" ", "-");
}
