import { describe, expect, test } from "vitest";
import { createBuildObserver, type Env } from "../../src/index.ts";
import { GITHUB_CLAIMS, GITLAB_ENV, jobEnv, makeJwt, makeToken, refusal, startJob, tokenOf } from "../world.ts";

const GITHUB = "https://token.actions.githubusercontent.com";

describe("issuer-with-enterprise-slug: the issuer of a job's token", () => {
  test.each([GITHUB, `${GITHUB}/acme-corp`])("%s speaks for the job", async (iss) => {
    const job = await startJob({ issuer: iss });
    const token = await tokenOf(job.env);
    expect(token.issuer).toBe(iss);
    await expect(createBuildObserver({ env: job.env }).describe(token)).resolves.toMatchObject({ level: 2 });
  });

  test.each([
    `${GITHUB}.evil.example/acme-corp`,
    `${GITHUB}/acme/corp`,
    `${GITHUB}/../acme`,
    `${GITHUB}@evil.example/acme`,
    "http://token.actions.githubusercontent.com",
  ])("%s is refused: told, but not the token", async (iss) => {
    const job = await startJob({ issuer: iss });
    const error = await refusal(tokenOf(job.env));
    expect(error.code).toBe("token-issuer");
    expect(error.message).toContain(JSON.stringify(iss));
    expect(error.message).toContain(`this job's is ${GITHUB}, with or without an enterprise's name`);
    const described = createBuildObserver({ env: job.env }).describe(makeToken({ ...GITHUB_CLAIMS, iss }));
    expect((await refusal(described)).code).toBe("token-issuer");
  });
});

describe("each server has an issuer of its own", () => {
  const TENANT = { GITHUB_SERVER_URL: "https://acme.ghe.com" };
  const SERVER = { GITHUB_SERVER_URL: "https://git.acme.example/" };
  test.each<[string, string, boolean, Env]>([
    ["a tenant of ghe.com", "https://token.actions.acme.ghe.com", true, TENANT],
    ["a tenant of ghe.com", "https://token.actions.acme.ghe.com/acme", true, TENANT],
    ["a tenant of ghe.com", GITHUB, false, TENANT],
    ["a tenant of ghe.com", "https://token.actions.evil.ghe.com", false, TENANT],
    ["an enterprise server", "https://git.acme.example/_services/token", true, SERVER],
    ["an enterprise server", "https://git.acme.example/_services/token/acme", false, SERVER],
    ["an enterprise server", GITHUB, false, SERVER],
    ["github.com where no server is named", GITHUB, true, { GITHUB_SERVER_URL: "" }],
    ["GitLab.com", "https://gitlab.com", true, GITLAB_ENV],
    ["GitLab.com", "https://gitlab.com/acme", false, GITLAB_ENV],
    ["GitLab.com", "https://gitlab.com.evil.example", false, GITLAB_ENV],
    [
      "a GitLab in a folder",
      "https://acme.example/lab",
      true,
      { ...GITLAB_ENV, CI_SERVER_URL: "https://acme.example/lab" },
    ],
    ["another GitLab", "https://gitlab.com", false, { ...GITLAB_ENV, CI_SERVER_URL: "https://git.acme.example" }],
    ["a local machine", "https://accounts.google.com", true, {}],
    ["a local machine", "http://127.0.0.1:8181", true, {}],
    ["a local machine", "http://id.example", false, {}],
    ["a local machine", "accounts.google.com", false, {}],
    ["a local machine", "https://user@id.example", false, {}],
  ])("on %s, %s: %s", async (_where, iss, accepted, change) => {
    const job = "GITHUB_SERVER_URL" in change ? await jobEnv() : {};
    const env = { ...job, ...change, SIGSTORE_ID_TOKEN: makeJwt({ iss }) };
    const outcome = await tokenOf(env).then(
      (token) => token.issuer,
      (error: { code: string }) => error.code,
    );
    expect(outcome).toBe(accepted ? iss : "token-issuer");
  });

  test("where no slug can be, none is offered", async () => {
    const env = { ...(await jobEnv()), ...SERVER, SIGSTORE_ID_TOKEN: makeJwt({ iss: GITHUB }) };
    expect((await refusal(tokenOf(env))).message).toMatch(
      /this job's is https:\/\/git\.acme\.example\/_services\/token$/,
    );
  });

  test.each([
    "http://git.acme.example",
    "https://user:hunter2@git.acme.example",
    "git.acme.example",
    "https://git.acme.example?x",
  ])("no issuer is derived from the server %s", async (server) => {
    const error = await refusal(tokenOf({ ...(await startJob()).env, GITHUB_SERVER_URL: server }));
    expect(error.code).toBe("environment-invalid");
    expect(error.message).toMatch(/^GITHUB_SERVER_URL is /);
    expect(error.message).not.toContain("hunter2");
  });

  test("an issuer that the user names is accepted too, exactly", async () => {
    const issuer = "http://127.0.0.1:8181";
    const job = await startJob({ issuer });
    const token = await tokenOf(job.env, { acceptedIssuer: issuer });
    const described = createBuildObserver({ env: job.env, acceptedIssuer: issuer }).describe(token);
    await expect(described).resolves.toMatchObject({ platform: "github-actions" });
    expect((await refusal(tokenOf(job.env, { acceptedIssuer: `${issuer}/` }))).code).toBe("token-issuer");
    expect((await refusal(createBuildObserver({ env: job.env }).describe(token))).code).toBe("token-issuer");
  });
});
