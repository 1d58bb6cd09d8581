import type { CoveredObject } from "@colophon/core";
import { describe, expect, test } from "vitest";
import {
  percentage,
  plainText,
  renderCoverageText,
  renderInspectText,
  renderMissing,
  renderVerifyText,
} from "../src/index.ts";
import { covered, RESULT, VERIFIED } from "./result.ts";

const PLAIN = { color: false };

describe("renderCoverageText", () => {
  test("shows a table for each package, why not, what to do, and the sum with its bounds", () => {
    expect(renderCoverageText(RESULT, PLAIN)).toMatchInlineSnapshot(`
      "npm  @acme/widget   1 of 4 verified
        version    status    level  published   from
        2.0.0    ✓ verified  L2     2026-01-01  https://github.com/acme/widget@11111111  .github/workflows/release.yml
        1.2.0    ✗ mismatch  –      2026-01-01
        1.1.0    ? unknown   –      2026-01-01
        1.0.0    ○ missing   –      –

      Why not
        ✗ mismatch  @acme/widget@1.2.0
            built from another repository (source-repository: source-repository-differs)
            expected  https://github.com/acme/widget
            found     https://github.com/mallory/widget
            → Declare the old name.
        ○ missing  @acme/widget@1.0.0
            no store holds any (subject: no-provenance)
            → Release it with provenance.
        ? unknown  @acme/widget@1.1.0
            advertised, not served (unavailable: attestation-not-served)

      Withdrawn, in no count: @acme/widget@0.9.0
      Note: the tag next names nothing

      Coverage 25.0–50.0 %  4 objects: 1 verified, 1 mismatch, 1 missing, 1 unknown
      latest release 25.0–50.0 % · since adoption 25.0–50.0 % · SLSA v0.1 Provenance level 0
      "
    `);
  });

  test("marks what could not be listed, and the sum as incomplete", () => {
    const gap = {
      channel: "npm" as const,
      target: "gone",
      reason: { code: "not-found", message: "private, or does not exist", hint: "Log in." },
    };
    const text = renderCoverageText({ ...RESULT, complete: false, gaps: [gap] }, PLAIN);
    expect(text).toContain("not listed: npm gone: private, or does not exist\n    → Log in.");
    expect(text).toContain("INCOMPLETE");
  });

  test("has no percentage of no objects", () => {
    const summary = { ...RESULT.summary, objects: 0, verified: 0, mismatch: 0, missing: 0, unknown: 0, coverage: null };
    const text = renderCoverageText({ ...RESULT, objects: [], withdrawn: [], warnings: [], summary }, PLAIN);
    expect(text).toBe("Coverage –  0 objects: no objects\n");
  });

  test("lets nothing from outside redraw the terminal", () => {
    const hostile = covered("1.0.0", {
      status: "mismatch",
      reason: { check: "builder", code: "x", message: "\u001b[2Jgone\u0007", actual: "a\u202eb\nc", hint: "\u009b31m" },
      source: { repository: "\u001b]8;;https://evil.example\u0007" },
    });
    const text = renderCoverageText(
      { ...RESULT, objects: [hostile], warnings: [{ code: "w", message: "\u001b[1A" }] },
      PLAIN,
    );
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).toContain("a\\u202eb\\u000ac");
  });

  test("shows statuses by sign and word, colored only where asked", () => {
    expect(renderCoverageText(RESULT, PLAIN)).toContain("✗ mismatch");
    expect(renderCoverageText(RESULT, { color: true })).toContain("\u001b[31m✗ mismatch");
  });
});

test("renderMissing gives the ids of all that are not verified, one a line", () => {
  expect(renderMissing(RESULT)).toBe(
    "pkg:npm/%40acme/widget@1.2.0\npkg:npm/%40acme/widget@1.1.0\npkg:npm/%40acme/widget@1.0.0\n",
  );
});

describe("renderVerifyText", () => {
  test("shows level, source and evidence of what is verified", () => {
    expect(renderVerifyText(VERIFIED, PLAIN)).toMatchInlineSnapshot(`
      "✓ verified  pkg:npm/%40acme/widget@2.0.0  SLSA Build level 2
        source    https://github.com/acme/widget
        ref       refs/tags/v2.0.0
        commit    1111111111111111111111111111111111111111
        workflow  .github/workflows/release.yml
        builder   https://github.com/actions/runner/github-hosted
        predicate https://slsa.dev/provenance/v1
        ✓ https://slsa.dev/provenance/v1 signed by https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v2.0.0 https://registry.example/-/npm/v1/attestations/@acme%2fwidget@2.0.0
      "
    `);
  });

  test("shows when it was signed, where that is known", () => {
    const signedAt = "2026-01-01T00:00:00.000Z";
    expect(renderVerifyText({ ...VERIFIED, signedAt }, PLAIN)).toContain(`  signed    ${signedAt}\n`);
  });

  test("shows the failing check with what was expected, found, and to do", () => {
    const failure = {
      check: "builder" as const,
      code: "builder-differs",
      message: "built by another builder",
      expected: "a",
      actual: "b",
      hint: "do this",
    };
    expect(renderVerifyText({ ...VERIFIED, status: "mismatch", level: null, failure, evidence: [] }, PLAIN)).toContain(
      "built by another builder (builder: builder-differs)\n  expected  a\n  found     b\n  → do this",
    );
  });

  test.each([
    [
      { authenticated: false },
      "✗ claims to be https://slsa.dev/provenance/v1, claims to be signed by https://github.com/",
    ],
    [{ authenticated: false, signer: null }, "✗ claims to be https://slsa.dev/provenance/v1 (signature)"],
    [
      { authenticated: false, predicateType: null },
      "✗ unreadable attestation, claims to be signed by https://github.com/",
    ],
    [{ authenticated: true, predicateType: null }, "✗ signature without a statement signed by https://github.com/"],
  ])("marks what is not proven as claimed: %j", (change, text) => {
    const evidence = [{ ...VERIFIED.evidence[0]!, verdict: "signature" as const, ...change }];
    expect(renderVerifyText({ ...VERIFIED, evidence }, PLAIN)).toContain(text);
  });
});

describe("renderInspectText", () => {
  test("says that nothing is verified, and shows what was decoded", () => {
    const summary = {
      form: "bundle" as const,
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      payloadType: "application/vnd.in-toto+json",
      artifactDigest: null,
      statement: {
        type: "https://in-toto.io/Statement/v1" as const,
        subject: Array.from({ length: 7 }, (_, index) => ({ name: `file-${index}`, digest: { sha256: "ab" } })),
        predicateType: "https://slsa.dev/provenance/v1",
        predicate: {},
      },
      signer: { kind: "key" as const, keyId: "k" },
      logEntries: [{ kind: "dsse/0.0.1", logIndex: "3", integratedTime: null }],
      timestamps: [],
    };
    const text = renderInspectText(
      "b.json",
      [
        { location: "b.json", summary },
        { location: "c.json", problem: "no JSON" },
      ],
      PLAIN,
    );
    expect(text).toContain("NOT verified");
    expect(text).toContain("and 2 more");
    expect(text).toContain("dsse/0.0.1 at index 3, no time told");
    expect(text).toContain("2. c.json\n   unreadable: no JSON");
  });
});

test.each([
  [null, "–"],
  [{ least: 1, most: 1 }, "100 %"],
  [{ least: 0.9999, most: 0.9999 }, "99.9 %"],
  [{ least: 0.62, most: 0.71 }, "62.0–71.0 %"],
  [{ least: 0, most: 0 }, "0.0 %"],
])("percentage of %j is %s", (bounds, text) => {
  expect(percentage(bounds)).toBe(text);
});

test("plainText cuts what is too long and keeps emoji whole", () => {
  expect(plainText("x".repeat(500), 10)).toBe("xxxxxxxxx…");
  expect(plainText("🦋 ok")).toBe("🦋 ok");
  expect(plainText("\ud83e")).toBe("\\ud83e");
});

test("images are shown by their repository and tags, and where they have none by the digest", () => {
  const [model] = RESULT.objects;
  const digest = "ab".repeat(32);
  const image = (locations: string[]): CoveredObject => ({
    ...model!,
    id: `pkg:oci/widget@sha256:${digest}?repository_url=registry.example:5000%2Facme%2Fwidget`,
    channels: ["oci"],
    locations: [`oci://registry.example:5000/acme/widget@sha256:${digest}`, ...locations],
  });
  const tagged = ["1.4.0", "latest"].map((tag) => `oci://registry.example:5000/acme/widget:${tag}`);
  const text = renderCoverageText({ ...RESULT, objects: [image(tagged), image([])] }, { color: false });
  expect(text).toMatch(/^oci {2}registry\.example:5000\/acme\/widget {3}/m);
  expect(text).toMatch(/^ {2}1\.4\.0, latest /m);
  expect(text).toMatch(/^ {2}sha256:abababababab /m);
});

test("charts are shown by their repository's URL, name and version", () => {
  const [model] = RESULT.objects;
  const id = "pkg:helm/widget@1.4.0%2Bbuild.7?repository_url=https:%2F%2Fcharts.example%2Fstable";
  const chart: CoveredObject = {
    ...model!,
    id,
    channels: ["helm"],
    locations: ["https://charts.example/stable/w.tgz"],
  };
  const text = renderCoverageText({ ...RESULT, objects: [chart] }, PLAIN);
  expect(text).toMatch(/^helm {2}https:\/\/charts\.example\/stable\/widget {3}/m);
  expect(text).toMatch(/^ {2}1\.4\.0\+build\.7 /m);
});
