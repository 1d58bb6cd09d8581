import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildSlsaV1,
  createPlainVerifier,
  startSigstore,
  toGitHubClaims,
  toUnsignedToken,
  writeTrustedRoot,
  type EmbeddedSigstore,
  type GitHubIdentity,
} from "@colophon/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { conformance } from "./conformance.ts";

const RUN: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/heads/main",
  sha: "1".repeat(40),
  workflow: ".github/workflows/beacon.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "1",
  // Not the one that speaks for the job that the client runs in.
  issuer: "https://id.acme.example",
};
const CLAIMS = toGitHubClaims(RUN);
const IDENTITY = `https://github.com/${CLAIMS["job_workflow_ref"]}`;
const BYTES = Buffer.from("a released file\n");
const sha256 = createHash("sha256").update(BYTES).digest("hex");
const STATEMENT = JSON.stringify(
  buildSlsaV1({
    subject: [{ name: "a.txt", digest: { sha256 } }],
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    builderId: "https://github.com/actions/runner/github-hosted",
    run: RUN,
  }),
);

let sigstore: EmbeddedSigstore;
let folder = "";
const inside = (name: string): string => join(folder, name);

beforeAll(async () => {
  sigstore = await startSigstore();
  folder = await mkdtemp(join(tmpdir(), "colophon-conformance-"));
  await writeTrustedRoot(inside("root.json"), sigstore.trustedRoot);
  for (const version of [1, 2]) await writeFile(inside(`config-${version}.json`), signingConfig(version));
  await writeFile(inside("a.txt"), BYTES);
  await writeFile(inside("other.txt"), "another file\n");
  await writeFile(inside("statement.json"), STATEMENT);
});
beforeEach(() => sigstore.respond(() => true, "serve"));
afterAll(async () => {
  await sigstore.close();
  await rm(folder, { recursive: true, force: true });
});

function signingConfig(log: number): string {
  const service = (path: string, majorApiVersion: number): object => ({
    url: `${sigstore.url}${path}`,
    majorApiVersion,
    validFor: { start: "2020-01-01T00:00:00Z" },
    operator: "test",
  });
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service("", 1)],
    oidcUrls: [],
    rekorTlogUrls: [service("", log)],
    tsaUrls: [service("/api/v1/timestamp", 1)],
    rekorTlogConfig: { selector: "ANY" },
    tsaConfig: { selector: "ANY" },
  });
}

function token(): string {
  const now = Math.floor(Date.now() / 1000);
  return toUnsignedToken({ ...CLAIMS, aud: "sigstore", iat: now, nbf: now, exp: now + 300 });
}

/** In the order in which the suite gives them. */
function signArgs(flags: readonly string[], config: string, file: string): string[] {
  const services = ["--trusted-root", inside("root.json"), "--signing-config", inside(config)];
  return ["sign-bundle", ...flags, "--identity-token", token(), "--bundle", inside("out.json"), ...services, file];
}

function verifyArgs(subject: string, identity = IDENTITY): string[] {
  const signer = ["--certificate-identity", identity, "--certificate-oidc-issuer", CLAIMS["iss"] ?? ""];
  return [
    "verify-bundle",
    "--staging",
    "--bundle",
    inside("out.json"),
    ...signer,
    "--trusted-root",
    inside("root.json"),
    subject,
  ];
}

const exitOf = async (args: readonly string[]): Promise<number | null> => (await conformance(args)).code;

test.each([
  ["a file", [], 1, { kind: "hashedrekord", version: "0.0.1" }],
  ["a file", ["--staging"], 2, { kind: "hashedrekord", version: "0.0.2" }],
  ["a statement", ["--in-toto"], 1, { kind: "dsse", version: "0.0.1" }],
  ["a statement", ["--staging", "--in-toto"], 2, { kind: "hashedrekord", version: "0.0.2" }],
])("%s signed with %j and Rekor v%d verifies here and in sigstore-js", async (_what, flags, log, kindVersion) => {
  const isStatement = flags.includes("--in-toto");
  const signing = signArgs(flags, `config-${log}.json`, inside(isStatement ? "statement.json" : "a.txt"));
  expect(await conformance(signing)).toMatchObject({ code: 0, stderr: "" });
  const bundle = JSON.parse(await readFile(inside("out.json"), "utf8")) as object;
  const digest = Buffer.from(sha256, "hex").toString("base64");
  expect(bundle).toMatchObject({
    verificationMaterial: { certificate: {}, tlogEntries: [{ kindVersion }] },
    ...(isStatement
      ? { dsseEnvelope: { payload: Buffer.from(STATEMENT).toString("base64") } }
      : { messageSignature: { messageDigest: { algorithm: "SHA2_256", digest } } }),
  });
  expect(bundle).not.toHaveProperty(isStatement ? "messageSignature" : "dsseEnvelope");
  expect(() => createPlainVerifier(sigstore.trustedRoot)(bundle, isStatement ? undefined : BYTES)).not.toThrow();
  expect(await exitOf(verifyArgs(inside("a.txt")))).toBe(0);
  expect(await exitOf(verifyArgs(`sha256:${sha256}`))).toBe(0);
  expect(await exitOf(verifyArgs(inside("other.txt")))).toBe(1);
  expect(await exitOf(verifyArgs(inside("a.txt"), `${IDENTITY}x`))).toBe(1);
});

test.each([
  ["the authority refuses", "a.txt", (): void => sigstore.respond("/api/v2/signingCert", 400), "no certificate", 1],
  ["the log refuses", "a.txt", (): void => sigstore.respond("/api/v2/log/entries", 400), "400", 3],
  [
    "what it signed does not verify",
    "a.txt",
    (): void => sigstore.respond("/api/v2/log/entries", unprove),
    "verify",
    3,
  ],
  ["a statement is none", "other.txt", (): void => {}, "the statement", 0],
])("where %s there is no bundle, and no token in what is said", async (_why, file, arrange, says, asked) => {
  await rm(inside("out.json"), { force: true });
  arrange();
  sigstore.requests.length = 0;
  const args = signArgs(file === "other.txt" ? ["--in-toto"] : [], "config-2.json", inside(file));
  const { code, stdout, stderr } = await conformance(args);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) as string });
  expect(`${stdout}${stderr}`).not.toContain(args[args.indexOf("--identity-token") + 1]!.split(".")[1]);
  expect(existsSync(inside("out.json"))).toBe(false);
  expect(sigstore.requests).toHaveLength(asked);
});

/** An entry as it was asked for, with a proof of another one. */
function unprove(usual: { readonly status: number; readonly body?: unknown }): { status: number; body: string } {
  const entry = JSON.parse(String(usual.body)) as { inclusionProof: { rootHash: string; checkpoint: object } };
  entry.inclusionProof.checkpoint = { envelope: "other\n1\nAAAA\n\n— other AAAAAAAA\n" };
  return { status: usual.status, body: JSON.stringify(entry) };
}

test.each([
  [["sign-bundle"], "usage"],
  [["sign-bundle", "--staging", "--identity-token", "x", "--bundle", "y", "z"], "--signing-config and --trusted-root"],
  [["verify-bundle", "--staging", "--bundle", "x", "--key", "y", "z"], "--trusted-root"],
])("%j is no verdict", async (args, says) => {
  expect(await conformance(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string });
});
