import { describe, expect, test } from "vitest";
import type { Answer, Proof, ReleaseObject, Verdict } from "../../src/index.ts";
import { good, judgeCases, object, provenance, signer, WIDGET } from "./world.ts";

// field cases helm-oci-digest-of-what, helm-index-digest-stale
const [MANIFEST, ARCHIVE, CONFIG, OTHER] = ["a", "b", "c", "d"].map((letter) => letter.repeat(64)) as [
  string,
  string,
  string,
  string,
];

function chart(change: Partial<ReleaseObject> = {}): ReleaseObject {
  const { npm: _, ...base } = object();
  return {
    ...base,
    id: `pkg:oci/widget@sha256:${MANIFEST}?repository_url=ghcr.io%2Facme%2Fcharts%2Fwidget`,
    channels: ["oci", "helm"],
    locations: [`oci://ghcr.io/acme/charts/widget@sha256:${MANIFEST}`],
    digest: { sha256: MANIFEST },
    name: "ghcr.io/acme/charts/widget",
    parts: [
      { what: "the chart's archive", digest: { sha256: ARCHIVE } },
      { what: "the config", digest: { sha256: CONFIG } },
    ],
    ...change,
  };
}

function judgeSubject(digest: string, filed: Proof["filed"], artifact: ReleaseObject, name = "any"): Verdict {
  const authentication = good(provenance({ subject: [{ name, digest: { sha256: digest } }] }), signer());
  return judgeCases([{ authentication, store: "oci", filed }], { object: artifact });
}

describe("provenance of a chart's", () => {
  test.each<[string, string, Proof["filed"], Partial<Verdict>]>([
    ["manifest proves it", MANIFEST, "object", { status: "verified" }],
    ["archive, attached to the manifest, is about another digest", ARCHIVE, "object", { status: "mismatch" }],
    ["config, attached to the manifest, is about another digest", CONFIG, "object", { status: "mismatch" }],
    ["archive, held under the archive, says nothing of the manifest", ARCHIVE, "digest", { status: "missing" }],
  ])("%s", (_, digest, filed, expected) => {
    expect(judgeSubject(digest, filed, chart())).toMatchObject(expected);
  });

  test("archive is named, and what to attest instead", () => {
    const { failure } = judgeSubject(ARCHIVE, "object", chart());
    expect(failure).toMatchObject({
      check: "subject",
      code: "subject-digest-differs",
      message: expect.stringContaining("the chart's archive") as string,
      expected: `sha256:${MANIFEST}`,
      actual: `sha256:${ARCHIVE}`,
      hint: expect.stringContaining(MANIFEST) as string,
    });
    expect(judgeSubject(OTHER, "object", chart()).failure?.code).toBe("subject-not-found");
  });
});

test("an attestation of other bytes is known by the name of the archive's file", () => {
  const locations = ["https://charts.example/stable/widget-1.4.0.tgz"];
  const classic = chart({ channels: ["helm"], locations, parts: [] });
  expect(judgeSubject(OTHER, "object", classic, "widget-1.4.0.tgz").failure?.code).toBe("subject-digest-differs");
  expect(judgeSubject(OTHER, "object", classic, "1.4.0.tgz").failure?.code).toBe("subject-not-found");
});

test("what is told of an object, or lies beside it, is a warning whatever the verdict", () => {
  const warned = chart({
    warnings: [{ code: "index-digest-differs", message: "it differs" }],
    declaredRepository: WIDGET,
  });
  const beside: Answer = {
    object: warned.id,
    status: "answered",
    found: [],
    warnings: [{ code: "pgp-signature", message: "a signature" }],
  };
  const authentication = good(provenance({ subject: [{ name: "any", digest: { sha256: MANIFEST } }] }), signer());
  for (const [cases, status] of [
    [[{ authentication }], "verified"],
    [[], "missing"],
  ] as const) {
    const verdict = judgeCases(cases, { object: warned, answers: [beside] });
    expect([verdict.status, verdict.warnings.map(({ code }) => code)]).toEqual([
      status,
      ["index-digest-differs", "pgp-signature"],
    ]);
  }
});
