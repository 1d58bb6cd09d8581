import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { success } from "../src/index.ts";
import { codesOf, errorsOf, openRelease, OWN } from "./release.ts";

const LOG = /log\/entries/u;
const DOWN = { status: 503, headers: { "retry-after": "600" } };
const FILES = { "out/a.zip": "alpha\n", "out/b.zip": "beta\n" };
const subjects = (more: object = {}): { readonly plugins: readonly unknown[] } => ({
  plugins: [[OWN, { subjects: "out/*", ...more }]],
});

describe("a release of files", () => {
  test("is hashed and described in prepare, signed in publish, and read back in success", async () => {
    const release = await openRelease({ files: FILES });
    await release.prepare();
    expect(release.sigstore.requests).toEqual([]);
    expect(await release.output()).toEqual(["plan.json"]);
    expect(await release.plan()).toMatchObject({ release: "v1.0.0", subjects: [{ name: "a.zip" }, { name: "b.zip" }] });

    // No log that everybody reads has it, and so there is no address to show.
    expect(await release.publish()).toEqual({ name: "SLSA provenance" });
    expect(await release.receipt()).toMatchObject({ status: "sealed", objects: [{ proven: true }, { proven: true }] });
    expect(JSON.parse(await release.read("metadata.json"))).toMatchObject({ tag: "v1.0.0", version: "1.0.0" });
    const signed = release.sigstore.requests.length;
    await release.success();
    expect(release.logged).toContain("Every object of %s is proven v1.0.0");
    expect(release.sigstore.requests).toHaveLength(signed);
  });

  test("is signed once, however often the step is run", async () => {
    const release = await openRelease();
    await release.prepare();
    await release.publish();
    const bundle = await release.read("a.zip.sigstore.json");
    const signed = release.sigstore.requests.length;
    await release.publish();
    expect(release.sigstore.requests).toHaveLength(signed);
    expect(await release.read("a.zip.sigstore.json")).toBe(bundle);
  });

  test("is completed by the same step after the log could not be reached", async () => {
    const release = await openRelease();
    await release.prepare();
    release.sigstore.respond(LOG, DOWN);
    const [error] = await errorsOf(release.publish());
    expect(error).toMatchObject({
      code: "ENOTSEALED",
      semanticRelease: true,
      message: expect.stringContaining("a.zip"),
    });
    expect(error?.details).toContain("npx colophon attest --seal dist/colophon/plan.json --output-dir dist/colophon`");
    expect(await release.receipt()).toMatchObject({ status: "incomplete", objects: [{ proven: false }] });
    const certificates = (): number =>
      release.sigstore.requests.filter(({ path }) => path.includes("signingCert")).length;
    expect(certificates()).toBe(1);
    release.sigstore.respond(LOG, "serve");
    await release.publish();
    expect(certificates()).toBe(1);
    expect(await release.receipt()).toMatchObject({ status: "sealed" });
  });

  test("leaves nothing of an earlier release where the next one puts its own", async () => {
    const release = await openRelease();
    await release.prepare("0.9.0");
    await expect(codesOf(release.publish())).resolves.toEqual(["ENOPLAN"]);
    await release.prepare();
    await release.publish();
    await rm(join(release.folder, "out/a.zip"));
    await release.write("out/c.zip", "gamma\n");
    await release.prepare("1.1.0");
    expect(await release.output()).toEqual(["plan.json"]);
  });

  test("is not signed where a file changed since", async () => {
    const release = await openRelease({ files: FILES });
    await release.prepare();
    await release.write("out/b.zip", "changed\n");
    const [error] = await errorsOf(release.publish());
    expect(error).toMatchObject({ code: "ENOTSEALED", details: expect.stringContaining('"b.zip"') });
    expect(release.sigstore.requests).toEqual([]);
    expect(await release.receipt()).toMatchObject({ status: "refused" });
  });
});

describe("prepare", () => {
  test.each<[string, object, readonly string[]]>([
    ["no file", { subjects: "none/*" }, ["ENOSUBJECTS"]],
    ["no subjects", { subjects: [] }, ["ENOSUBJECTS"]],
    ["a folder", { subjects: "out" }, ["EFOLDERNAMED"]],
    ["a deposit that cannot be written", { deposit: "folder=out/a.zip" }, ["ENOTREADY"]],
  ])("refuses %s before anything is signed", async (_, more, codes) => {
    const release = await openRelease(subjects(more));
    expect(await codesOf(release.prepare())).toEqual(codes);
    expect(await codesOf(release.publish())).toEqual(["ENOPLAN"]);
    expect(release.sigstore.requests).toEqual([]);
  });

  test("takes what GoReleaser uploads, by the names that it has there", async () => {
    const artifacts = [
      { name: "widget_linux_amd64", path: "dist/linux/widget", internal_type: 2, type: "Binary" },
      { name: "widget.tar.gz", path: "dist/widget.tar.gz", internal_type: 1, type: "Archive" },
      { name: "widget", path: "dist/linux/widget", internal_type: 4, type: "Binary" },
      { name: "checksums.txt", path: "dist/checksums.txt", internal_type: 12, type: "Checksum" },
    ];
    const files = {
      "dist/linux/widget": "binary\n",
      "dist/widget.tar.gz": "alpha\n",
      "dist/artifacts.json": JSON.stringify(artifacts),
    };
    const release = await openRelease({ plugins: [[OWN, { goreleaser: "dist" }]], files });
    await release.prepare();
    expect((await release.plan()).subjects.map(({ name, path }) => [name, path])).toEqual([
      ["widget_linux_amd64", "dist/linux/widget"],
      ["widget.tar.gz", "dist/widget.tar.gz"],
    ]);
    await release.publish();
    expect(await release.receipt()).toMatchObject({ status: "sealed", objects: [{ proven: true }, { proven: true }] });
  });

  test.each<[string, Record<string, string>, string]>([
    ["is not there", {}, "EGORELEASER"],
    [
      "names what is not there",
      { "dist/artifacts.json": JSON.stringify([{ name: "a", path: "dist/a", internal_type: 1, type: "Archive" }]) },
      "EGORELEASER",
    ],
    [
      "names what lies elsewhere",
      { "dist/artifacts.json": JSON.stringify([{ name: "a", path: "../..", internal_type: 1, type: "Archive" }]) },
      "EGORELEASER",
    ],
    ["is no list", { "dist/artifacts.json": "{}" }, "EARTIFACTSINVALID"],
  ])("refuses a list of GoReleaser's that %s", async (_, files, code) => {
    const release = await openRelease({ plugins: [[OWN, { goreleaser: "dist" }]], files: { "out/a": "a", ...files } });
    expect(await codesOf(release.prepare())).toEqual([code]);
  });

  test("keeps facts of a private repository from a public log, unless that is meant", async () => {
    const claims = { repository_visibility: "private" };
    const sign = { rekor: "https://rekor.sigstore.dev" };
    const kept = await openRelease({ claims, sign });
    const [error] = await errorsOf(kept.prepare());
    expect(error).toMatchObject({ code: "EPUBLICLOG", details: expect.stringContaining("allowPublicLog") });
    const meant = await openRelease({ claims, sign, ...subjects({ allowPublicLog: true }) });
    expect(await codesOf(meant.prepare())).toEqual([]);
  });

  test("holds the GitHub release's assets against the very names", async () => {
    const github = ["@semantic-release/github", { assets: "dist/colophon/{provenance,package-*}.sigstore.json" }];
    const release = await openRelease({ plugins: [...subjects().plugins, github] });
    expect(await codesOf(release.verifyConditions())).toEqual([]);
    const [error] = await errorsOf(release.prepare());
    expect(error).toMatchObject({ code: "EASSETSMISSED", message: expect.stringContaining("a.zip.sigstore.json") });
  });
});

describe("success", () => {
  test.each<[string, string]>([
    ["the output folder", "dist/colophon/a.zip.sigstore.json"],
    ["a deposit", "proofs/a.zip.sigstore.json"],
    ["the files", "out/a.zip"],
  ])("names what is not proven any more by %s, and mends nothing", async (_, path) => {
    const release = await openRelease(subjects({ deposit: "folder=proofs" }));
    await release.prepare();
    await release.publish();
    await release.success();
    await rm(join(release.folder, path));
    const signed = release.sigstore.requests.length;
    const [error] = await errorsOf(release.success());
    expect(error).toMatchObject({ code: "EUNPROVEN", message: "`a.zip` is not proven." });
    expect(release.sigstore.requests).toHaveLength(signed);
  });

  test("names the one that changed, and not those beside it", async () => {
    const release = await openRelease({ files: FILES });
    await release.prepare();
    await release.publish();
    await release.write("out/b.zip", "changed\n");
    const errors = await errorsOf(release.success());
    expect(errors.map(({ message }) => message)).toEqual(["`b.zip` is not proven."]);
  });

  test("has nothing to say of a version that this run did not publish", async () => {
    const release = await openRelease();
    const context = { ...release.context, releases: [{ pluginName: "@semantic-release/npm" }] };
    await success({}, context);
    expect(release.logged.at(-1)).toContain("Nothing was published as %s in this run");
    expect(await codesOf(success({}, { ...context, releases: [{ pluginName: OWN }] }))).toEqual(["ENOPLAN"]);
  });

  test("tells that what was prepared in this run is gone, whatever the host calls this plugin", async () => {
    const release = await openRelease();
    await release.prepare();
    await release.publish();
    await rm(join(release.folder, "dist"), { recursive: true });
    const context = { ...release.context, releases: [{ pluginName: "./plugins/provenance.js" }] };
    expect(await codesOf(success({}, context))).toEqual(["ENOPLAN"]);
  });

  test("warns instead, where it is told to", async () => {
    const release = await openRelease(subjects({ unproven: "warn" }));
    await release.prepare();
    await release.publish();
    await writeFile(join(release.folder, "out/a.zip"), "changed\n");
    await release.success();
    expect(release.logged.at(-1)).toContain("`a.zip` is not proven.");
  });
});
