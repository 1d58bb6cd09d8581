import { expect, test } from "vitest";
import type { Expectation, Status, Verdict } from "../../src/index.ts";
import { good, judgeCases, provenance, signer, WIDGET } from "./world.ts";

// field case tag-and-source-commit-differ, as far as it can be told without the host of the tag
const TAG_COMMIT = "1111111111111111111111111111111111111111";
const OTHER_COMMIT = "2222222222222222222222222222222222222222";
const predicate = (commit: string): unknown => ({
  buildDefinition: {
    buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    externalParameters: {
      workflow: { ref: "refs/heads/main", repository: WIDGET, path: ".github/workflows/release.yml" },
    },
    resolvedDependencies: [{ uri: `git+${WIDGET}@refs/heads/main`, digest: { gitCommit: commit } }],
  },
  runDetails: { builder: { id: "https://github.com/actions/runner/github-hosted" } },
});

function built(commit: string, expectation: Partial<Expectation>): Verdict {
  const by = signer({ sourceRepositoryRef: "refs/heads/main", sourceRepositoryDigest: commit });
  const authentication = good(provenance({ predicate: predicate(commit) }), by);
  return judgeCases([{ authentication, filed: "digest", store: "github" }], { expectation });
}

const byTag = { exact: "refs/tags/v1.4.0" };

test.each<[string, string, Partial<Expectation>, Status, string | undefined]>([
  ["a, nothing expected", TAG_COMMIT, {}, "verified", undefined],
  ["b, nothing expected", OTHER_COMMIT, {}, "verified", undefined],
  ["a, any tag expected", TAG_COMMIT, { sourceRef: { glob: "refs/tags/*" } }, "mismatch", "source-ref-differs"],
  ["b, any tag expected", OTHER_COMMIT, { sourceRef: { glob: "refs/tags/*" } }, "mismatch", "source-ref-differs"],
  ["a, the tag expected", TAG_COMMIT, { sourceRef: byTag }, "mismatch", "source-ref-differs"],
  ["b, the tag expected", OTHER_COMMIT, { sourceRef: byTag }, "mismatch", "source-ref-differs"],
  ["a, a tag of the version expected", TAG_COMMIT, { sourceVersionedTag: "v1" }, "mismatch", "source-ref-differs"],
  ["a, the branch expected", TAG_COMMIT, { sourceRef: { exact: "refs/heads/main" } }, "verified", undefined],
  ["a, the tag's commit expected", TAG_COMMIT, { sourceDigest: TAG_COMMIT }, "verified", undefined],
  ["b, the tag's commit expected", OTHER_COMMIT, { sourceDigest: TAG_COMMIT }, "mismatch", "source-digest-differs"],
])("%s", (_, commit, expectation, status, code) => {
  const verdict = built(commit, expectation);
  expect([verdict.status, verdict.failure?.code]).toEqual([status, code]);
  expect(verdict.source).toEqual({ repository: WIDGET, ref: "refs/heads/main", commit });
});

test("shows the expected commit and the one it was built from", () => {
  expect(built(OTHER_COMMIT, { sourceDigest: TAG_COMMIT }).failure).toMatchObject({
    check: "source-digest",
    expected: TAG_COMMIT,
    actual: OTHER_COMMIT,
  });
  expect(built(TAG_COMMIT, { sourceRef: byTag }).failure).toMatchObject({
    check: "source-ref",
    expected: "refs/tags/v1.4.0",
    actual: "refs/heads/main",
  });
});

test("compares commits without case", () => {
  const commit = "abcdef0123456789abcdef0123456789abcdef01";
  expect(built(commit, { sourceDigest: commit.toUpperCase() }).status).toBe("verified");
});

test("believes the certificate's ref and commit, not what the predicate says", () => {
  const by = signer({ sourceRepositoryRef: "refs/heads/main", sourceRepositoryDigest: OTHER_COMMIT });
  const claimed = good(provenance(), by);
  const judged = (expectation: Partial<Expectation>): string | undefined =>
    judgeCases([{ authentication: claimed }], { expectation }).failure?.code;
  expect(judged({ sourceRef: byTag })).toBe("source-ref-differs");
  expect(judged({ sourceDigest: TAG_COMMIT })).toBe("source-digest-differs");
});
