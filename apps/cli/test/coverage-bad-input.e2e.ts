import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildNpmProvenance, endlessBody, truncate, type Script } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { colophon, emptyFolder } from "./colophon.ts";
import { openProject, openWorlds, releaseOf, resultOf } from "./worlds.ts";

const GOOD = "npm:@acme/widget-cli";

describe("a package that cannot be listed is a gap, and the others are still reported", () => {
  test.each<[string, Script, string, string]>([
    ["does not exist", [404], "not-found", "private, or does not exist"],
    ["needs a login", [401], "access-denied", "gone"],
    ["is refused", [403], "access-denied", "gone"],
    ["is rate limited", [{ status: 429, headers: { "retry-after": "3600" } }], "rate-limited", "3600"],
    ["fails", [500], "registry-unavailable", "500"],
    [
      "is HTML",
      [{ status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><p>hello" }],
      "answer-unreadable",
      "HTML",
    ],
    ["is cut off", [truncate(20)], "answer-unreadable", "gone"],
    ["is of another kind", [{ status: 200, body: "[]" }], "answer-unreadable", "gone"],
    ["never ends", [{ status: 200, body: endlessBody("[".repeat(65_536)) }], "answer-unreadable", "gone"],
  ])("because its answer %s", async (_, script, code, sentence) => {
    const { coverage, registry } = await openProject();
    registry.add({ name: "gone", versions: [{ version: "1.0.0" }] });
    registry.respond("/gone", script);
    const finished = await coverage("npm:gone", GOOD, "--json");
    const result = resultOf(finished);
    expect(finished.code).toBe(3);
    expect(result.complete).toBe(false);
    expect(result.gaps).toMatchObject([{ channel: "npm", target: "gone", reason: { code } }]);
    expect(result.gaps[0]?.reason.message).toContain(sentence);
    expect(result.gaps[0]?.reason.hint).toBeTruthy();
    expect(result.summary.objects).toBe(2);
    expect(finished.stderr).not.toMatch(/\n\s+at /);
  });

  test("because the registry is down", async () => {
    const { registry, folder } = await openProject();
    await registry.close();
    const finished = await colophon(["coverage", "npm:widget", "--registry", registry.url, "--json"], { cwd: folder });
    expect(finished.code).toBe(3);
    expect(resultOf(finished).gaps).toMatchObject([{ reason: { code: "registry-unavailable" } }]);
  });

  test("and listed objects that alone fail the gate make it 1", async () => {
    const { coverage, registry } = await openProject();
    registry.respond("/gone", [404]);
    expect((await coverage("npm:gone", GOOD, "--fail-under", "100")).code).toBe(1);
    expect((await coverage("npm:gone", GOOD, "--fail-under", "60")).code).toBe(3);
  });
});

describe("what was asked for and is not there", () => {
  test("an absent version alone is a usage error that names versions there are", async () => {
    const { coverage } = await openProject();
    const { code, stdout, stderr } = await coverage(`${GOOD}@9.9.9`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("9.9.9");
    expect(stderr).toContain("2.0.0");
  });

  test("an absent version among others leaves the rest reported, exit 3", async () => {
    const { coverage } = await openProject();
    const finished = await coverage(`${GOOD}@9.9.9`, `${GOOD}@2.0.0`, "--json");
    expect(finished.code).toBe(3);
    expect(resultOf(finished)).toMatchObject({ complete: false, summary: { objects: 1, verified: 1 } });
  });

  test("a package whose versions were all withdrawn is a usage error when asked for alone", async () => {
    const { coverage } = await openWorlds({
      packages: [{ name: "acme-gone", unpublished: { time: "2024-05-01T00:00:00.000Z", versions: ["1.0.0"] } }],
    });
    const { code, stderr } = await coverage("npm:acme-gone");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("all versions withdrawn 2024-05-01") as string,
    });
  });
});

describe("attestations that are not what they should be", () => {
  const provenanceType = "https://slsa.dev/provenance/v1";

  test("a bundle that is not JSON proves nothing, and hides no other version", async () => {
    const { coverage, registry } = await openProject();
    const answer = JSON.stringify({ attestations: [{ predicateType: provenanceType, bundle: "no bundle" }] });
    registry.respond("/-/npm/v1/attestations/@acme/widget-cli@2.0.0", [{ status: 200, body: answer }]);
    const result = resultOf(await coverage(GOOD, "--json"));
    expect(result.objects[0]).toMatchObject({ status: "present", reason: { check: "bundle" } });
  });

  test.each<[string, Script, string]>([
    ["HTML", [{ status: 200, body: "<html>" }], "answer-unreadable"],
    ["cut off", [truncate(50)], "answer-unreadable"],
    ["too large", [{ status: 200, body: endlessBody("[".repeat(65_536)) }], "answer-unreadable"],
    ["refused", [401], "access-denied"],
    ["failing", [500], "registry-unavailable"],
  ])("an answer that is %s leaves its version unknown", async (_, script, code) => {
    const { coverage, registry } = await openProject();
    registry.respond("/-/npm/v1/attestations/@acme/widget-cli@2.0.0", script);
    const finished = await coverage(GOOD, "--json");
    expect(resultOf(finished).objects.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ["unknown", code],
      ["missing", "no-provenance"],
    ]);
    expect(finished.code).toBe(3);
  });

  test("a statement of 10,000 subjects is judged, its names shortened", async () => {
    const { coverage, registry, sigstore } = await openWorlds();
    const sha512 = "ab".repeat(64);
    const run = releaseOf("acme/many");
    const statement = buildNpmProvenance({ name: "many", version: "1.0.0", sha512 }, run);
    const others = Array.from({ length: 9_999 }, (_, index) => ({
      name: `pkg:npm/other-${index}@1.0.0`,
      digest: { sha512: "cd".repeat(64) },
    }));
    const attestations = async (subject: object[]): Promise<{ predicateType: string; bundle: object }[]> => [
      {
        predicateType: provenanceType,
        bundle: await sigstore.attest({ statement: { ...statement, subject }, identity: run }),
      },
    ];
    const base = {
      integrity: `sha512-${Buffer.from(sha512, "hex").toString("base64")}`,
      manifest: { repository: "github:acme/many" },
    };
    registry.add({
      name: "many",
      versions: [
        {
          ...base,
          version: "1.0.0",
          attestations: await attestations([...others, ...(statement["subject"] as object[])]),
        },
        {
          ...base,
          version: "1.0.1",
          attestations: await attestations([{ name: "x", digest: { sha512: "ef".repeat(64) } }, ...others]),
        },
      ] as never,
    });
    const result = resultOf(await coverage("npm:many", "--json"));
    expect(result.objects.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ["mismatch", "subject-not-found"],
      ["present", "publish-attestation-missing"],
    ]);
    expect(result.objects[0]?.reason?.actual).toMatch(/ and 9997 more$/);
  });
});

describe("npm's own configuration", () => {
  test("an npmrc that cannot be read is a usage error that names it", async () => {
    const folder = await emptyFolder();
    await mkdir(join(folder, ".npmrc"));
    const { code, stdout, stderr } = await colophon(["coverage", "npm:widget", "--offline"], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(join(folder, ".npmrc"));
  });

  test("a token goes to its registry alone and appears nowhere", async () => {
    const { registry, folder } = await openWorlds({ token: "canary-secret" });
    registry.add({ name: "guarded", versions: [{ version: "1.0.0" }] });
    await writeFile(
      join(folder, ".npmrc"),
      `registry=${registry.url}/\n${registry.url.replace("http:", "")}/:_authToken=canary-secret\n`,
    );
    await chmod(join(folder, ".npmrc"), 0o600);
    const finished = await colophon(["coverage", "npm:guarded", "--json", "--verbose"], { cwd: folder });
    expect(resultOf(finished).summary.objects).toBe(1);
    expect(`${finished.stdout}${finished.stderr}`).not.toContain("canary-secret");
    await writeFile(join(folder, ".npmrc"), `registry=${registry.url}/\n`);
    const denied = await colophon(["coverage", "npm:guarded", "--json"], { cwd: folder });
    expect(resultOf(denied).gaps).toMatchObject([{ reason: { code: "access-denied" } }]);
  });
});

describe("a packument that says odd things", () => {
  const answer = (versions: object, tags: object = {}): string =>
    JSON.stringify({ name: "odd", "dist-tags": tags, versions });

  test("a tarball's user info and query appear nowhere", async () => {
    const { coverage, registry } = await openWorlds();
    const dist = { tarball: "https://user:SECRET@cdn.example/odd.tgz?token=SECRET", signatures: [{}] };
    registry.respond("/odd", [{ status: 200, body: answer({ "1.0.0": { dist } }) }]);
    const { stdout, stderr } = await coverage("npm:odd", "--json", "--verbose");
    expect(stdout + stderr).not.toContain("SECRET");
    expect(stdout).toContain("https://cdn.example/odd.tgz");
  });

  test("a dist-tag that names an unreadable version is a gap", async () => {
    const { coverage, registry } = await openWorlds();
    registry.respond("/odd", [
      { status: 200, body: answer({ "1.0.0": "none", "0.9.0": { dist: {} } }, { latest: "1.0.0" }) },
    ]);
    const finished = await coverage("npm:odd@latest", "--json");
    expect(finished.code).toBe(3);
    expect(resultOf(finished).gaps).toMatchObject([{ target: "odd@1.0.0", reason: { code: "version-unreadable" } }]);
  });

  test("no latest release is a gap with --latest, never a smaller denominator", async () => {
    const { coverage, registry } = await openProject();
    registry.respond("/odd", [{ status: 200, body: answer({ "1.0.0": { dist: {} } }) }]);
    const finished = await coverage("npm:odd", GOOD, "--latest", "--fail-under", "100", "--json");
    expect(finished.code).toBe(3);
    expect(resultOf(finished).gaps).toMatchObject([{ target: "odd", reason: { code: "no-latest-release" } }]);
  });

  test("what it says cannot redraw the terminal, on stderr either", async () => {
    const { registry, folder } = await openWorlds();
    const attestations = {
      url: `${registry.url}/-/npm/v1/attestations/odd@1.0.0`,
      provenance: { predicateType: "\u001b[31mRED" },
    };
    registry.respond("/odd", [{ status: 200, body: answer({ "1.0.0": { dist: { attestations } } }) }]);
    registry.respond("/-/npm/v1/attestations/odd@1.0.0", [
      { status: 200, body: '{"attestations":[{"predicateType":"x","bundle":{}}]}' },
    ]);
    const { code, stdout, stderr } = await colophon(["inspect", "npm:odd@1.0.0", "--registry", registry.url], {
      cwd: folder,
    });
    expect(code).toBe(3);
    expect(stdout + stderr).not.toContain("\u001b");
    expect(stderr).toContain("RED");
  });
});

test("--missing says on stderr what could not be listed", async () => {
  const { coverage, registry } = await openProject();
  registry.respond("/gone", [404]);
  const { code, stdout, stderr } = await coverage("npm:gone", `${GOOD}@2.0.0`, "--missing");
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toContain("not listed: npm gone");
});

describe("this folder's project", () => {
  test("leaves out workspaces that its package.json leaves out, and refuses one that it cannot read", async () => {
    const { coverage, folder } = await openProject();
    const write = async (path: string, value: object): Promise<void> => {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, "package.json"), JSON.stringify(value));
    };
    await write("packages/cli", { name: "@acme/widget-cli" });
    await write("packages/other", { name: "@acme/other" });
    await write(".", { name: "root", private: true, workspaces: ["packages/*", "!packages/other"] });
    expect(resultOf(await coverage("--json")).summary.objects).toBe(2);
    await write(".", { name: "root", private: true, workspaces: "packages/*" });
    expect(await coverage()).toMatchObject({ code: 2, stderr: expect.stringContaining("workspaces") as string });
  });

  test("is not asked for at another registry than the one it is published to", async () => {
    const { coverage, folder } = await openProject();
    const manifest = { name: "@acme/widget-cli", publishConfig: { registry: "https://private.example/npm" } };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    const { code, stderr } = await coverage();
    expect(code).toBe(2);
    expect(stderr).toContain("--registry https://private.example/npm/");
  });
});

describe("output that cannot be written", () => {
  test("a reader that stops early does not change the exit code", async () => {
    const { registry, folder } = await openProject();
    const { code } = await colophon(["coverage", GOOD, "--registry", registry.url, "--fail-under", "100"], {
      cwd: folder,
      closeStdout: true,
    });
    expect(code).toBe(1);
  });
});
