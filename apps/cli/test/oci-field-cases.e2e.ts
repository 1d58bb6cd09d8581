import { createHash } from "node:crypto";
import type { CoverageResult } from "@colophon/core";
import { startOciRegistry, startTlsProxy, type OciRegistryOptions, type Reply } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { colophon, type Finished } from "./colophon.ts";
import { openRelease, receiptOf } from "./emission.ts";
import { BUNDLE, openRegistry, SOURCE, verdict, type RegistryWorld } from "./registry-world.ts";

// Faults that people met with images in registries, each as a small input with the right outcome.

const WIDGET = "acme/widget";
const ALPHA = "sha256:b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const PLATFORMS = ["linux/amd64", "linux/arm64"];

/** Exit, status and code of a verdict. */
function told(finished: Finished): string {
  const { status, failure } = verdict(finished);
  return [finished.code, status, failure?.code].filter((part) => part !== undefined).join(" ");
}

function counted({ stdout, stderr }: Finished): CoverageResult {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as CoverageResult;
}

const isWrite = ({ method }: { readonly method: string }): boolean => method !== "GET" && method !== "HEAD";

describe("oci-fallback-tag-answers-subject", () => {
  const fallbackTag = (digest: string): string => digest.replace(":", "-");
  const sameImage = { platforms: PLATFORMS, text: "acme/widget:1.4.0" };

  test("the index itself is no list of referrers, and what is kept elsewhere is still found", async () => {
    const { registry, image, name, env, prove, run } = await openRegistry({ referrers: 404 });
    registry.addImage(WIDGET, [fallbackTag(image.digest)], sameImage);
    expect(told(await run("verify", `${name}:1.4.0`, ...SOURCE, "--json"))).toBe("1 missing no-provenance");
    const { summary } = counted(await run("coverage", name, ...SOURCE, "--json"));
    expect(summary).toMatchObject({ objects: 1, missing: 1 });
    registry.addImage("acme/proofs", [], sameImage);
    const content = await prove(image.digest);
    const attached = registry.addReferrer("acme/proofs", image.digest, { artifactType: BUNDLE, content });
    registry.addFallbackTag("acme/proofs", image.digest, [attached]);
    env["COSIGN_REPOSITORY"] = `${registry.host}/acme/proofs`;
    expect(told(await run("verify", `${name}:1.4.0`, ...SOURCE, "--json"))).toBe("0 verified");
  });

  test("an entry counts only where its own subject is the image", async () => {
    const { registry, image, name, prove, run } = await openRegistry({ referrers: 404 });
    const arm = image.platforms["linux/arm64"]!;
    const content = await prove(image.digest);
    const about = registry.addReferrer(WIDGET, arm, { artifactType: BUNDLE, content });
    registry.addFallbackTag(WIDGET, image.digest, [about]);
    expect(told(await run("verify", `${name}:1.4.0`, ...SOURCE, "--json"))).toBe("1 missing no-provenance");
  });

  test("attaching is refused before anything is written", async () => {
    const release = await openRelease();
    const registry = await startOciRegistry({ referrers: 404 });
    onTestFinished(() => registry.close());
    const { digest } = registry.addImage(WIDGET, ["1.4.0"], sameImage);
    registry.addImage(WIDGET, [fallbackTag(digest)], sameImage);
    const done = await release.attest(`oci://${registry.host}/${WIDGET}@${digest}`, "--deposit", "oci", "--json");
    expect(done.code, done.stderr).toBe(1);
    expect(receiptOf(done)).toMatchObject({ status: "refused" });
    expect(done.stdout).toContain("fallback-tag-occupied");
    expect(registry.requests.filter(isWrite)).toEqual([]);
    expect(release.sigstore.requests).toEqual([]);
  });

  test("of sha512 the tag has the first 64 digits", async () => {
    const { registry, name, run } = await openRegistry({ referrers: 404 });
    const manifests = `${registry.url}/v2/${WIDGET}/manifests`;
    const bytes = Buffer.from(await (await fetch(`${manifests}/1.4.0`)).arrayBuffer());
    const hex = createHash("sha512").update(bytes).digest("hex");
    const headers = { "content-type": "application/vnd.oci.image.index.v1+json" };
    const pushed = await fetch(`${manifests}/sha512:${hex}`, { method: "PUT", headers, body: bytes });
    expect(pushed.status).toBe(201);
    // Where the tags cannot be listed, each is tried.
    registry.respond(/tags\/list/, 403);
    expect(told(await run("verify", `${name}@sha512:${hex}`, ...SOURCE, "--json"))).toBe("1 missing no-provenance");
    const tried = registry.requests.map(({ path }) => /\/manifests\/(sha512-.*)$/.exec(path)?.[1]).filter(Boolean);
    expect(new Set(tried)).toEqual(new Set([`sha512-${hex.slice(0, 64)}`, `sha512-${hex.slice(0, 64)}.att`]));
  });
});

describe("oci-reference-forms", () => {
  const hub = "https://registry-1.docker.io";
  test.each([
    ["nginx", "docker.io/library/nginx", hub, "latest"],
    ["acme/widget:1.4.0", "docker.io/acme/widget", hub, "1.4.0"],
    ["docker.io/nginx:1", "docker.io/library/nginx", hub, "1"],
    ["index.docker.io/nginx:1", "docker.io/library/nginx", hub, "1"],
    ["localhost/widget", "localhost/widget", "http://localhost", "latest"],
    ["localhost:5000/acme/widget", "localhost:5000/acme/widget", "http://localhost:5000", "latest"],
    ["registry.example:8443/a/b/c:1", "registry.example:8443/a/b/c", "https://registry.example:8443", "1"],
    ["ghcr.io/acme/charts/widget:1.4.0", "ghcr.io/acme/charts/widget", "https://ghcr.io", "1.4.0"],
    [`ghcr.io/acme/widget:1.4.0@${ALPHA}`, "ghcr.io/acme/widget", "https://ghcr.io", ALPHA],
  ])("%s is looked for as %s", async (written, repository, origin, asked) => {
    const finished = await colophon(["verify", `oci://${written}`, "--offline", "--json"]);
    expect(told(finished)).toBe("3 unknown offline");
    const path = repository.slice(repository.indexOf("/") + 1);
    const message = `${repository}: ${origin}/v2/${path}/manifests/${asked} was not asked`;
    expect(verdict(finished).failure?.message).toContain(message);
  });

  test("the names of Docker Hub are one location", async () => {
    const names = ["nginx", "docker.io/nginx", "index.docker.io/library/nginx"].map((name) => `oci://${name}`);
    const finished = await colophon(["coverage", ...names, "--offline", "--json"]);
    expect(finished.code).toBe(3);
    expect(counted(finished).gaps.map(({ target }) => target)).toEqual(["oci://docker.io/library/nginx"]);
  });

  test.each([
    ["oci://ghcr.io/Acme/Widget:1.4.0", "REFERENCE_UPPER_CASE", '"oci://ghcr.io/acme/widget:1.4.0"'],
    [`oci://ghcr.io/acme/widget@${ALPHA.toUpperCase().replace("SHA", "sha")}`, "REFERENCE_DIGEST", "lower-case"],
    ["oci://https://ghcr.io/acme/widget", "REFERENCE_SCHEME", '"oci://ghcr.io/acme/widget"'],
    ["https://ghcr.io/acme/widget", "OBJECT_INVALID", '"oci://ghcr.io/acme/widget"'],
  ])("%s is refused: %s", async (written, code, form) => {
    const commands = written.startsWith("oci://")
      ? ["verify", "coverage", "inspect", "attest"]
      : ["verify", "coverage"];
    for (const command of commands) {
      const finished = await colophon([command, written]);
      expect(finished).toMatchObject({ code: 2, stdout: "" });
      expect(finished.stderr).toMatch(new RegExp(`\\(${code}\\)\n  → .*${form}`));
    }
  });

  test("coverage judges the digest where there is a tag too, and tells that the tag moved", async () => {
    const { registry, image, name, prove, run } = await openRegistry();
    registry.addReferrer(WIDGET, image.digest, { artifactType: BUNDLE, content: await prove(image.digest) });
    const named = `${name}:1.4.0@${image.digest}`;
    const still = await run("coverage", named, ...SOURCE, "--fail-under", "100", "--json");
    expect([still.code, counted(still).warnings]).toEqual([0, []]);
    registry.addImage(WIDGET, ["1.4.0"], { text: "moved" });
    const moved = await run("coverage", named, ...SOURCE, "--fail-under", "100", "--json");
    expect([moved.code, counted(moved).warnings.map(({ code }) => code)]).toEqual([0, ["tag-moved"]]);
    expect(counted(moved).objects).toMatchObject([{ digest: { sha256: image.digest.slice(7) }, status: "verified" }]);
  });
});

describe("oci-denied-is-unknown", () => {
  const bearer = { kind: "bearer", username: "robot", password: "PASSWORD" } as const;
  const denied = { status: 403, body: '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}' };
  const unauthorized = { status: 401, body: '{"errors":[{"code":"UNAUTHORIZED"}]}' };

  test.each<[string, OciRegistryOptions, (path: string) => boolean, Reply, number]>([
    ["the token service", { auth: bearer }, (path) => path.startsWith("/token"), denied, 2],
    ["the manifest", {}, (path) => path.startsWith("/v2/acme/widget/manifests/"), unauthorized, 1],
  ])("%s that refuses is asked once, and hides no other repository", async (_, options, isIt, answer, asked) => {
    const { registry, name, run } = await openRegistry(options);
    registry.respond(({ path }) => isIt(path), answer);
    const finished = await run("verify", `${name}:1.4.0`, "--json");
    expect(told(finished)).toBe("3 unknown access-denied");
    expect(verdict(finished).failure?.message).toContain("private, or does not exist");
    expect(registry.requests).toHaveLength(asked);
    const open = await startOciRegistry();
    onTestFinished(() => open.close());
    open.addImage("acme/tool", ["1.0.0"]);
    const both = await run("coverage", `${name}:1.4.0`, `oci://${open.host}/acme/tool`, "--json");
    expect(both.code).toBe(3);
    expect(counted(both)).toMatchObject({
      complete: false,
      gaps: [{ channel: "oci", reason: { code: "access-denied" } }],
      objects: [{ status: "missing" }],
    });
  });

  test.each<[string, Reply]>([
    ["403", denied],
    ["401", unauthorized],
  ])("referrers that are refused with %s leave an image that can be read undecided", async (_, answer) => {
    const { registry, name, run } = await openRegistry();
    registry.respond(/\/referrers\//, answer);
    expect(told(await run("verify", `${name}:1.4.0`, "--json"))).toBe("3 unknown access-denied");
    const { summary, stores } = counted(await run("coverage", name, "--json"));
    expect(summary).toMatchObject({ objects: 1, unknown: 1 });
    expect(stores).toContainEqual({ name: "oci", state: "unavailable" });
  });

  test("a tag that a known repository does not have is a mistake: no-such-object", async () => {
    const { name, run } = await openRegistry();
    for (const command of ["verify", "coverage"]) {
      const absent = await run(command, `${name}:9.9.9`);
      expect(absent).toMatchObject({ code: 2, stdout: "" });
      expect(absent.stderr).toContain('no tag and no version in "9.9.9"');
    }
    const beside = await run("coverage", `${name}:9.9.9`, `${name}:1.4.0`, "--json");
    expect([beside.code, counted(beside).gaps.map(({ reason }) => reason.code)]).toEqual([3, ["no-such-object"]]);
  });
});

describe("oci-tag-pages", () => {
  const NEXT = "/v2/acme/widget/tags/list?last=1.4.0&n=100";
  interface Row {
    readonly link?: (host: string) => string;
    readonly first?: (string | null)[] | null;
    readonly next?: Partial<Reply>;
    readonly tags: "all" | "none" | "incomplete";
  }
  const second = { body: '{"name":"acme/widget","tags":["2.0.0"]}' };

  async function serve({ registry }: RegistryWorld, { link, first = ["1.4.0"], next = second }: Row): Promise<void> {
    registry.addImage(WIDGET, ["2.0.0"], { text: "second" });
    const headers: Record<string, string> = link === undefined ? {} : { link: link(registry.host) };
    const body = JSON.stringify({ name: WIDGET, tags: first });
    registry.respond(({ path }) => path.includes("/tags/list"), { headers, body });
    registry.respond(({ path }) => path.includes("/tags/list?last="), next);
  }

  test.each<[string, Row]>([
    ["relative", { link: () => `<${NEXT}>; rel="next"`, tags: "all" }],
    ["absolute", { link: (host) => `<http://${host}${NEXT}>; rel=next`, tags: "all" }],
    ["without brackets", { link: () => `${NEXT}; rel="next"`, tags: "all" }],
    ["behind a short page", { link: () => '</v2/acme/widget/tags/list?last=1.4.0>; rel="next"', tags: "all" }],
    ["in a circle", { link: () => '</v2/acme/widget/tags/list?n=100>; rel="next"', tags: "incomplete" }],
    ["on another host", { link: () => `<https://evil.example${NEXT}>; rel="next"`, tags: "incomplete" }],
    ["a page of 500", { link: () => `<${NEXT}>; rel="next"`, next: { status: 500 }, tags: "incomplete" }],
    ["nowhere, of null", { first: null, tags: "none" }],
  ])("the next page is %s", async (_, row) => {
    const world = await openRegistry();
    await serve(world, row);
    const [finished, text] = await Promise.all([
      world.run("coverage", world.name, ...SOURCE, "--json"),
      world.run("coverage", world.name, ...SOURCE),
    ]);
    if (row.tags === "none") {
      expect(finished).toMatchObject({ code: 2, stdout: "" });
      expect(finished.stderr).toContain("no image was ever tagged");
      return;
    }
    const { complete, gaps, objects, summary } = counted(finished);
    const isAll = row.tags === "all";
    expect([finished.code, complete, gaps.length, summary.objects]).toEqual(isAll ? [0, true, 0, 2] : [3, false, 1, 1]);
    const versions = objects.flatMap(({ locations }) => locations.map((one) => one.split(":").at(-1)));
    expect(versions).toContain("1.4.0");
    expect(versions.includes("2.0.0")).toBe(isAll);
    expect(text.stdout.includes("INCOMPLETE")).toBe(!isAll);
  });

  test("another host that the next page is on gets no request", async () => {
    const [evil, registry] = await Promise.all([startOciRegistry(), startOciRegistry()]);
    const proxy = await startTlsProxy({ "registry.example": registry.url, "evil.example": evil.url });
    onTestFinished(async () => void (await Promise.all([evil.close(), registry.close(), proxy.close()])));
    registry.addImage(WIDGET, ["1.4.0"]);
    registry.respond(/tags\/list/, (usual) => ({
      ...usual,
      headers: { ...usual.headers, link: `<https://evil.example${NEXT}>; rel="next"` },
    }));
    const finished = await colophon(["coverage", `oci://registry.example/${WIDGET}`, "--json"], { env: proxy.env });
    expect(finished.code).toBe(3);
    expect(counted(finished).gaps).toMatchObject([{ reason: { message: expect.stringContaining("evil.example") } }]);
    expect(proxy.requests.map(({ host }) => host)).not.toContain("evil.example");
    expect(evil.requests).toEqual([]);
  });
});
