import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toUnsignedToken, type Script } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { colophon } from "./colophon.ts";
import { openRelease, receiptOf, type ReleaseJob } from "./emission.ts";

const CERTIFICATE = "/api/v2/signingCert";
const STAMP = "/api/v1/timestamp";
const LOG = "/api/v1/log/entries";

const count = ({ sigstore }: ReleaseJob, path: string): number =>
  sigstore.requests.filter((request) => request.path === path).length;

describe("a service that fails", () => {
  test.concurrent.for<[string, string, Script, { exit: 1 | 3; code: string; signed?: "earlier" }]>([
    [
      "Fulcio asks to wait an hour",
      CERTIFICATE,
      { status: 429, headers: { "retry-after": "3600" } },
      { exit: 3, code: "rate-limited" },
    ],
    ["Fulcio refuses the token", CERTIFICATE, 401, { exit: 1, code: "identity-token-refused" }],
    ["Fulcio answers with a page", CERTIFICATE, { status: 200, body: "<html>" }, { exit: 1, code: "answer-wrong" }],
    ["Fulcio cannot be reached", CERTIFICATE, "reset", { exit: 3, code: "unreachable" }],
    ["the timestamp authority is down", STAMP, 503, { exit: 3, code: "service-failed", signed: "earlier" }],
    ["the timestamp authority does not answer", STAMP, "silence", { exit: 3, code: "timed-out", signed: "earlier" }],
    ["the log answers 502", LOG, 502, { exit: 3, code: "service-failed", signed: "earlier" }],
    ["the log does not answer", LOG, "silence", { exit: 3, code: "timed-out", signed: "earlier" }],
    [
      "the log takes the entry and never says so",
      LOG,
      "reset-after",
      { exit: 3, code: "unreachable", signed: "earlier" },
    ],
    ["the log refuses", LOG, 400, { exit: 1, code: "service-refused", signed: "earlier" }],
    [
      "the log answers 409 and does not know the entry",
      LOG,
      { status: 409 },
      { exit: 1, code: "service-refused", signed: "earlier" },
    ],
  ])(
    "%s: one reason and a receipt, and a second run completes and signs nothing twice",
    async ([, path, script, expected], { onTestFinished: cleanUp }) => {
      const release = await openRelease(undefined, { cleanUp });
      release.sigstore.respond(path, script);
      const failed = await release.attest("dist/*.tgz", "--json");
      const { exit, code, signed = "now" } = expected;
      const [statement] = receiptOf(failed).statements;
      expect({ exit: failed.code, code: statement?.reason?.code }).toEqual({ exit, code });
      expect(statement?.reason?.hint).toEqual(expect.any(String));
      expect(receiptOf(failed).objects.map(({ proven }) => proven)).toEqual([false, false]);
      expect(JSON.parse(await release.read("receipt.json"))).toEqual(receiptOf(failed));
      release.sigstore.respond(path, "serve");
      const certificates = count(release, CERTIFICATE);
      const again = await release.attest("dist/*.tgz", "--json");
      expect({ exit: again.code, ...receiptOf(again).statements[0] }).toMatchObject({
        exit: 0,
        status: "sealed",
        signed,
      });
      expect(count(release, CERTIFICATE) - certificates).toBe(signed === "earlier" ? 0 : 1);
      expect(await release.output()).not.toContain("provenance.draft.json");
    },
  );

  test.concurrent("a log whose answer was lost tells the entry that it has, and is asked for no other", async ({
    onTestFinished: cleanUp,
  }) => {
    const release = await openRelease(undefined, { cleanUp });
    release.sigstore.respond(LOG, ["reset-after", "serve"]);
    const finished = await release.attest("dist/*.tgz", "--json");
    expect(receiptOf(finished).status).toBe("sealed");
    const asked = release.sigstore.requests.filter(({ path }) => path.startsWith(LOG)).map(({ method }) => method);
    expect(asked).toEqual(["POST", "POST", "GET"]);
  });
});

describe("an identity that cannot be had", () => {
  const claims = { iss: "https://token.actions.githubusercontent.com", sub: "canary-subject" };

  test.concurrent.for<[string, (release: ReleaseJob) => Record<string, string>, string, number]>([
    ["no permission", () => ({ ACTIONS_ID_TOKEN_REQUEST_URL: "" }), "no-id-token", 2],
    ["a malformed token", () => ({ SIGSTORE_ID_TOKEN: "canary.canary" }), "token-malformed", 2],
    [
      "an expired token",
      () => ({ SIGSTORE_ID_TOKEN: toUnsignedToken({ ...claims, aud: "sigstore", exp: 1 }) }),
      "token-expired",
      2,
    ],
    [
      "a token for another audience",
      () => ({ SIGSTORE_ID_TOKEN: toUnsignedToken({ ...claims, aud: "canary", exp: 9999999999 }) }),
      "token-audience",
      2,
    ],
    [
      "a look-alike issuer",
      () => ({
        SIGSTORE_ID_TOKEN: toUnsignedToken({
          ...claims,
          iss: `${claims.iss}.evil.example`,
          aud: "sigstore",
          exp: 9999999999,
        }),
      }),
      "token-issuer",
      2,
    ],
    [
      "a token endpoint that is down",
      ({ job }) => {
        job.respond(503);
        return {};
      },
      "token-endpoint-unavailable",
      3,
    ],
  ])(
    "%s: one error and a receipt that names every object, and a second run completes",
    async ([, spoil, code, exit], { onTestFinished: cleanUp }) => {
      const release = await openRelease(undefined, { cleanUp });
      const env = spoil(release);
      const failed = await release.attestWith(env, "dist/*.tgz", "--json");
      expect({ exit: failed.code, reason: receiptOf(failed).reason?.code }).toEqual({ exit, reason: code });
      expect(receiptOf(failed).objects.map(({ name, proven }) => [name, proven])).toEqual([
        ["a.tgz", false],
        ["b.tgz", false],
      ]);
      expect(failed.stderr).toMatch(/^colophon: .+\n {2}→ .+/);
      expect(JSON.stringify(failed)).not.toContain("canary.canary");
      for (const token of Object.values(env).filter((one) => one.length > 20))
        expect(JSON.stringify(failed)).not.toContain(token);
      expect(release.sigstore.requests).toEqual([]);
      release.job.respond("serve");
      expect((await release.attest("dist/*.tgz")).code).toBe(0);
    },
  );
});

describe("files that cannot be attested", () => {
  const alpha = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";

  test.concurrent.for<[string, (folder: string) => Promise<void>, readonly string[], string]>([
    ["no file matches", () => Promise.resolve(), ["dist/*.zip"], "PATTERN_UNMATCHED"],
    ["a file is not there", () => Promise.resolve(), ["dist/c.tgz"], "FILE_MISSING"],
    [
      "two objects have one name",
      (folder) => add(folder, "other/a.tgz"),
      ["dist/a.tgz", "other/a.tgz"],
      "NAME_CONFLICT",
    ],
    [
      "a digest has the name of a file",
      () => Promise.resolve(),
      ["dist/a.tgz", "--subject", `a.tgz=sha256:${"c".repeat(64)}`],
      "SUBJECT_CONFLICT",
    ],
    ["a name has a line break", (folder) => add(folder, "dist/c\nd.tgz"), ["dist/*.tgz"], "NAME_UNSAFE"],
    [
      "a checksum file leaves its folder",
      (folder) => add(folder, "dist/SUMS", `${alpha}  ../a.tgz\n`),
      ["--checksums", "dist/SUMS"],
      "NAME_OUTSIDE_FOLDER",
    ],
    [
      "a checksum file names what is not there",
      (folder) => add(folder, "dist/SUMS", `${alpha}  c.tgz\n`),
      ["--checksums", "dist/SUMS"],
      "USAGE",
    ],
    [
      "a checksum file is about other bytes",
      (folder) => add(folder, "dist/SUMS", `${alpha}  b.tgz\n`),
      ["--checksums", "dist/SUMS"],
      "USAGE",
    ],
    ["a folder is named", () => Promise.resolve(), ["dist"], "FOLDER_NAMED"],
  ])(
    "%s: one error that says what to do, and a receipt that stands for no earlier one",
    async ([, spoil, args, code], { onTestFinished: cleanUp }) => {
      const release = await openRelease(undefined, { cleanUp });
      await release.attest("dist/a.tgz");
      await spoil(release.folder);
      const failed = await release.attest(...args, "--json");
      expect({ exit: failed.code, reason: receiptOf(failed).reason?.code }).toEqual({ exit: 2, reason: code });
      expect(failed.stderr).toMatch(/^colophon: .+\n {2}→ .+\n$/);
      expect(JSON.parse(await release.read("receipt.json"))).toMatchObject({
        status: "refused",
        statements: [],
      });
      expect(receiptOf(failed).objects.some(({ proven }) => proven)).toBe(false);
      expect((await release.attest("dist/a.tgz", "dist/b.tgz")).code).toBe(0);
    },
  );

  async function add(folder: string, path: string, text = "gamma\n"): Promise<void> {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }

  test.concurrent("5,000 files are five statements, one certificate and five log entries", async ({
    onTestFinished: cleanUp,
  }) => {
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`dist/f${index}`, `${index}\n`]));
    const release = await openRelease(files, { cleanUp });
    const receipt = receiptOf(await release.attest("dist/f*", "--json"));
    expect(receipt.status).toBe("sealed");
    expect(receipt.objects.filter(({ proven }) => proven)).toHaveLength(5000);
    expect([CERTIFICATE, STAMP, LOG].map((path) => count(release, path))).toEqual([1, 5, 5]);
  });
});

describe("an output folder that cannot be written", () => {
  const canMount = process.getuid?.() === 0 && process.platform === "linux";

  test.skipIf(!canMount)(
    `a full disk is one error, nothing is half written, and a second run completes${canMount ? "" : " (skipped: no tmpfs can be mounted here)"}`,
    async () => {
      const release = await openRelease({ "dist/a.tgz": "alpha\n" });
      const out = join(release.folder, "full");
      await mkdir(out);
      const args = ["attest", "dist/a.tgz", "--output-dir", "full"];
      const through = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=8k none "$0" && exec "$@"', out];
      const failed = await colophon(args, { cwd: release.folder, env: release.job.env, through });
      expect(failed.code).toBe(2);
      expect(failed.stderr).toMatch(/^colophon: .*\(OUTPUT_FULL\)\n {2}→ /);
      expect((await colophon(args, { cwd: release.folder, env: release.job.env })).code).toBe(0);
    },
  );

  test("what somebody else wrote there is left as it is", async () => {
    const release = await openRelease({ "dist/a.tgz": "alpha\n", "dist/colophon/a.tgz.sigstore.json": "theirs" });
    const failed = await release.attest("dist/a.tgz");
    expect({ code: failed.code, stderr: failed.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("(OUTPUT_FOREIGN)") as string,
    });
    expect(await readFile(join(release.folder, "dist/colophon/a.tgz.sigstore.json"), "utf8")).toBe("theirs");
    expect(release.sigstore.requests).toEqual([]);
    await rm(join(release.folder, "dist/colophon/a.tgz.sigstore.json"));
    expect((await release.attest("dist/a.tgz")).code).toBe(0);
    expect(existsSync(join(release.folder, "dist/colophon/receipt.json"))).toBe(true);
  });
});
