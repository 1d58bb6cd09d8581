import { expect, test } from "vitest";
import type { Verdict } from "../../src/index.ts";
import { COMMIT, good, judgeCases, object, provenance, PURL, SHA512, signer, WIDGET } from "./world.ts";

// field case predicate-body-of-other-version
const builder = `${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0`;
const predicate = {
  builder: { id: builder },
  buildType: "https://acme.example/build",
  invocation: { configSource: null },
  materials: [{ uri: `git+${WIDGET}` }],
};

function judged(predicateType: string): Verdict {
  const subject = [{ name: PURL, digest: { sha512: SHA512 } }];
  const authentication = good(provenance({ subject, predicateType, predicate }), signer());
  return judgeCases([{ authentication }], { object: object() });
}

test("a body of v0.2 under v1 is present, with the missing path and the certificate's facts alone", () => {
  const verdict = judged("https://slsa.dev/provenance/v1");
  expect(verdict).toMatchObject({
    status: "present",
    level: null,
    builder: null,
    source: { repository: WIDGET, ref: "refs/tags/v1.4.0", commit: COMMIT },
    workflow: ".github/workflows/release.yml",
    failure: { check: "predicate-type", code: "predicate-malformed" },
  });
  expect(verdict.failure?.message).toContain("predicate.buildDefinition");
  expect(verdict.failure?.hint).toContain("https://slsa.dev/provenance/v1");
});

test("the same body under v0.2 verifies, with the commit of the certificate", () => {
  expect(judged("https://slsa.dev/provenance/v0.2")).toMatchObject({
    status: "verified",
    level: 2,
    builder,
    source: { commit: COMMIT },
    warnings: [],
  });
});
