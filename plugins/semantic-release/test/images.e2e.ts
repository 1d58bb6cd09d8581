import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startOciRegistry, type EmbeddedOciRegistry, type ImageDigests } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { codesOf, errorsOf, openRelease, OWN, type Release } from "./release.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64"];

interface World {
  readonly release: Release;
  readonly registry: EmbeddedOciRegistry;
  /** Pushes the image of the release, as a plugin before this one does in `publish`. */
  readonly push: () => ImageDigests;
}

async function open(options: object = {}, files: Readonly<Record<string, string>> = {}): Promise<World> {
  const registry = await startOciRegistry();
  onTestFinished(() => registry.close());
  const images = `${registry.host}/acme/widget:\${nextRelease.version}`;
  const release = await openRelease({ files, plugins: [[OWN, { images, ...options }]] });
  return { release, registry, push: () => registry.addImage("acme/widget", ["1.0.0"], { platforms: PLATFORMS }) };
}

describe("images of a release", () => {
  test("that are pushed in publish are attested there, beside files, and read back in success", async () => {
    const { release, registry, push } = await open({ subjects: "out/*" }, { "out/a.zip": "alpha\n" });
    await release.verifyConditions();
    await release.prepare();
    expect(await release.plan()).toMatchObject({ subjects: [{ name: "a.zip" }] });
    const { digest, platforms } = push();
    await release.publish();
    const receipt = await release.receipt();
    expect(receipt).toMatchObject({ status: "sealed", statements: [{ subjects: 1 }, { subjects: 3 }] });
    const purls = [digest, ...Object.values(platforms)].map(
      (one) => `pkg:oci/widget@${one}?repository_url=${registry.host}%2Facme%2Fwidget`,
    );
    expect(receipt.objects.map(({ name, proven }) => [name, proven])).toEqual(
      ["a.zip", ...purls].map((name) => [name, true]),
    );
    expect(
      registry.requests.filter(({ method, path }) => method === "PUT" && path.includes("/manifests/")),
    ).toHaveLength(3);
    await release.success();
    expect(release.logged).toContain("Every object of %s is proven v1.0.0");
  });

  test("alone, by what their builder wrote, are signed once however often the step is run", async () => {
    const { release, registry, push } = await open({ images: [], imageMetadata: "out/metadata.json" });
    await release.prepare();
    expect(await codesOf(release.publish())).toEqual(["EIMAGEMETADATA"]);
    const { digest } = push();
    const told = { "containerimage.digest": digest, "image.name": `${registry.host}/acme/widget:1.0.0` };
    await release.write("out/metadata.json", JSON.stringify(told));
    await release.publish();
    const signed = release.sigstore.requests.length;
    await release.publish();
    expect(release.sigstore.requests).toHaveLength(signed);
    expect(await release.receipt()).toMatchObject({
      status: "sealed",
      statements: [{ signed: "earlier", subjects: 3 }],
    });
  });

  test("that are not pushed, or moved, are named before anything is signed; the plan of the rest stays", async () => {
    const { release, push, registry } = await open({ imageMetadata: "digest", readBackTimeout: 0 });
    await release.prepare();
    const { digest } = push();
    await release.write("digest", digest);
    registry.addImage("acme/widget", ["1.0.0"], { text: "moved" });
    const [error] = await errorsOf(release.publish());
    expect(error).toMatchObject({ code: "ETAGMOVED", semanticRelease: true });
    expect(release.sigstore.requests).toEqual([]);
    push();
    await release.publish();
    expect(await release.receipt()).toMatchObject({ status: "sealed" });
  });

  test("whose attestation is gone again are named in success", async () => {
    const { release, registry, push } = await open({ readBackTimeout: 0 });
    await release.prepare();
    push();
    await release.publish();
    const empty = JSON.stringify({ schemaVersion: 2, manifests: [] });
    const headers = { "content-type": "application/vnd.oci.image.index.v1+json" };
    registry.respond(/\/referrers\//u, { body: empty, headers });
    await rm(join(release.folder, "dist/colophon", (await release.receipt()).statements[0]?.bundle ?? ""));
    const before = registry.requests.length;
    const errors = await errorsOf(release.success());
    expect(errors.map(({ code }) => code)).toEqual(["EUNPROVEN", "EUNPROVEN", "EUNPROVEN"]);
    expect(registry.requests.slice(before).every(({ method }) => method === "GET" || method === "HEAD")).toBe(true);
  });

  test.each<[string, unknown, string]>([
    ["is no name", "ghcr.io/Acme/Widget:${nextRelease.version}", "EREFERENCEUPPERCASE"],
    ["uses what there is not", "ghcr.io/acme/widget:${nextRelease.version.x.y}", "EIMAGETEMPLATE"],
    ["is a number", 1, "EINVALIDIMAGES"],
  ])("of which one %s are refused before anything is released", async (_, images, code) => {
    const { release } = await open({ images });
    expect(await codesOf(release.verifyConditions())).toContain(code);
  });
});
