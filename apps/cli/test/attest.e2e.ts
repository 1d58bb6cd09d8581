import { execFileSync } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { colophon } from "./colophon.ts";
import { openRelease, planOf, receiptOf, RUN } from "./emission.ts";

const OUTPUT = [
  "artifacts.json",
  "metadata.json",
  "plan.json",
  "provenance.intoto.jsonl",
  "provenance.sigstore.json",
  "receipt.json",
];

describe("attest in a job of GitHub Actions", () => {
  test("signs one statement of all files with log and timestamp, which verify then accepts", async () => {
    const release = await openRelease();
    const finished = await release.attest("dist/*.tgz", "--json");
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    expect(receiptOf(finished)).toMatchObject({
      status: "sealed",
      level: 2,
      objects: [
        { name: "a.tgz", proven: true },
        { name: "b.tgz", proven: true },
      ],
      statements: [{ subjects: 2, signed: "now", witnesses: [{ kind: "timestamp" }, { kind: "log" }] }],
    });
    expect(await release.output()).toEqual(OUTPUT);
    expect(JSON.parse(await release.read("receipt.json"))).toEqual(receiptOf(finished));
    const paths = ["/api/v2/signingCert", "/api/v1/timestamp", "/api/v1/log/entries"];
    expect(release.sigstore.requests.map(({ path }) => path)).toEqual(paths);
    expect(release.job.requests).toHaveLength(1);
    const verify = [
      "verify",
      "dist/b.tgz",
      "--bundle",
      "dist/colophon/provenance.sigstore.json",
      "--offline",
      "--json",
    ];
    const expected = [
      "--source-repository",
      "https://github.com/acme/widget",
      "--source-ref",
      RUN.ref,
      "--source-digest",
      RUN.sha,
    ];
    const verified = await colophon([...verify, ...expected], { cwd: release.folder });
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ status: "verified", level: 2 });
  });

  test("leaves a folder that everything which reads GoReleaser's dist can read", async () => {
    const release = await openRelease();
    const git = (...args: string[]): unknown =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@a.example", ...args], { cwd: release.folder });
    git("init", "--quiet", "--initial-branch=main");
    git("commit", "--quiet", "--no-gpg-sign", "--allow-empty", "--message=1");
    git("-c", "tag.gpgSign=false", "tag", "v1.4.0");
    await release.attest("dist/*.tgz");
    const read = async (name: "artifacts" | "metadata"): Promise<unknown> => {
      const value: unknown = JSON.parse(await release.read(`${name}.json`));
      const schema = createRequire(import.meta.url).resolve(`@colophon/goreleaser/schemas/${name}-1.json`);
      const validate = new Ajv2020().compile(JSON.parse(await readFile(schema, "utf8")) as object);
      expect(validate(value) ? [] : validate.errors).toEqual([]);
      return value;
    };
    const sha256 = "sha256:b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
    expect(await read("artifacts")).toMatchObject([
      { name: "a.tgz", path: "dist/a.tgz", type: "File", extra: { Checksum: sha256 } },
      { name: "b.tgz", path: "dist/b.tgz", type: "File" },
      { name: "provenance.sigstore.json", path: "dist/colophon/provenance.sigstore.json", type: "Signature" },
      { name: "provenance.intoto.jsonl", path: "dist/colophon/provenance.intoto.jsonl", type: "Signature" },
    ]);
    const commit = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
    expect(await read("metadata")).toMatchObject({ tag: "v1.4.0", version: "1.4.0", commit });
  });

  test("finds all of it done the second time, and asks nobody", async () => {
    const release = await openRelease();
    await release.attest("dist/*.tgz");
    const before = release.sigstore.requests.length;
    const bundle = await release.read("provenance.sigstore.json");
    const again = await release.attest("dist/*.tgz", "--json");
    expect(receiptOf(again).statements).toMatchObject([{ status: "sealed", signed: "earlier" }]);
    expect(release.sigstore.requests).toHaveLength(before);
    expect(await release.read("provenance.sigstore.json")).toBe(bundle);
  });

  test("names the files of one object after it", async () => {
    const release = await openRelease({ "dist/a.tgz": "alpha\n" });
    await release.attest("dist/a.tgz");
    expect(await release.output()).toEqual(expect.arrayContaining(["a.tgz.intoto.jsonl", "a.tgz.sigstore.json"]));
    const [line = ""] = (await release.read("a.tgz.intoto.jsonl")).split("\n");
    expect(JSON.parse(line)).toEqual(
      (JSON.parse(await release.read("a.tgz.sigstore.json")) as { dsseEnvelope: unknown }).dsseEnvelope,
    );
  });

  test("signs with a log of version 2", async () => {
    const release = await openRelease(undefined, { sign: { rekorVersion: 2 } });
    expect(receiptOf(await release.attest("dist/*.tgz", "--json")).status).toBe("sealed");
    expect(release.sigstore.requests.map(({ path }) => path)).toContain("/api/v2/log/entries");
  });

  test("signs with a timestamp alone, which a trusted root with logs does not accept", async () => {
    const release = await openRelease();
    const receipt = receiptOf(await release.attest("dist/*.tgz", "--no-log", "--json"));
    expect(receipt).toMatchObject({ status: "refused", statements: [{ reason: { code: "log-entry-missing" } }] });
  });

  test("says with --release-json what release tools take, and everything else on stderr", async () => {
    const release = await openRelease();
    const { stdout, stderr } = await release.attest("dist/*.tgz", "--release-json");
    expect(JSON.parse(stdout)).toEqual({ name: "Provenance", url: null });
    expect(stderr).toContain("2 of 2 objects proven");
  });
});

describe("what is attested", () => {
  test("are the files of a checksum file, found beside it, and digests that are given", async () => {
    const sums = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060  a.tgz\n";
    const release = await openRelease({ "dist/a.tgz": "alpha\n", "dist/checksums.txt": sums });
    const subject = `image=sha256:${"c".repeat(64)}`;
    const plan = planOf(
      await release.attest("--checksums", "dist/checksums.txt", "--subject", subject, "--dry-run", "--json"),
    );
    expect(plan.subjects).toMatchObject([
      { name: "a.tgz", from: "checksums", path: "dist/a.tgz", digest: { sha512: expect.any(String) as string } },
      { name: "image", from: "given", digest: { sha256: "c".repeat(64) } },
    ]);
  });

  test("is a statement as it is, or a predicate of the user's own", async () => {
    const statement = `{ "_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "a", "digest": {"sha256": "${"a".repeat(64)}"}}], "predicateType": "https://x.example/v1", "predicate": {} }`;
    const release = await openRelease({ "dist/a.tgz": "alpha\n", "st.json": statement, "p.json": '{"tests":1}' });
    expect(planOf(await release.attest("--statement", "st.json", "--dry-run", "--json")).statements[0]?.payload).toBe(
      statement,
    );
    const own = planOf(
      await release.attest(
        "dist/a.tgz",
        "--predicate",
        "p.json",
        "--predicate-type",
        "https://x.example/v2",
        "--dry-run",
        "--json",
      ),
    );
    expect(JSON.parse(own.statements[0]?.payload ?? "")).toMatchObject({
      predicateType: "https://x.example/v2",
      predicate: { tests: 1 },
    });
    expect(release.job.requests).toEqual([]);
  });

  test("is prepared in one job and sealed in another, unless a file changed in between", async () => {
    const release = await openRelease();
    expect((await release.attest("dist/*.tgz", "--prepare")).code).toBe(0);
    expect(release.sigstore.requests).toEqual([]);
    const sealed = receiptOf(await release.attest("--seal", "dist/colophon/plan.json", "--json"));
    expect(sealed.status).toBe("sealed");
    await writeFile(join(release.folder, "dist/b.tgz"), "gamma\n");
    const changed = await release.attest("--seal", "dist/colophon/plan.json", "--json");
    expect(changed.code).toBe(1);
    expect(receiptOf(changed).statements[0]?.reason).toMatchObject({
      code: "subject-changed",
      message: expect.stringContaining('"b.tgz"') as string,
    });
  });

  test("prepared of a private repository, is sealed with no public log unasked", async () => {
    const release = await openRelease(undefined, { identity: { ...RUN, visibility: "private" } });
    expect((await release.attest("dist/*.tgz", "--prepare")).code).toBe(0);
    const log = ["--fulcio-url", release.sigstore.url, "--rekor-url", "https://rekor.sigstore.dev"];
    const { code, stderr } = await release.attest("--seal", "dist/colophon/plan.json", ...log);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("(PUBLIC_LOG)") as string });
    expect(release.sigstore.requests).toEqual([]);
  });

  test("is what a symbolic link leads to, under the link's name", async () => {
    const release = await openRelease({ "dist/a.tgz": "alpha\n" });
    await symlink("a.tgz", join(release.folder, "dist/latest.tgz"));
    const receipt = receiptOf(await release.attest("dist/latest.tgz", "--json"));
    expect(receipt).toMatchObject({ status: "sealed", objects: [{ name: "latest.tgz", proven: true }] });
  });

  test("is shown by --dry-run, which writes and asks nothing but for the identity", async () => {
    const release = await openRelease();
    const { stdout, code } = await release.attest("dist/*.tgz", "--dry-run");
    expect({ code, first: stdout.split("\n")[0] }).toEqual({
      code: 0,
      first: "https://slsa.dev/provenance/v1  SLSA Build level 2",
    });
    await expect(release.output()).rejects.toThrow("ENOENT");
    expect(release.sigstore.requests).toEqual([]);
  });
});

describe("attest with a key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey
    .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "canary-password" })
    .toString();
  const spki = publicKey.export({ format: "pem", type: "spki" }).toString();
  const files = { "dist/a.tgz": "alpha\n", "key.pem": pem, "key.pub": spki, password: "canary-password\n" };

  test("needs no service, and verifies with the public key alone", async () => {
    const release = await openRelease(files, { sign: { fulcio: undefined, rekor: undefined, timestamp: undefined } });
    const finished = await release.attest(
      "dist/a.tgz",
      "--key",
      "key.pem",
      "--key-password-file",
      "password",
      "--json",
    );
    expect(receiptOf(finished)).toMatchObject({ status: "sealed", statements: [{ witnesses: [] }] });
    expect(release.sigstore.requests).toEqual([]);
    const verified = await colophon(
      ["verify", "dist/a.tgz", "--bundle", "dist/colophon/a.tgz.sigstore.json", "--key", "key.pub", "--offline"],
      { cwd: release.folder },
    );
    expect(verified.code).toBe(0);
  });

  test("takes the password from the environment, and says what is wrong without it", async () => {
    const release = await openRelease(files);
    const right = await release.attestWith(
      { COLOPHON_KEY_PASSWORD: "canary-password" },
      "dist/a.tgz",
      "--key",
      "key.pem",
    );
    expect(right.code).toBe(0);
    for (const env of [{}, { COLOPHON_KEY_PASSWORD: "canary-wrong" }]) {
      const { code, stderr } = await release.attestWith(
        env as Record<string, string>,
        "dist/a.tgz",
        "--key",
        "key.pem",
      );
      expect(code).toBe(2);
      expect(stderr).toMatch(/\(KEY_PASSWORD_/);
      expect(stderr).not.toContain("canary");
    }
  });

  test("puts the attestation into a folder and a file besides, and reads it back", async () => {
    const release = await openRelease(files, { sign: {} });
    const args = ["dist/a.tgz", "--key", "key.pem", "--key-password-file", "password", "--no-log"];
    const finished = await release.attest(...args, "--deposit", "folder=public", "--output", "a.json", "--json");
    expect(receiptOf(finished).statements[0]?.deposits).toMatchObject([
      { store: "folder", status: "proven" },
      { store: "folder", location: join(release.folder, "public/a.tgz.sigstore.json"), status: "proven" },
    ]);
    const bundle = await release.read("a.tgz.sigstore.json");
    expect(await readFile(join(release.folder, "a.json"), "utf8")).toBe(bundle);
    expect(await readFile(join(release.folder, "public/a.tgz.sigstore.json"), "utf8")).toBe(bundle);
  });
});

describe("the command line of attest", () => {
  test.each([
    [["--statement", "s.json", "a"], "--statement and files exclude each other"],
    [["--seal", "p.json", "--subject", "a=sha256:00"], "--seal and --subject exclude each other"],
    [["a", "--dry-run", "--prepare"], "--dry-run and --prepare exclude each other"],
    [["a", "--predicate", "p.json"], "--predicate and --predicate-type go together"],
    [["a", "--rekor-version", "3"], "neither 1 nor 2"],
    [["a", "--no-log", "--rekor-url", "http://127.0.0.1:1"], "--no-log and --rekor-url exclude each other"],
    [["a", "--fulcio-url", "http://127.0.0.1:1"], "nothing would prove the time"],
    [["--subject", "a"], "is not NAME=ALG:HEX"],
    [["a", "--deposit", "ftp"], "nothing can be deposited"],
    [["a", "--key", "none.pem"], "cannot be read"],
    [["a", "--signing-config", "none.json"], "cannot be read"],
    [["a", "--fulcio-url", "nowhere", "--rekor-url", "nowhere"], "(SERVICE_URL_INVALID)"],
    [["a", "--output", "none/a.json"], "the bundle cannot be written to"],
    [["a", "--output", "."], "it is a folder"],
    [["--statement", "bytes"], "is not a text in UTF-8"],
    [["--seal", "bytes"], "is not a text in UTF-8"],
  ])("refuses %j", async (args, message) => {
    const release = await openRelease({ a: "a", "s.json": "{}", "p.json": "{}" });
    await writeFile(join(release.folder, "bytes"), Buffer.from([0xff, 0xfe]));
    const { code, stderr } = await release.attest(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
    expect(release.sigstore.requests).toEqual([]);
  });
});
