import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageResult } from "@colophon/core";
import type { OciRegistryOptions } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { BUNDLE, openRegistry, SOURCE, verdict } from "./registry-world.ts";

describe("an image in a registry", () => {
  test.each<[string, OciRegistryOptions]>([
    ["by the referrers API", {}],
    ["by a fallback tag, where there is no such API", { referrers: 404 }],
  ])("is verified %s, the index and what a platform gets", async (_, options) => {
    const { registry, image, name, prove, run } = await openRegistry(options);
    const arm = image.platforms["linux/arm64"]!;
    const bundle = await prove(image.digest, arm);
    for (const subject of [image.digest, arm]) {
      const attached = registry.addReferrer("acme/widget", subject, { artifactType: BUNDLE, content: bundle });
      if (options.referrers !== undefined) registry.addFallbackTag("acme/widget", subject, [attached]);
    }
    const whole = await run("verify", `${name}:1.4.0`, ...SOURCE, "--json");
    expect(whole.code, whole.stderr).toBe(0);
    expect(verdict(whole)).toMatchObject({ status: "verified", level: 2, evidence: [{ store: "oci" }] });
    const url = `${registry.host}%2Facme%2Fwidget`;
    expect(verdict(whole).object).toBe(`pkg:oci/widget@${image.digest}?repository_url=${url}`);
    expect(await run("verify", `${name}@${image.digest}`, ...SOURCE)).toMatchObject({ code: 0 });
    expect(await run("verify", name, "--platform", "linux/arm64", ...SOURCE)).toMatchObject({ code: 0 });
    const other = await run("verify", name, "--platform", "linux/amd64", ...SOURCE, "--json");
    expect({ code: other.code, status: verdict(other).status }).toEqual({ code: 1, status: "missing" });
    const inspected = await run("inspect", `${name}:1.4.0`);
    expect(inspected).toMatchObject({ code: 0, stdout: expect.stringContaining("slsa.dev/provenance/v1") as string });
  });

  test("with tag and digest is judged by its digest, and a tag that moved is told", async () => {
    const { registry, image, name, prove, run } = await openRegistry();
    registry.addReferrer("acme/widget", image.digest, { artifactType: BUNDLE, content: await prove(image.digest) });
    registry.addImage("acme/widget", ["1.4.0"], { text: "moved" });
    const finished = await run("verify", `${name}:1.4.0@${image.digest}`, ...SOURCE, "--json");
    expect(finished.code, finished.stderr).toBe(0);
    expect(verdict(finished).warnings.map(({ code }) => code)).toEqual(["tag-moved"]);
    expect(verdict(await run("verify", `${name}:1.4.0`, ...SOURCE, "--json")).status).toBe("missing");
  });

  test("that nobody may see is undecided, and one that is not there is a mistake", async () => {
    const { name, run } = await openRegistry({ denied: { "acme/secret": 403 } });
    const denied = await run("verify", `${name.replace("widget", "secret")}:1.0.0`, "--json");
    expect(denied.code).toBe(3);
    expect(verdict(denied)).toMatchObject({ status: "unknown", failure: { code: "access-denied" } });
    const absent = await run("verify", `${name}:9.9.9`);
    expect(absent).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("→") as string });
    const platform = await run("verify", name, "--platform", "plan9/mips");
    expect(platform).toMatchObject({ code: 2, stderr: expect.stringContaining("linux/amd64, linux/arm64") as string });
  });

  test.each([
    ["oci://ghcr.io/Acme/Widget:1.4.0", "REFERENCE_UPPER_CASE"],
    ["oci://ghcr.io/acme/widget:", "REFERENCE_TAG"],
    ["oci://ghcr.io/acme/widget@sha256:b6a98d", "REFERENCE_DIGEST"],
  ])("%s is refused before anything is asked: %s", async (name, code) => {
    const { run } = await openRegistry();
    for (const command of ["verify", "coverage", "inspect"])
      expect(await run(command, name)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`(${code})`) as string,
      });
  });

  test("is asked for with the login that Docker keeps, which goes nowhere else", async () => {
    const auth = { kind: "basic", username: "robot", password: "PASSWORD-OF-A-ROBOT" } as const;
    const { registry, name, env, run } = await openRegistry({ auth });
    expect(await run("verify", name)).toMatchObject({ code: 3 });
    const login = Buffer.from("robot:PASSWORD-OF-A-ROBOT").toString("base64");
    await mkdir(env["DOCKER_CONFIG"] ?? "");
    const file = { auths: { [registry.host]: { auth: login } } };
    await writeFile(join(env["DOCKER_CONFIG"] ?? "", "config.json"), JSON.stringify(file));
    const finished = await run("verify", name, "--json");
    expect(verdict(finished).status).toBe("missing");
    expect(finished.stdout + finished.stderr).not.toContain("PASSWORD-OF-A-ROBOT");
  });
});

test("a signature over an index or a platform is held to what it was found for, and accuses none of the others", async () => {
  const { registry, image, name, folder, prove, sign, run } = await openRegistry();
  const [amd64 = "", arm64 = ""] = Object.values(image.platforms);
  for (const digest of [image.digest, amd64, arm64])
    registry.addReferrer("acme/widget", digest, { artifactType: BUNDLE, content: await sign(digest) });
  await writeFile(join(folder, "index.json"), await sign(image.digest));
  const judge = async (...args: string[]): Promise<unknown> => {
    const { status, members } = verdict(await run("verify", name, ...SOURCE, "--json", ...args));
    return [status, ...(members ?? []).map((member) => [member.status, member.reason?.code])];
  };
  const signed = ["present", "message-signature"];
  expect(await judge()).toEqual(["present", signed, signed]);
  expect(await judge("--bundle", "index.json")).toEqual(["present", signed, signed]);
  const counted = JSON.parse((await run("coverage", name, ...SOURCE, "--json")).stdout) as CoverageResult;
  expect(counted.objects[0]?.reason?.code).toBe("message-signature");
  registry.addReferrer("acme/widget", amd64, { artifactType: BUNDLE, content: await prove(amd64) });
  registry.addReferrer("acme/widget", arm64, { artifactType: BUNDLE, content: await sign(amd64) });
  expect(await judge()).toEqual(["mismatch", ["verified", undefined], ["mismatch", "artifact-digest"]]);
});

test("an image that a tag beyond a list's first page names, and what is about it, are found where no page tells the next", async () => {
  const paging = { referrers: 404, pageSize: 4, link: "none" } as const;
  const { registry, image, name, prove, run } = await openRegistry(paging);
  for (const minor of [0, 1, 2, 3]) registry.addImage("acme/widget", [`1.${minor}.0`], { text: `older ${minor}` });
  const attached = registry.addReferrer("acme/widget", image.digest, {
    artifactType: BUNDLE,
    content: await prove(image.digest),
  });
  registry.addFallbackTag("acme/widget", image.digest, [attached]);
  expect(await run("verify", `${name}:1.4.0`, ...SOURCE)).toMatchObject({ code: 0 });
  const { complete, summary } = JSON.parse((await run("coverage", name, ...SOURCE, "--json")).stdout) as CoverageResult;
  expect({ complete, summary }).toMatchObject({ complete: true, summary: { objects: 5, verified: 1, missing: 4 } });
});

test("attestations are looked for where the configuration or cosign's variable says that they are kept", async () => {
  const { registry, image, name, folder, env, prove, run } = await openRegistry();
  const platforms = Object.keys(image.platforms);
  registry.addImage("acme/proofs", [], { platforms, text: "acme/widget:1.4.0" });
  registry.addReferrer("acme/proofs", image.digest, { artifactType: BUNDLE, content: await prove(image.digest) });
  const kept = `${registry.host}/acme/proofs`;
  expect(await run("verify", name, ...SOURCE)).toMatchObject({ code: 1 });
  await writeFile(join(folder, "kept.json"), JSON.stringify({ oci: { attestations: [kept] } }));
  const configured = await run("verify", name, ...SOURCE, "--config", "kept.json", "--json");
  expect(configured.code, configured.stderr).toBe(0);
  expect(verdict(configured).evidence).toMatchObject([{ location: expect.stringContaining(`${kept}@`) as string }]);
  env["COSIGN_REPOSITORY"] = kept;
  expect(await run("coverage", name, ...SOURCE, "--fail-under", "100")).toMatchObject({ code: 0 });
  env["COSIGN_REPOSITORY"] = `${kept}:tag`;
  expect(await run("verify", name, ...SOURCE)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(kept) as string,
  });
});

test("inspect shows the attestations that are served beside one that is not, and is incomplete", async () => {
  const { registry, image, name, prove, run } = await openRegistry();
  const good = registry.addReferrer("acme/widget", image.digest, {
    artifactType: BUNDLE,
    content: await prove(image.digest),
  });
  registry.addReferrer("acme/widget", image.digest, { artifactType: BUNDLE, content: "gone" });
  const gone = createHash("sha256").update("gone").digest("hex");
  registry.respond(`/v2/acme/widget/blobs/sha256:${gone}`, 404);
  const finished = await run("inspect", name, "--json");
  expect(finished).toMatchObject({ code: 3, stderr: expect.stringContaining(gone) as string });
  expect(JSON.parse(finished.stdout)).toMatchObject({
    attestations: [{ location: expect.stringContaining(good) as string }],
  });
});

test("coverage counts a repository's images, each by its digest, beside what is no image", async () => {
  const { registry, image, name, prove, run } = await openRegistry();
  registry.addReferrer("acme/widget", image.digest, { artifactType: BUNDLE, content: await prove(image.digest) });
  registry.addImage("acme/widget", ["1.3.0"], { text: "older" });
  const finished = await run("coverage", name, ...SOURCE, "--json");
  expect(finished.code, finished.stderr).toBe(0);
  const { summary, objects } = JSON.parse(finished.stdout) as CoverageResult;
  expect(summary).toMatchObject({ objects: 2, verified: 1, missing: 1, coverage: { least: 0.5, most: 0.5 } });
  expect(summary.channels).toMatchObject({ oci: { objects: 2 } });
  expect(summary.latest).toMatchObject({ objects: 1, verified: 1 });
  expect(objects.map(({ status }) => status).toSorted()).toEqual(["missing", "verified"]);
  const text = await run("coverage", name, ...SOURCE);
  expect(text.stdout).toContain("1.4.0");
  expect(await run("coverage", `${name}:1.4.0`, ...SOURCE, "--fail-under", "100")).toMatchObject({ code: 0 });
  expect(await run("coverage", name, ...SOURCE, "--channel", "npm")).toMatchObject({ code: 2 });
});
