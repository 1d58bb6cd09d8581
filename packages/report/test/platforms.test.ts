import type { CoveredObject } from "@colophon/core";
import { expect, test } from "vitest";
import { renderCoverageText, renderMissing, renderVerifyText } from "../src/index.ts";
import { coveredIndex, member, RESULT, VERIFIED } from "./result.ts";

const PLAIN = { color: false };
const missing = member("linux/arm64", {
  status: "missing",
  level: null,
  reason: { check: "subject", code: "no-provenance", message: "nothing" },
  evidence: [],
});
const unsigned = member("linux/riscv64", {
  status: "present",
  level: null,
  reason: { check: "bundle", code: "attestation-unsigned", message: "no signature" },
});

function tableOf(...objects: readonly CoveredObject[]): string {
  return renderCoverageText({ ...RESULT, objects, withdrawn: [], warnings: [] }, PLAIN).split("\n\n")[0] ?? "";
}

test("coverage shows the platforms under their index, and by which proof it is proven", () => {
  const partly = coveredIndex({ status: "present", level: null, source: null, members: [missing, unsigned] });
  const { provenBy: _, ...unproven } = partly;
  expect(tableOf(coveredIndex(), coveredIndex({ provenBy: "index", source: null }), unproven)).toMatchInlineSnapshot(`
    "oci  registry.example/acme/widget   2 of 3 verified
      version                  status    level  published  from
      1.4.0                  ✓ verified  L2     –          https://github.com/acme/widget  by proof of each of its platforms
        linux/amd64          ✓ verified  L2
        sha256:111111111111  ✓ verified  L2
      1.4.0                  ✓ verified  L2     –          by proof of the index itself
        linux/amd64          ✓ verified  L2
        sha256:111111111111  ✓ verified  L2
      1.4.0                  ! present   –      –
        linux/arm64          ○ missing   –
        linux/riscv64        ! present   –                 attestation-unsigned"
  `);
});

test("platforms are in no list of what is not verified, and in no count", () => {
  const objects = [coveredIndex({ members: [missing] })];
  expect(renderMissing({ ...RESULT, objects })).toBe("");
  expect(tableOf(...objects)).toContain("1 of 1 verified");
});

test("indexes that lack proof of other platforms are not given one reason", () => {
  const [one, other] = ["nothing proves linux/amd64", "nothing proves linux/arm64"].map((message) =>
    coveredIndex({ status: "missing", reason: { check: "subject", code: "no-provenance", message } }),
  );
  const text = renderCoverageText({ ...RESULT, objects: [one!, other!, one!] }, PLAIN);
  expect(text.match(/nothing proves linux\/a\w+64/g)).toEqual([
    "nothing proves linux/amd64",
    "nothing proves linux/arm64",
  ]);
});

test("verify shows each platform with its evidence, and by which proof the index is proven", () => {
  const members = [member("linux/amd64"), missing];
  expect(
    renderVerifyText({ ...VERIFIED, source: null, builder: null, workflow: null, provenBy: "index", members }, PLAIN),
  ).toMatchInlineSnapshot(`
    "✓ verified  pkg:npm/%40acme/widget@2.0.0  SLSA Build level 2
      proven by the index itself
      predicate https://slsa.dev/provenance/v1
      ✓ https://slsa.dev/provenance/v1 signed by https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v2.0.0 https://registry.example/-/npm/v1/attestations/@acme%2fwidget@2.0.0
      linux/amd64  ✓ verified  SLSA Build level 2
        ✓ https://slsa.dev/provenance/v1 signed by https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v2.0.0 oci://registry.example/acme/widget@a
      linux/arm64  ○ missing (subject: no-provenance)
    "
  `);
});

test("a platform's name redraws no terminal and fills no page", () => {
  const hostile = member(`\u001b[2J\u202e\n${"x".repeat(200)}`);
  for (const text of [
    tableOf(coveredIndex({ members: [hostile] })),
    renderVerifyText({ ...VERIFIED, members: [hostile] }, PLAIN),
  ]) {
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|x{41}/);
    expect(text).toContain("\\u001b[2J\\u202e\\u000axx");
  }
});
