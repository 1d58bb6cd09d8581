import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toGitHubClaims, toUnsignedToken } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { colophon, emptyFolder, type CleanUp, type Finished } from "./colophon.ts";
import { planOf, receiptOf, RUN } from "./emission.ts";
import { A, B, hash } from "./field-case.ts";

// Faults that people met when they attested, each as a small input with the right outcome.

const [ALPHA, BETA] = ["alpha\n", "beta\n"];
const S = hash("sha512", ALPHA);
const KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();

type Files = Readonly<Record<string, string | Uint8Array>>;

/** `colophon attest` with a key in a folder of these files, where nothing else is to be asked. */
async function attest(files: Files, args: readonly string[], cleanUp?: CleanUp): Promise<Finished> {
  const cwd = await emptyFolder(cleanUp);
  for (const [name, content] of Object.entries({ ...files, "key.pem": KEY })) {
    await mkdir(join(cwd, dirname(name)), { recursive: true });
    await writeFile(join(cwd, name), content);
  }
  return await colophon(["attest", "--key", "key.pem", ...args], { cwd });
}

/** Codes as the cases have them are those of the errors in lower case. */
const codeIn = ({ stderr }: Finished): string | undefined =>
  /\((\w+)\)$/m.exec(stderr)?.[1]?.toLowerCase().replaceAll("_", "-");

describe("checksum-dialects", () => {
  const W = "widget.tar.gz";
  const CASES: readonly {
    readonly id: string;
    readonly file: string | Uint8Array;
    readonly name?: string;
    readonly subjects?: readonly string[];
    readonly warning?: string;
    readonly error?: string;
    /** What of the file the message tells besides its name. */
    readonly tells?: string;
  }[] = [
    { id: "gnu", file: `${A}  ${W}\n`, subjects: [W] },
    { id: "binary marker", file: `${A} *${W}\n`, subjects: [W] },
    { id: "one space", file: `${A} ${W}\n`, subjects: [W] },
    { id: "tab", file: `${A}\t${W}\n`, subjects: [W] },
    { id: "upper case", file: `${A.toUpperCase()}  ${W}\n`, subjects: [W] },
    { id: "BSD", file: `SHA256 (widget (1).tar.gz) = ${A}\n`, subjects: ["widget (1).tar.gz"] },
    { id: "CRLF, no last newline", file: `${A}  ${W}\r\n${A}  copy.tar.gz`, subjects: [W, "copy.tar.gz"] },
    { id: "UTF-8 BOM", file: `\ufeff${A}  ${W}\n`, subjects: [W] },
    { id: "UTF-16LE with BOM", file: Buffer.from(`\ufeff${A}  ${W}\r\n`, "utf16le"), subjects: [W] },
    { id: "dot slash", file: `${A}  ./${W}\n`, subjects: [W] },
    { id: "folder", file: `${A}  linux/${W}\n`, subjects: [`linux/${W}`] },
    { id: "space in name", file: `${A}  acme widget.tar.gz\n`, subjects: ["acme widget.tar.gz"] },
    { id: "three spaces", file: `${A}   ${W}\n`, subjects: [W], warning: "checksum-name-trimmed" },
    { id: "GNU escape", file: `\\${A}  wid\\\\get.tar.gz\n`, subjects: ["wid\\get.tar.gz"] },
    { id: "split", name: `${W}.sha256`, file: `${A}\n`, subjects: [W] },
    { id: "blank and comment", file: `# made by hand\n\n${A}  ${W}\n`, subjects: [W] },
    { id: "bare hash, no name", file: `${A}\n`, error: "checksum-line", tells: "line 1" },
    { id: "short hash", file: `b6a98d  ${W}\n`, error: "checksum-line", tells: `line 1 is not` },
    { id: "sha1", file: `${hash("sha1", ALPHA)}  ${W}\n`, error: "checksum-algorithm", tells: "line 1: sha1" },
    { id: "conflict", file: `${A}  ${W}\n${B}  ${W}\n`, error: "checksum-conflict", tells: "line 2" },
    { id: "escape from folder", file: `${A}  ../../${W}\n`, error: "name-outside-folder", tells: "line 1" },
    { id: "empty", file: "", error: "no-subjects", tells: "names no file" },
    // Of the same kind.
    { id: "sha512", file: `${S}  ${W}\n`, subjects: [W] },
    { id: "both sorts of one name", file: `${A}  ${W}\n${S}  ${W}\n`, subjects: [W] },
    { id: "one name in two folders", file: `${A}  linux/${W}\n${B}  mac/${W}\n`, subjects: [`linux/${W}`, `mac/${W}`] },
    { id: "one bad line of many", file: `${A}  ${W}\n${A.slice(1)}  b\n`, error: "checksum-line", tells: "line 2" },
    {
      id: "a line that would draw",
      file: `x\u001b[2J${"y".repeat(999)}\n`,
      error: "checksum-line",
      tells: '"x\\u001b[2J',
    },
  ];

  test.concurrent.for(CASES)("$id", async (one, { expect: it, onTestFinished }) => {
    const { file, name = "checksums.txt", subjects = [], warning, error, tells = "" } = one;
    const objects = subjects.map((subject) => [`out/${subject}`, subject.startsWith("mac/") ? BETA : ALPHA]);
    const files: Files = { ...(Object.fromEntries(objects) as Files), [`out/${name}`]: file };
    const args = ["--checksums", `out/${name}`, "--dry-run", "--json"];
    const finished = await attest(files, args, onTestFinished);
    if (error !== undefined) {
      it({ code: finished.code, error: codeIn(finished) }).toEqual({ code: 2, error });
      it(finished.stderr).toContain(tells);
      it(finished.stderr.split("\n")[0]).toMatch(/^[ -~…]{1,350}$/);
      it(finished.stderr).toContain(name);
      return;
    }
    const plan = planOf(finished);
    const named = plan.subjects.map((subject) => ({ name: subject.name, sha256: subject.digest["sha256"] }));
    it(named).toEqual(subjects.map((subject) => ({ name: subject, sha256: subject.startsWith("mac/") ? B : A })));
    it(plan.warnings.map(({ code }) => code)).toEqual(
      it.arrayContaining(warning === undefined ? [] : [warning]) as string[],
    );
  });
});

describe("goreleaser-checksums-changed-after-signing", () => {
  const ARCHIVE = "widget_1.4.0_linux_amd64.tar.gz";
  const signed = `${A}  ${ARCHIVE}\n`;
  const left = `${signed}${B}  checksums.txt.sigstore.json\n`;
  const args = ["--checksums", "dist/checksums.txt", "--json"];

  test("what is attested are the files, and not what is said of them", async () => {
    const plan = planOf(
      await attest({ [`dist/${ARCHIVE}`]: ALPHA, "dist/checksums.txt": signed }, [...args, "--dry-run"]),
    );
    expect(plan.subjects).toEqual([
      { name: ARCHIVE, from: "checksums", path: `dist/${ARCHIVE}`, digest: { sha256: A, sha512: S } },
    ]);
  });

  test.each([
    [
      "of a signature that was written again",
      { "dist/checksums.txt.sigstore.json": "gamma\n" },
      "is not about these bytes",
    ],
    ["of a signature that is not there", {}, "names what is not there"],
  ])("a line %s refuses the file, and names it", async (_, files, why) => {
    const all = { ...files, [`dist/${ARCHIVE}`]: ALPHA, "dist/checksums.txt": left };
    const { code, stderr } = await attest(all, args);
    expect(code).toBe(2);
    expect(stderr).toContain(`"dist/checksums.txt" ${why}: "checksums.txt.sigstore.json"`);
  });
});

describe("statement-subjects, of a statement that is signed as it is", () => {
  const widget = (digest: object): object => ({ name: "widget", digest });
  const CASES: readonly (readonly [id: string, subject: readonly object[] | undefined, outcome: string])[] = [
    ["second", [{ name: "other", digest: { sha256: B } }, widget({ sha256: A })], "sealed"],
    ["upper case", [widget({ sha256: A.toUpperCase() })], "sealed"],
    ["no name", [{ digest: { sha256: A } }], "sealed"],
    ["underscore", [{ name: "_", digest: { sha256: A } }], "sealed"],
    ["other name", [{ name: "quite-else.zip", digest: { sha256: A } }], "sealed"],
    ["twice", [widget({ sha256: A }), widget({ sha256: A })], "sealed"],
    ["one name, two digests", [widget({ sha256: B }), widget({ sha256: A })], "subject-conflict"],
    ["unknown algorithm beside", [widget({ "acme-tree": "x", sha256: A })], "sealed"],
    ["sha512 only", [widget({ sha512: S })], "sealed"],
    ["sha1 only", [widget({ sha1: hash("sha1", ALPHA) })], "subject-weak"],
    ["gitCommit only", [widget({ gitCommit: "0123456789".repeat(4) })], "subject-weak"],
    ["no digest", [widget({})], "subject-weak"],
    ["empty", [], "statement-malformed"],
    ["absent", undefined, "statement-malformed"],
    ["prefix", [widget({ sha256: A.slice(0, 32) })], "subject-weak"],
    // Of the same kind.
    ["several without a name", [{ digest: { sha256: B } }, { digest: { sha256: A } }], "sealed"],
    ["several underscores", [B, A].map((sha256) => ({ name: "_", digest: { sha256 } })), "sealed"],
  ];

  test.concurrent.for(CASES)("%s", async ([, subject, outcome], { expect: it, onTestFinished }) => {
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject,
      predicateType: "https://acme.example/tested/v1",
      predicate: {},
    };
    const files = { "statement.json": JSON.stringify(statement) };
    const prepared = await attest(files, ["--statement", "statement.json", "--prepare", "--json"], onTestFinished);
    if (outcome !== "sealed") return it([prepared.code, codeIn(prepared)]).toEqual([2, outcome]);
    const sealed = await attest({ "plan.json": prepared.stdout }, ["--seal", "plan.json", "--json"], onTestFinished);
    it(receiptOf(sealed).status).toBe(outcome);
  });
});

describe("issuer-with-enterprise-slug, in a job", () => {
  const GITHUB = "https://token.actions.githubusercontent.com";

  test.concurrent.for([
    [GITHUB, "ok"],
    [`${GITHUB}/acme-corp`, "ok"],
    [`${GITHUB}.evil.example/acme-corp`, "refused"],
    [`${GITHUB}/acme/corp`, "refused"],
    [`${GITHUB}/../acme`, "refused"],
    [`${GITHUB}@evil.example/acme`, "refused"],
    ["http://token.actions.githubusercontent.com", "refused"],
  ] as const)("%s: %s", async ([iss, token], { expect: it, onTestFinished }) => {
    const cwd = await emptyFolder(onTestFinished);
    await writeFile(join(cwd, "widget"), ALPHA);
    const claims = toGitHubClaims(RUN);
    const SIGSTORE_ID_TOKEN = toUnsignedToken({ ...claims, iss, aud: "sigstore", exp: Date.now() / 1000 + 300 });
    const env = { ...variablesOf(claims), SIGSTORE_ID_TOKEN };
    const finished = await colophon(["attest", "widget", "--dry-run", "--json"], { cwd, env });
    const { code, stdout, stderr } = finished;
    it(code).toBe(token === "ok" ? 0 : 2);
    if (token === "ok") return it(planOf(finished).level).toBe(2);
    it(stderr).toContain(`issuer ${JSON.stringify(iss)}`);
    it(stderr).toMatch(/\(token-issuer\)\n {2}→ .*--identity-token-issuer/);
    for (const part of SIGSTORE_ID_TOKEN.split(".")) it(stdout + stderr).not.toContain(part);
    // By name, whatever it is.
    const accepted = ["attest", "widget", "--dry-run", "--json", "--identity-token-issuer", iss];
    it((await colophon(accepted, { cwd, env })).code).toBe(0);
  });
});

/** What the runner sets, as far as it is looked at. */
function variablesOf(claims: Readonly<Record<string, string>>): Record<string, string> {
  const told = Object.entries({
    GITHUB_EVENT_NAME: "event_name",
    GITHUB_REF: "ref",
    GITHUB_REPOSITORY: "repository",
    GITHUB_REPOSITORY_ID: "repository_id",
    GITHUB_REPOSITORY_OWNER_ID: "repository_owner_id",
    GITHUB_RUN_ATTEMPT: "run_attempt",
    GITHUB_RUN_ID: "run_id",
    GITHUB_SHA: "sha",
    GITHUB_WORKFLOW_REF: "workflow_ref",
    GITHUB_WORKFLOW_SHA: "workflow_sha",
    RUNNER_ENVIRONMENT: "runner_environment",
  }).map(([name, claim]) => [name, claims[claim] ?? ""]);
  return {
    ...(Object.fromEntries(told) as Record<string, string>),
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: "https://github.com",
  };
}
