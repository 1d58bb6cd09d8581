import { describe, expect, test } from "vitest";
import { DEFAULT_BUILDERS, lookUpBuilder, type BuilderVerdict, type ConfiguredBuilder } from "../src/builders.ts";
import type { SignerIdentity } from "../src/ports.ts";

const GITHUB = "https://token.actions.githubusercontent.com";
const GITLAB = "https://gitlab.com";
const WIDGET = "https://github.com/acme/widget";
const OWN = `${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0`;
const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows";
const RUNNER = "https://github.com/actions/runner";
const level = (found: number): BuilderVerdict => ({ listed: true, level: found });
const not = (unlisted: "issuer" | "identity" | "builder"): BuilderVerdict => ({ listed: false, unlisted });

function certificate(subject: string, issuer = GITHUB, sourceRepositoryUri = WIDGET): SignerIdentity {
  return { kind: "certificate", issuer, subject, claims: { sourceRepositoryUri } };
}

describe("the table, for GitHub Actions", () => {
  const generator = `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0`;
  const delegator = `${GENERATOR}/delegator_generic_slsa3.yml@refs/tags/v2.1.0`;
  const lowperms = `${GENERATOR}/delegator_lowperms-generic_slsa3.yml@refs/tags/v2.1.0`;
  const trw = "https://github.com/slsa-framework/example-trw/.github/workflows/builder_high-perms_slsa3.yml";

  test.each<[string, string, string | null, BuilderVerdict]>([
    ["a generator that names itself", generator, generator, level(3)],
    ["a generator, no builder named", generator, null, level(3)],
    ["a generator that names another version", generator, generator.replace("v2.1.0", "v2.0.0"), not("builder")],
    ["a generator that names a runner", generator, `${RUNNER}/github-hosted`, not("builder")],
    ["a generator at a branch", generator.replace("tags/v2.1.0", "heads/main"), null, not("identity")],
    ["a generator at a short tag", generator.replace("v2.1.0", "v2"), null, not("identity")],
    ["a generator at a commit", generator.replace("refs/tags/v2.1.0", "1".repeat(40)), null, not("identity")],
    ["a workflow of the generator's that is none", `${GENERATOR}/ci.yml@refs/tags/v2.1.0`, null, not("identity")],
    [
      "a fork of the generator",
      generator.replace("slsa-framework", "mallory"),
      generator.replace("slsa-framework", "mallory"),
      not("identity"),
    ],
    ["a delegator for a builder of the generator's", delegator, `${GENERATOR}/b.yml@refs/tags/v2.1.0`, level(3)],
    ["a delegator for the project's example", lowperms, `${trw}@refs/tags/v2.1.0`, level(3)],
    ["a delegator for a stranger's builder", lowperms, `${OWN.replace("acme", "other")}`, level(2)],
    ["a delegator for a builder at a branch", delegator, `${trw}@refs/heads/main`, not("builder")],
    ["a delegator, no builder named", delegator, null, not("builder")],
    ["a delegator for what is no workflow", delegator, `${RUNNER}/github-hosted`, not("builder")],
    [
      "a delegator at a branch",
      delegator.replace("tags/v2.1.0", "heads/main"),
      `${trw}@refs/tags/v2.1.0`,
      not("identity"),
    ],
    ["the tenant's workflow on a hosted runner", OWN, `${RUNNER}/github-hosted`, level(2)],
    ["the tenant's workflow on its own runner", OWN, `${RUNNER}/self-hosted`, level(2)],
    ["the tenant's workflow on a runner of v0.2", OWN, RUNNER, level(2)],
    ["the tenant's workflow under npm's first id", OWN, "https://github.com/npm/cli@9.5.0", level(2)],
    ["the tenant's workflow under a prerelease of npm", OWN, "https://github.com/npm/cli@9.5.0-pre.1", level(2)],
    ["the tenant's workflow that names itself", OWN, OWN, level(2)],
    ["the tenant's workflow that names one of its owner", OWN, OWN.replace("/widget/", "/ci/"), level(2)],
    ["the tenant's workflow, no builder named", OWN, null, level(2)],
    ["a reusable workflow of the same owner", OWN.replace("/widget/", "/ci/"), `${RUNNER}/github-hosted`, level(2)],
    ["the tenant's workflow that names a generator", OWN, generator, not("builder")],
    ["the tenant's workflow that names an owner like its own", OWN, OWN.replace("acme", "acme2"), not("builder")],
    ["the tenant's workflow that names an owner of a shorter name", OWN, OWN.replace("acme", "acm"), not("builder")],
    ["the tenant's workflow under npm without version", OWN, "https://github.com/npm/cli@latest", not("builder")],
    ["the tenant's workflow on a runner that is none", OWN, `${RUNNER}/github-hosted/x`, not("builder")],
    ["the tenant's workflow under an id with text before", OWN, `x${RUNNER}`, not("builder")],
    ["a stranger's workflow", OWN.replace("acme", "other"), `${RUNNER}/github-hosted`, not("identity")],
    ["a signer that is no workflow", "robot@acme.example", null, not("identity")],
  ])("%s", (_, subject, builderId, verdict) => {
    expect(lookUpBuilder(DEFAULT_BUILDERS, certificate(subject), builderId)).toEqual(verdict);
  });

  test.each([
    "generator_generic_slsa3.yml",
    "generator_container_slsa3.yml",
    "builder_go_slsa3.yml",
    "builder_container-based_slsa3.yml",
  ])("lists %s at level 3", (file) => {
    const id = `${GENERATOR}/${file}@refs/tags/v2.1.0`;
    expect(lookUpBuilder(DEFAULT_BUILDERS, certificate(id), id)).toEqual(level(3));
  });

  test("takes a signer whose certificate does not tell the source for no tenant", () => {
    const signer = { kind: "certificate", issuer: GITHUB, subject: OWN, claims: {} } as const;
    expect(lookUpBuilder(DEFAULT_BUILDERS, signer, null)).toEqual(not("identity"));
  });
});

describe("the table, for GitLab CI", () => {
  const source = "https://gitlab.com/acme/sub/widget";
  const own = `${source}//.gitlab-ci.yml@refs/tags/v1.4.0`;

  test.each<[string, string, string | null, BuilderVerdict]>([
    ["the project's pipeline", own, `${source}/-/runners/12270837`, level(2)],
    ["the project's pipeline, no builder named", own, null, level(2)],
    ["a runner without number", own, `${source}/-/runners/`, not("builder")],
    ["a runner with more than a number", own, `${source}/-/runners/1/../2`, not("builder")],
    ["another project's runner", own, "https://gitlab.com/acme/other/-/runners/1", not("builder")],
    ["a stranger's pipeline", own.replace("/acme/", "/other/"), `${source}/-/runners/1`, not("identity")],
  ])("%s", (_, subject, builderId, verdict) => {
    expect(lookUpBuilder(DEFAULT_BUILDERS, certificate(subject, GITLAB, source), builderId)).toEqual(verdict);
  });
});

describe("the table, for issuers", () => {
  const enterprise = `${GITHUB}/acme-corp`;

  test.each<[string, string, string | undefined, BuilderVerdict]>([
    ["GitHub's", GITHUB, undefined, level(2)],
    ["an enterprise's", enterprise, undefined, not("issuer")],
    ["an enterprise's that the user named", enterprise, enterprise, level(2)],
    ["an enterprise's, another one named", enterprise, `${GITHUB}/other`, not("issuer")],
    ["another issuer, though named", "https://id.acme.example", "https://id.acme.example", not("issuer")],
    ["an issuer that starts like GitHub's", `${GITHUB}.evil.example`, `${GITHUB}.evil.example`, not("issuer")],
  ])("%s", (_, issuer, accepted, verdict) => {
    expect(lookUpBuilder(DEFAULT_BUILDERS, certificate(OWN, issuer), null, accepted)).toEqual(verdict);
  });
});

describe("configured rows", () => {
  const id = "https://ci.acme.example/builders/7";
  const subject = "https://ci.acme.example/release";
  const issuer = "https://id.acme.example";
  const row: ConfiguredBuilder = {
    issuer,
    identity: subject,
    builderId: "https://ci.acme.example/builders/*",
    level: 3,
  };
  const signer = certificate(subject, issuer);
  const key: SignerIdentity = { kind: "key", keyId: "acme", scope: "configured" };
  const keyRow: ConfiguredBuilder = { keyId: "acme", builderId: id, level: 2 };

  test.each<[string, ConfiguredBuilder, SignerIdentity, string | null, BuilderVerdict]>([
    ["a signer and builder of the row", row, signer, id, level(3)],
    ["a signer of the row, no builder named", row, signer, null, level(3)],
    ["another builder", row, signer, `x${id}`, not("issuer")],
    ["another identity", row, certificate(`${subject}2`, issuer), id, not("issuer")],
    ["an identity by glob", { ...row, identity: "https://ci.acme.example/*" }, signer, id, level(3)],
    ["another issuer", row, certificate(subject, `${issuer}/x`), id, not("issuer")],
    ["an issuer by glob, which it never is", { ...row, issuer: "https://*" }, signer, id, not("issuer")],
    ["a row without identity", { issuer, builderId: "*", level: 3 }, signer, id, not("issuer")],
    ["a row without issuer", { identity: subject, builderId: "*", level: 3 }, signer, id, not("issuer")],
    ["a key of the row", keyRow, key, id, level(2)],
    ["a key of the row, another builder", keyRow, key, `${id}0`, not("identity")],
    ["another key", keyRow, { ...key, keyId: "other" }, id, not("identity")],
    ["a registry's key of the same id", keyRow, { ...key, scope: "registry" }, id, not("identity")],
    ["a key, the row is for certificates", row, key, id, not("identity")],
    ["a certificate, the row is for keys", keyRow, signer, id, not("issuer")],
  ])("%s", (_, configured, by, builderId, verdict) => {
    expect(lookUpBuilder({ configured: [configured] }, by, builderId)).toEqual(verdict);
  });

  test("rank above the table, the first that applies above the others", () => {
    const own = { issuer: GITHUB, identity: `${WIDGET}/*`, builderId: "*" };
    const configured = [
      { ...row, level: 0 },
      { ...own, level: 1 },
      { ...own, level: 3 },
    ];
    expect(lookUpBuilder({ configured }, certificate(OWN), `${RUNNER}/github-hosted`)).toEqual(level(1));
  });
});
