import { describe, expect, test } from "vitest";
import { isEnterpriseIssuer, isTenantWorkflow, parseWorkflowIdentity } from "../src/signer.ts";

const WIDGET = "https://github.com/acme/widget";
const ISSUER = "https://token.actions.githubusercontent.com";

describe("parseWorkflowIdentity", () => {
  test.each([
    [
      "a GitHub workflow",
      `${WIDGET}/.github/workflows/release.yml@refs/heads/main`,
      {
        repository: WIDGET,
        owner: "https://github.com/acme",
        path: ".github/workflows/release.yml",
        ref: "refs/heads/main",
      },
    ],
    [
      "a tag with @ and slash",
      `${WIDGET}/.github/workflows/release.yml@refs/tags/@acme/widget@1.0.0`,
      {
        repository: WIDGET,
        owner: "https://github.com/acme",
        path: ".github/workflows/release.yml",
        ref: "refs/tags/@acme/widget@1.0.0",
      },
    ],
    [
      "a tag with a double slash",
      `${WIDGET}/.github/workflows/release.yml@refs/tags/a//b@c`,
      {
        repository: WIDGET,
        owner: "https://github.com/acme",
        path: ".github/workflows/release.yml",
        ref: "refs/tags/a//b@c",
      },
    ],
    [
      "a GitLab pipeline",
      "https://gitlab.com/acme/widget//.gitlab-ci.yml@refs/heads/main",
      {
        repository: "https://gitlab.com/acme/widget",
        owner: "https://gitlab.com/acme",
        path: ".gitlab-ci.yml",
        ref: "refs/heads/main",
      },
    ],
    [
      "a GitLab pipeline in nested groups",
      "https://gitlab.com/acme/sub/widget//ci/release.yml@refs/tags/v1.0.0",
      {
        repository: "https://gitlab.com/acme/sub/widget",
        owner: "https://gitlab.com/acme/sub",
        path: "ci/release.yml",
        ref: "refs/tags/v1.0.0",
      },
    ],
  ])("splits %s", (_, uri, identity) => {
    expect(parseWorkflowIdentity(uri)).toEqual(identity);
  });

  test.each([
    ["a mail address", "robot@acme.example"],
    ["no ref", `${WIDGET}/.github/workflows/release.yml`],
    ["an empty ref", `${WIDGET}/.github/workflows/release.yml@`],
    ["no path", `${WIDGET}@refs/heads/main`],
    ["no repository", "https://github.com/acme@refs/heads/main"],
    ["http", "http://github.com/acme/widget/x.yml@refs/heads/main"],
    ["user info", "https://github.com@evil.example/acme/widget/x.yml@refs/heads/main"],
    ["text before it", `x${WIDGET}/x.yml@refs/heads/main`],
    ["a line break behind it", `${WIDGET}/x.yml@refs/heads/main\n`],
    ["nothing", ""],
  ])("answers null for %s", (_, uri) => {
    expect(parseWorkflowIdentity(uri)).toBeNull();
  });
});

describe("isEnterpriseIssuer", () => {
  test.each([
    [`${ISSUER}/acme-corp`, true],
    [`${ISSUER}/`, false],
    [ISSUER, false],
    [`${ISSUER}/acme/corp`, false],
    [`${ISSUER}/acme?x`, false],
    [`${ISSUER}.evil.example/acme`, false],
    [`https://evil.example/${ISSUER}/acme`, false],
    [`${ISSUER}/acme\n`, false],
  ])("%j: %s", (issuer, is) => {
    expect(isEnterpriseIssuer(issuer)).toBe(is);
  });

  test("takes the issuer of another server as base", () => {
    expect(isEnterpriseIssuer("https://token.actions.acme.ghe.com/acme", "https://token.actions.acme.ghe.com")).toBe(
      true,
    );
    expect(isEnterpriseIssuer(`${ISSUER}/acme`, "https://token.actions.acme.ghe.com")).toBe(false);
  });
});

describe("isTenantWorkflow", () => {
  test.each<[string, string, string | undefined, boolean]>([
    ["the source's own workflow", `${WIDGET}/.github/workflows/r.yml@refs/heads/main`, WIDGET, true],
    ["a workflow of the same owner", "https://github.com/acme/ci/.github/workflows/r.yml@refs/tags/v1", WIDGET, true],
    ["a stranger's workflow", "https://github.com/other/ci/.github/workflows/r.yml@refs/tags/v1", WIDGET, false],
    [
      "an owner whose name starts alike",
      "https://github.com/acme2/ci/.github/workflows/r.yml@refs/tags/v1",
      WIDGET,
      false,
    ],
    [
      "the same owner on another host",
      "https://ghe.example/acme/ci/.github/workflows/r.yml@refs/tags/v1",
      WIDGET,
      false,
    ],
    ["a GitLab pipeline", "https://gitlab.com/a/b/c//.gitlab-ci.yml@refs/heads/main", "https://gitlab.com/a/b/c", true],
    ["a GitLab group above", "https://gitlab.com/a/ci//x.yml@refs/heads/main", "https://gitlab.com/a/b/c", false],
    ["a source that is not told", `${WIDGET}/.github/workflows/r.yml@refs/heads/main`, undefined, false],
    ["a signer that is no workflow", "robot@acme.example", WIDGET, false],
  ])("%s", (_, subject, sourceRepositoryUri, is) => {
    const claims = sourceRepositoryUri === undefined ? {} : { sourceRepositoryUri };
    expect(isTenantWorkflow({ kind: "certificate", issuer: ISSUER, subject, claims })).toBe(is);
  });
});
