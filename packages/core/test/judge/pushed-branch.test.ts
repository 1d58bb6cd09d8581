import { expect, test } from "vitest";
import type { Status } from "../../src/index.ts";
import { good, HOSTED, judgeCases, provenance, signer, WIDGET } from "./world.ts";

const GENERATOR =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.0.0";

/** The status of what was built from the tag v1.4.0 where a branch is expected and a push event is recorded. */
function statusOf(event: unknown, signedBy: string | undefined, expected = "refs/heads/main"): Status {
  const predicate = {
    builder: { id: signedBy ?? HOSTED },
    buildType: "https://github.com/slsa-framework/slsa-github-generator/container@v1",
    invocation: {
      configSource: { uri: `git+${WIDGET}@refs/tags/v1.4.0`, digest: {} },
      environment: { github_event_payload: event },
    },
  };
  const statement = provenance({ predicateType: "https://slsa.dev/provenance/v0.2", predicate });
  const authentication = good(statement, signer({}, signedBy));
  return judgeCases([{ authentication }], { expectation: { sourceRef: { exact: expected } } }).status;
}

test.each<[string, unknown, string | undefined, string, Status]>([
  ["a tag pushed on the branch", { base_ref: "refs/heads/main" }, GENERATOR, "refs/heads/main", "verified"],
  ["a tag pushed on another branch", { base_ref: "refs/heads/dev" }, GENERATOR, "refs/heads/main", "mismatch"],
  ["a tag pushed on none", { base_ref: null }, GENERATOR, "refs/heads/main", "mismatch"],
  ["the tag itself", { base_ref: "refs/heads/main" }, GENERATOR, "refs/tags/v1.4.0", "verified"],
  ["a tag given out for a branch", { base_ref: "refs/tags/v9" }, GENERATOR, "refs/tags/v9", "mismatch"],
  ["the project's own word", { base_ref: "refs/heads/main" }, undefined, "refs/heads/main", "mismatch"],
])("%s", (_, event, signedBy, expected, status) => {
  expect(statusOf(event, signedBy, expected)).toBe(status);
});

test("reads the push event of provenance v1 too", () => {
  const predicate = {
    buildDefinition: {
      buildType: "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
      externalParameters: {},
      internalParameters: { GITHUB_EVENT_PAYLOAD: { base_ref: "refs/heads/main" } },
      resolvedDependencies: [],
    },
    runDetails: { builder: { id: GENERATOR } },
  };
  const authentication = good(provenance({ predicate }), signer({}, GENERATOR));
  const expectation = { sourceRef: { exact: "refs/heads/main" } };
  expect(judgeCases([{ authentication }], { expectation }).status).toBe("verified");
});
