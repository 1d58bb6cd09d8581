import { describe, expect, test } from "vitest";
import { createOciInventory } from "../../src/inventory/oci-inventory.ts";
import { collect } from "../collect.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";
import { list, objects, versions, addChart, OTHER } from "./listing.ts";

describe("an inventory of images", () => {
  test("counts one object for all tags that lead to it, and none for what is about images", async () => {
    const fake = await startFake();
    const index = fake.addIndex([fake.addImage("amd64")], "1.4.0");
    const notes = fake.addImage("notes", "sha256-notes");
    const hex = index.digest.slice(7);
    fake.tag("latest", index);
    for (const ending of ["", ".sig", ".att", ".sbom", `.att.${"a".repeat(32)}`])
      fake.addImage(`about${ending}`, `sha256-${hex}${ending}`);
    const subject = fake.addImage("subject");
    fake.addManifest(
      [fake.add("b", "application/vnd.dev.sigstore.bundle.v0.3+json")],
      { artifactType: "x", subject },
      "attestation",
    );
    const source = { "org.opencontainers.image.source": "https://github.com/acme/widget" };
    fake.addManifest([fake.add("l", "application/vnd.oci.image.layer.v1.tar")], { annotations: source }, "2.0.0-rc.1");
    const found = await objects(fake);
    expect(versions(found)).toEqual(["1.4.0", "2.0.0-rc.1", "sha256-notes"]);
    const where = `oci://${fake.host}/acme/widget`;
    expect(found.find(({ version }) => version === "1.4.0")).toEqual({
      id: `pkg:oci/widget@${index.digest}?repository_url=${fake.host}%2Facme%2Fwidget`,
      channels: ["oci"],
      locations: [`${where}@${index.digest}`, `${where}:1.4.0`, `${where}:latest`],
      digest: { sha256: hex },
      digestFrom: "bytes",
      name: `${fake.host}/acme/widget`,
      version: "1.4.0",
      publishedAt: null,
      tags: ["1.4.0", "latest"],
      declaredRepository: null,
      deprecated: null,
      members: [expect.objectContaining({ platform: null })],
    });
    expect(found.find(({ version }) => version === "2.0.0-rc.1")?.declaredRepository).toBe(
      "https://github.com/acme/widget",
    );
    expect(found.find(({ version }) => version === "sha256-notes")?.digest).toEqual({ sha256: notes.digest.slice(7) });
  });

  test("takes the highest stable version for the latest, wherever the tag of that name leads", async () => {
    const fake = await startFake();
    for (const tag of ["1.9.0", "1.10.0", "2.0.0-rc.1", "edge"]) fake.addImage(tag, tag);
    fake.tag("latest", fake.addImage("edge"));
    const latest = (await objects(fake)).filter(({ tags }) => tags.includes("latest"));
    expect(versions(latest)).toEqual(["1.10.0"]);
  });

  test.each([
    ["1.4", ["1.4"]],
    ["1.x", ["1.3.0", "1.4.0-rc.1"]],
    ["2.0.0", ["2.0.0"]],
    ["edge", ["edge"]],
  ])("lists for %s the tag of that name, or else the range", async (range, expected) => {
    const fake = await startFake();
    for (const tag of ["1.3.0", "1.4.0-rc.1", "2.0.0", "1.4", "edge"]) fake.addImage(tag, tag);
    expect(versions(await objects(fake, range))).toEqual(expected);
  });

  test("lists a digest that no tag leads to", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image");
    await expect(objects(fake, digest)).resolves.toMatchObject([
      { digest: { sha256: digest.slice(7) }, version: null },
    ]);
  });

  test.each<[string, FakeRegistry["before"], string[], string | undefined]>([
    ["leads to it", () => undefined, ["1.4.0"], undefined],
    [
      "moved",
      ({ path }) => (path.endsWith("/1.4.0") ? { status: 200, body: OTHER } : undefined),
      [],
      "leads to sha256:",
    ],
    ["is gone", ({ path }) => (path.endsWith("/1.4.0") ? { status: 404 } : undefined), [], "leads to nothing"],
  ])("lists of tag and digest the latter, and tells where the tag %s", async (_, before, tags, warning) => {
    const fake = await startFake();
    const { digest } = fake.addImage("image", "1.4.0");
    fake.before = before;
    const pages = await list(fake, `1.4.0@${digest}`);
    const found = pages.flatMap((page) => page.objects);
    expect(found).toMatchObject([{ digest: { sha256: digest.slice(7) }, tags }]);
    const warnings = pages.flatMap((page) => page.warnings);
    expect(warnings).toMatchObject(warning === undefined ? [] : [{ code: "tag-moved" }]);
    expect(warnings[0]?.message ?? "").toContain(warning ?? "");
  });

  test("of tag and digest asks for no tag where the latter is not there", async () => {
    const fake = await startFake();
    fake.addImage("image", "1.4.0");
    await expect(list(fake, `1.4.0@sha256:${"0".repeat(64)}`)).resolves.toMatchObject([
      { objects: [], gaps: [{ target: expect.stringContaining("@sha256:000") as string }] },
    ]);
    expect(fake.seen).toHaveLength(1);
  });

  test("reads a tag that is named with one request", async () => {
    const fake = await startFake();
    fake.addImage("image", "1.4.0");
    expect(await objects(fake, "1.4.0")).toHaveLength(1);
    expect(fake.asked()).toEqual(["GET /v2/acme/widget/manifests/1.4.0"]);
  });

  test("asks once for each tag, and once more for each digest but that of the first", async () => {
    const fake = await startFake();
    const images = Array.from({ length: 10 }, (_, index) => fake.addImage(`image ${index}`));
    for (const [index, image] of images.entries())
      for (const patch of [0, 1, 2]) fake.tag(`1.${index}.${patch}`, image);
    expect(await objects(fake)).toHaveLength(10);
    const heads = fake.asked().filter((asked) => asked.startsWith("HEAD"));
    expect([heads.length, fake.seen.length]).toEqual([29, 2 + 30 + 9]);
  });

  test("comes in pages, and goes on behind the key of one", async () => {
    const fake = await startFake();
    for (let index = 0; index < 250; index += 1) fake.addImage(`image ${index}`, `1.${index}.0`);
    fake.tags.set("acme/widget:dangling", `sha256:${"0".repeat(64)}`);
    const pages = await list(fake);
    expect(pages.map((page) => page.objects.length)).toEqual([0, 100, 100, 50]);
    expect(new Set(pages.flatMap((page) => page.objects.map(({ id }) => id))).size).toBe(250);
    await expect(list(fake, undefined, pages[1]?.key)).resolves.toEqual(pages.slice(2));
    await expect(list(fake, undefined, pages[0]?.key)).resolves.toEqual(pages.slice(1));
  });

  test.each<[string, FakeRegistry["before"], object]>([
    [
      "tags that are refused",
      ({ path }) => (path.includes("tags/list") ? { status: 403 } : undefined),
      { gaps: [{ channel: "oci", reason: { code: "access-denied" } }] },
    ],
    [
      "tags that go on elsewhere",
      ({ path }) =>
        path.includes("tags/list")
          ? { body: '{"tags":["1.4.0"]}', headers: { link: "<https://evil.example/>; rel=next" } }
          : undefined,
      { gaps: [{ reason: { code: "answer-unreadable" } }] },
    ],
    [
      "a tag that cannot be asked for",
      ({ path }) => (path.endsWith("/1.4.0") ? { status: 500 } : undefined),
      { gaps: [{ target: expect.stringMatching(/:1\.4\.0$/) as string, reason: { code: "registry-unavailable" } }] },
    ],
    [
      "manifests that cannot be read",
      ({ path, method }) => (method === "GET" && path.includes("/manifests/") ? { body: "x" } : undefined),
      {
        gaps: [
          { target: expect.stringMatching(/:1\.4\.0$/) as string, reason: { code: "manifest-invalid" } },
          { target: expect.stringContaining("@sha256:") as string, reason: { code: "digest-mismatch" } },
        ],
      },
    ],
    [
      "a tag that leads to nothing",
      ({ path }) => (path.endsWith("/1.4.0") ? { status: 404 } : undefined),
      { gaps: [], warnings: [{ code: "tag-dangling" }] },
    ],
  ])("tells of %s", async (_, before, expected) => {
    const fake = await startFake();
    fake.addImage("image", "1.4.0");
    fake.addImage("other", "1.5.0");
    fake.before = before;
    const pages = await list(fake);
    const gaps = pages.flatMap((page) => page.gaps);
    expect({ gaps, warnings: pages.flatMap((page) => page.warnings) }).toMatchObject(expected);
  });

  test("says that there is nothing, and of what", async () => {
    const fake = await startFake();
    await expect(list(fake)).resolves.toMatchObject([{ objects: [], nothing: { code: "nothing-published" } }]);
    fake.addImage("image", "1.4.0");
    await expect(list(fake, "9.9.9")).resolves.toMatchObject([{ objects: [], nothing: { code: "no-such-object" } }]);
    const before = fake.seen.length;
    await expect(list(fake, "edge")).resolves.toMatchObject([{ objects: [], nothing: { code: "no-such-object" } }]);
    expect(fake.asked().slice(before).join()).not.toContain("tags/list");
  });

  test("takes no range in place of a tag that could not be asked for", async () => {
    const fake = await startFake();
    fake.addImage("image", "1.4.0");
    fake.before = ({ path }) => (path.endsWith("/1.x") ? { status: 500 } : undefined);
    await expect(list(fake, "1.x")).resolves.toMatchObject([
      { objects: [], gaps: [{ reason: { code: "registry-unavailable" } }] },
    ]);
  });

  test("of a name that is none is a gap", async () => {
    const inventory = createOciInventory({ registry: clientOf([]) });
    const [page] = await collect(inventory.list({ channel: "oci", name: "ghcr.io/Acme/widget" }));
    expect(page).toMatchObject({ objects: [], gaps: [{ reason: { code: "reference-upper-case" } }] });
  });
});

describe("an inventory of charts", () => {
  test("reads their versions as Helm does, and counts no tag that is none", async () => {
    const fake = await startFake();
    const [first] = [
      "1.4.0",
      "1.4.0_build.7",
      "1.4.0_build.8",
      "0.0.11-rc4_build3",
      "latest",
      "v1",
      "1.4",
      "v2.0.0",
    ].map((tag) => addChart(fake, tag, tag));
    if (first !== undefined) fake.tag("stable", first);
    const found = await objects(fake);
    expect(versions(found)).toEqual(["0.0.11-rc4+build3", "1.4.0", "1.4.0+build.7", "1.4.0+build.8"]);
    expect(found.every(({ channels }) => channels.join() === "oci,helm")).toBe(true);
    expect(found.find(({ version }) => version === "1.4.0+build.7")?.locations[1]).toMatch(/:1\.4\.0_build\.7$/);
    await expect(objects(fake, "latest")).resolves.toMatchObject([{ channels: ["oci", "helm"] }]);
  });
});
