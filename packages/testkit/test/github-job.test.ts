import { expect, onTestFinished, test } from "vitest";
import { startGitHubJob, toGitHubClaims, type GitHubIdentity } from "../src/index.ts";

const run: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};

const claimsOf = (jwt: string): unknown => JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());

test("a job asks for tokens as on GitHub, with its own request token alone", async () => {
  const job = await startGitHubJob(run, { clock: new Date("2026-01-02T00:00:00Z"), claims: { jti: "1" } });
  onTestFinished(() => job.close());
  const url = `${job.env["ACTIONS_ID_TOKEN_REQUEST_URL"]}&audience=sigstore`;
  const ask = (token: string | undefined): Promise<Response> =>
    fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const answer = await ask(job.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
  const { value } = (await answer.json()) as { value: string };
  const iat = Date.parse("2026-01-02T00:00:00Z") / 1000;
  expect(claimsOf(value)).toEqual({
    ...toGitHubClaims(run),
    aud: "sigstore",
    iat,
    nbf: iat - 60,
    exp: iat + 300,
    jti: "1",
  });
  expect((await ask("another")).status).toBe(401);
  expect(job.requests).toHaveLength(2);
});
