import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "@colophon/attest";
import { createBuildObserver, createIdentityProvider, tokenEndpointHost, toNpmBuild } from "@colophon/build";
import { npmPurl, type VerifyResult } from "@colophon/core";
import { createHttp } from "@colophon/http";
import {
  buildPackageTarball,
  startGitHubJob,
  startNpmRegistry,
  startSigstore,
  writeTrustedRoot,
  type GitHubIdentity,
  type GitHubJob,
} from "@colophon/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { COLOPHON } from "../src/clients/colophon.ts";
import { NPM_PUBLISHERS, publishWithNpm, type NpmPublish } from "../src/clients/libnpmpublish.ts";
import { run } from "../src/process.ts";

const RELEASE: GitHubIdentity = {
  repository: "acme/widget",
  repositoryId: "4711",
  ownerId: "815",
  ref: "refs/tags/v2.0.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};

interface Row {
  readonly row: string;
  readonly manifest: NpmPublish["manifest"];
  readonly change: Partial<GitHubIdentity>;
  readonly attempt?: string;
  /** That verification gives. */
  readonly level: number;
}

const ROWS: readonly Row[] = [
  { row: "a tag", manifest: { name: "@acme/widget", version: "2.0.0" }, change: {}, level: 2 },
  {
    row: "a tag that holds an @, by a workflow that another one calls",
    manifest: { name: "@acme/widget", version: "2.0.0-rc.1" },
    change: {
      ref: "refs/tags/@acme/widget@2.0.0-rc.1",
      trigger: "release",
      signerWorkflow: "acme/workflows/.github/workflows/publish.yml@refs/tags/v2.0.0",
    },
    level: 2,
  },
  {
    row: "a branch, at the second attempt, on a runner of one's own",
    manifest: { name: "widget", version: "0.1.0" },
    change: { ref: "refs/heads/feat/x", trigger: "workflow_dispatch", runner: "self-hosted" },
    attempt: "2",
    level: 1,
  },
];

let folder = "";
let sigstore: Awaited<ReturnType<typeof startSigstore>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "colophon-npm-"));
  sigstore = await startSigstore();
  await writeTrustedRoot(join(folder, "root.json"), sigstore.trustedRoot);
});
afterAll(async () => {
  await sigstore.close();
  await rm(folder, { recursive: true, force: true });
});

async function startJob({ change, attempt = "1" }: Row): Promise<GitHubJob> {
  const job = await startGitHubJob({ ...RELEASE, ...change }, { claims: { run_attempt: attempt } });
  onTestFinished(() => job.close());
  return { ...job, env: { ...job.env, GITHUB_RUN_ATTEMPT: attempt } };
}

interface Published {
  readonly _attachments: Readonly<Record<string, { readonly content_type: string; readonly data: string }>>;
}

/** What npm sent to the registry. */
async function publish(what: Omit<NpmPublish, "registry" | "sigstore">, job: GitHubJob): Promise<Published> {
  const registry = await startNpmRegistry();
  onTestFinished(() => registry.close());
  const sent: string[] = [];
  registry.respond(({ method, body }) => method === "PUT" && sent.push(body) > 0, 201);
  await publishWithNpm({ ...what, registry: registry.url, sigstore: sigstore.url }, job.env, folder);
  expect(sent).toHaveLength(1);
  return JSON.parse(sent[0]!) as Published;
}

/** The statement that Colophon makes for npm's registry in that job, of a tarball with that SHA-512. */
async function makeStatement({ name, version }: Row["manifest"], sha512: string, { env }: GitHubJob): Promise<unknown> {
  const http = createHttp({ userAgent: "colophon-test", trustedHosts: [tokenEndpointHost(env) ?? ""] });
  onTestFinished(() => http.close());
  const token = await createIdentityProvider({ env, http, now: () => new Date() }).token("sigstore");
  const files = [{ name: "package-lock.json", sha256: "b".repeat(64) }];
  const build = toNpmBuild(await createBuildObserver({ env, git: { dirty: true }, files }).describe(token));
  const { statements } = await prepare(
    {
      subjects: [{ name: npmPurl(name, version), digest: { sha512 }, from: "given" }],
      says: { build: build! },
      toolVersion: "0.0.0",
    },
    () => ({ bundle: "npm.sigstore.json", envelope: "npm.intoto.jsonl" }),
    { allowPublicLog: false, depositoriesOf: () => [] },
  );
  expect(statements).toHaveLength(1);
  return JSON.parse(statements[0]!.payload);
}

async function verify(sha512: string, bundle: string): Promise<{ code: number | null; result: VerifyResult }> {
  const expected = ["--source-repository", "https://github.com/acme/widget", "--json"];
  const given = ["--bundle", bundle, "--trusted-root", join(folder, "root.json"), "--offline"];
  const command = [process.execPath, COLOPHON, "verify", `sha512:${sha512}`, ...given, ...expected];
  const { code, stdout } = await run(command, { env: { PATH: process.env["PATH"], HOME: folder } });
  return { code, result: JSON.parse(stdout) as VerifyResult };
}

test.each(NPM_PUBLISHERS.flatMap((alias) => ROWS.map((row) => ({ ...row, alias }))))(
  "$row: $alias publishes the statement that Colophon makes, and Colophon verifies its bundle",
  async (row) => {
    const { manifest, alias, level } = row;
    const { name, version } = manifest;
    const bytes = buildPackageTarball({ name, version });
    const tarball = join(folder, `${alias}.tgz`);
    await writeFile(tarball, bytes);
    const sha512 = createHash("sha512").update(bytes).digest("hex");
    const job = await startJob(row);
    const { _attachments: attachments } = await publish({ alias, manifest, tarball }, job);
    expect(Object.keys(attachments)).toEqual([`${name}-${version}.tgz`, `${name}-${version}.sigstore`]);
    const { content_type: type, data } = attachments[`${name}-${version}.sigstore`]!;
    expect(type).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
    const { dsseEnvelope } = JSON.parse(data) as { dsseEnvelope: { payload: string } };
    const theirs: unknown = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString());
    expect(await makeStatement(manifest, sha512, job)).toStrictEqual(theirs);
    const bundle = join(folder, `${alias}.json`);
    await writeFile(bundle, data);
    expect(await verify(sha512, bundle)).toMatchObject({ code: 0, result: { status: "verified", level } });
  },
);
