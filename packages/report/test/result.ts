import type { CoveredObject, CoverageResult, JudgedMember, Tally, VerifyResult } from "@colophon/core";

const npmEvidence = {
  store: "npm",
  location: "https://registry.example/-/npm/v1/attestations/@acme%2fwidget@2.0.0",
  predicateType: "https://slsa.dev/provenance/v1",
  signer: "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v2.0.0",
  issuer: "https://token.actions.githubusercontent.com",
  authenticated: true,
  verdict: "verified",
} as const;

export function covered(version: string, change: Partial<CoveredObject>): CoveredObject {
  return {
    id: `pkg:npm/%40acme/widget@${version}`,
    channels: ["npm"],
    locations: [`https://registry.example/@acme/widget/-/widget-${version}.tgz`],
    digest: { sha512: "ab".repeat(64) },
    publishedAt: "2026-01-01T00:00:00.000Z",
    status: "missing",
    level: null,
    source: null,
    builder: null,
    workflow: null,
    expectation: "held",
    evidence: [],
    warnings: [],
    visibleTo: { npm: false, gh: false, cosign: false, "slsa-verifier": false, scorecard: false },
    ...change,
  };
}

const tally: Tally = {
  objects: 4,
  verified: 1,
  present: 0,
  mismatch: 1,
  missing: 1,
  unknown: 1,
  exempt: 0,
  coverage: { least: 0.25, most: 0.5 },
};

export const RESULT: CoverageResult = {
  schemaVersion: "1",
  tool: { name: "colophon", version: "1.2.3" },
  complete: true,
  gaps: [],
  stores: [{ name: "npm", state: "unavailable" }],
  summary: {
    ...tally,
    channels: { npm: tally },
    latest: tally,
    sinceAdoption: tally,
    slsa: { "v0.1": { provenance: 0 } },
  },
  objects: [
    covered("2.0.0", {
      status: "verified",
      level: 2,
      source: { repository: "https://github.com/acme/widget", ref: "refs/tags/v2.0.0", commit: "1".repeat(40) },
      builder: "https://github.com/actions/runner/github-hosted",
      workflow: ".github/workflows/release.yml",
      evidence: [npmEvidence],
      visibleTo: { npm: true, gh: false, cosign: false, "slsa-verifier": true, scorecard: false },
    }),
    covered("1.2.0", {
      status: "mismatch",
      reason: {
        check: "source-repository",
        code: "source-repository-differs",
        message: "built from another repository",
        expected: "https://github.com/acme/widget",
        actual: "https://github.com/mallory/widget",
        hint: "Declare the old name.",
      },
    }),
    covered("1.1.0", {
      status: "unknown",
      reason: { check: "unavailable", code: "attestation-not-served", message: "advertised, not served" },
    }),
    covered("1.0.0", {
      publishedAt: null,
      reason: {
        check: "subject",
        code: "no-provenance",
        message: "no store holds any",
        hint: "Release it with provenance.",
      },
      exempt: { reason: "before adoption", expires: null },
    }),
  ],
  withdrawn: ["pkg:npm/%40acme/widget@0.9.0"],
  warnings: [{ code: "dist-tag-dangling", message: "the tag next names nothing" }],
  run: {
    generatedAt: "2026-06-01T00:00:00.000Z",
    requests: { "registry.example": { sent: 3, cached: 0, retried: 0 } },
  },
};

export const VERIFIED: VerifyResult = {
  schemaVersion: "1",
  object: "pkg:npm/%40acme/widget@2.0.0",
  status: "verified",
  level: 2,
  source: { repository: "https://github.com/acme/widget", ref: "refs/tags/v2.0.0", commit: "1".repeat(40) },
  builder: "https://github.com/actions/runner/github-hosted",
  workflow: ".github/workflows/release.yml",
  predicateType: "https://slsa.dev/provenance/v1",
  expectation: "held",
  evidence: [npmEvidence],
  warnings: [],
};

const hex = (digit: string): string => digit.repeat(64);
const imageId = (digit: string): string =>
  `pkg:oci/widget@sha256:${hex(digit)}?repository_url=registry.example%2Facme%2Fwidget`;

export function member(platform: string | null, change: Partial<JudgedMember> = {}): JudgedMember {
  const evidence = [{ ...npmEvidence, store: "oci" as const, location: "oci://registry.example/acme/widget@a" }];
  const digest = { sha256: hex("1") };
  return { platform, id: imageId("1"), digest, status: "verified", level: 2, evidence, ...change };
}

/** An image index, by default proven by each of its platforms. */
export function coveredIndex(change: Partial<CoveredObject> = {}): CoveredObject {
  return covered("", {
    id: imageId("0"),
    channels: ["oci"],
    locations: [`oci://registry.example/acme/widget@sha256:${hex("0")}`, "oci://registry.example/acme/widget:1.4.0"],
    publishedAt: null,
    status: "verified",
    level: 2,
    source: { repository: "https://github.com/acme/widget" },
    provenBy: "platforms",
    members: [member("linux/amd64"), member(null)],
    ...change,
  });
}
