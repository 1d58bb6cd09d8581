import { describe, expect, test } from "vitest";
import { readBuilderOutput } from "../../src/builders/read-builder-output.ts";
import { matchPushed } from "../../src/confirm/match-pushed.ts";

const [A, B] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

function match(references: readonly string[], ...outputs: readonly string[]): unknown {
  const told = outputs.map((text) => readBuilderOutput(Buffer.from(text), "out"));
  return matchPushed(references, told).pushed.map(
    ({ registry, repository, tags, digest }) => `${registry}/${repository}:${tags.join("+")} ${digest ?? "?"}`,
  );
}

describe("names and what builders tell", () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ["a name alone", ["ghcr.io/acme/w:1"], [], ["ghcr.io/acme/w:1 ?"]],
    ["a name with its digest, and its tag", [`ghcr.io/acme/w:1@${A}`], [], [`ghcr.io/acme/w:1 ${A}`]],
    [
      "a bare digest",
      ["ghcr.io/acme/w:1", "quay.io/acme/w:1"],
      [A],
      [`ghcr.io/acme/w:1 ${A}`, `quay.io/acme/w:1 ${A}`],
    ],
    ["builders' names", [], [`ghcr.io/acme/w:1@${A}\nghcr.io/acme/w:2@${A}`], [`ghcr.io/acme/w:1+2 ${A}`]],
    [
      "a name and others'",
      ["ghcr.io/acme/w:1"],
      [`ghcr.io/acme/w:1@${A}\nghcr.io/acme/v:1@${B}`],
      [`ghcr.io/acme/w:1 ${A}`],
    ],
    [
      "a tag of several",
      ["ghcr.io/acme/w:2"],
      [`ghcr.io/acme/w:1@${A}\nghcr.io/acme/w:2@${B}`],
      [`ghcr.io/acme/w:2 ${B}`],
    ],
    ["a name that was copied", ["ghcr.io/acme/w:1"], [`quay.io/acme/w:1@${A}`], [`ghcr.io/acme/w:1 ${A}`]],
    [
      "a name without digest",
      [],
      [`  ghcr.io/acme/w:1\n${A.slice(7)}  ghcr.io/acme/w:2\n`],
      [`ghcr.io/acme/w:2 ${A}`, "ghcr.io/acme/w:1 ?"],
    ],
    ["a name without a tag, and its digest", ["ghcr.io/acme/w"], [A], [`ghcr.io/acme/w: ${A}`]],
    ["a name without a tag alone", ["ghcr.io/acme/w"], [], ["ghcr.io/acme/w:latest ?"]],
    ["a name with one of several digests", [`ghcr.io/acme/w:1@${A}`], [`${A}\n${B}`], [`ghcr.io/acme/w:1 ${A}`]],
    ["two tags of one digest", [`ghcr.io/acme/w:1@${A}`, `ghcr.io/acme/w:2@${A}`], [], [`ghcr.io/acme/w:1+2 ${A}`]],
  ])("are put together: %s", (_, references, outputs, pushed) => {
    expect(match(references, ...outputs)).toEqual(pushed);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ["nothing is named", [], []],
    ["a bare digest has no name", [], [A]],
    ["several digests may be it", ["ghcr.io/acme/w:1"], [`${A}\n${B}`]],
    ["its builder tells another digest", [`ghcr.io/acme/w@${B}`], [A]],
  ])("are refused where %s", (_, references, outputs) => {
    expect(() => match(references, ...outputs)).toThrow(expect.objectContaining({ code: "PUSHED_UNMATCHED" }) as Error);
  });
});
