import { describe, expect, test } from "vitest";
import { createOciDepository } from "../../src/attach/depository.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { IMPATIENT } from "../impatient.ts";
import { IMAGE_MANIFEST, type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";
import { BUNDLE, CREATED, provenanceOf, attachTo, proofsOf, writes, listOf } from "./attaching.ts";

describe("attaching where there is no referrers API", () => {
  async function startWithout(): Promise<{ readonly fake: FakeRegistry; readonly image: WrittenDescriptor }> {
    const fake = await startFake();
    fake.hasReferrers = false;
    return { fake, image: fake.addImage("image", "1.4.0") };
  }

  test("adds to the list what others read, keeps all that is in it, and gives the manifest a tag of its own", async () => {
    const { fake, image } = await startWithout();
    const other = fake.addManifest([fake.add("sbom", "application/spdx+json")], {
      artifactType: "application/spdx+json",
      subject: image,
    });
    const kept = { ...other, artifactType: "application/spdx+json", "io.example.kept": { a: [1] } };
    const list = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [kept],
      annotations: { a: "b" },
    };
    fake.tag(fallbackTag(image.digest), fake.add(list, list.mediaType));
    const attached = await attachTo(fake, image, provenanceOf(image));
    const put = fake.seen.findLast(({ method }) => method === "PUT");
    expect(put?.path).toBe(`/v2/acme/widget/manifests/${fallbackTag(image.digest)}`);
    const own = attached.ok ? attached.value.location.slice(-71) : "";
    const annotations = {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1",
      "org.opencontainers.image.created": CREATED,
    };
    const entry = {
      mediaType: IMAGE_MANIFEST,
      digest: own,
      size: expect.any(Number) as number,
      artifactType: BUNDLE,
      annotations,
    };
    expect(JSON.parse(put?.body.toString() ?? "")).toEqual({ ...list, manifests: [kept, entry] });
    expect(fake.tags.get(`acme/widget:${fallbackTag(image.digest)}.att.${own.slice(7, 39)}`)).toBe(own);
  });

  test("does not take the registry's word that it understood", async () => {
    const { fake, image } = await startWithout();
    fake.before = ({ method, path }) =>
      method === "PUT" && path.includes(".att.")
        ? { status: 201, headers: { "oci-subject": image.digest } }
        : undefined;
    await expect(attachTo(fake, image, provenanceOf(image))).resolves.toMatchObject({
      value: { listed: "fallback-tag" },
    });
    await expect(listOf(fake, image)).resolves.toHaveLength(1);
  });

  test.each(["the next write", "a rerun"])("what another writer has overwritten is mended by %s", async (by) => {
    const { fake, image } = await startWithout();
    await attachTo(fake, image, provenanceOf(image, "lost"));
    fake.addIndex([], fallbackTag(image.digest));
    await expect(proofsOf(fake, image)).resolves.toHaveLength(1);
    const next = provenanceOf(image, by === "a rerun" ? "lost" : "next");
    await attachTo(fake, image, next);
    const expected = by === "a rerun" ? 1 : 2;
    await expect(listOf(fake, image)).resolves.toHaveLength(expected);
    await expect(proofsOf(fake, image)).resolves.toHaveLength(expected);
  });

  test("keeps what another writer, who has no tags of ours, adds while it reads, or has had overwritten", async () => {
    const { fake, image } = await startWithout();
    const list = fallbackTag(image.digest);
    const entryOf = (text: string): WrittenDescriptor =>
      fake.addManifest([fake.add(text, BUNDLE)], { subject: image, artifactType: BUNDLE });
    const [early, late] = [entryOf("early"), entryOf("late")];
    fake.tag(list, fake.addIndex([early]));
    let asked = 0;
    fake.before = ({ method, path }) => {
      // Overwritten after it was read first, by one that has read nothing of it; a list of tags takes two requests.
      if (method === "GET" && path.includes("/tags/list") && (asked += 1) === 3) fake.tag(list, fake.addIndex([late]));
      return undefined;
    };
    await expect(attachTo(fake, image, provenanceOf(image))).resolves.toMatchObject({ ok: true });
    const listed = await listOf(fake, image);
    expect(listed).toHaveLength(3);
    expect(listed).toEqual(expect.arrayContaining([early.digest, late.digest]));
  });

  test("says so where others never stop overwriting the list", async () => {
    const { fake, image } = await startWithout();
    fake.before = ({ method, path }) =>
      method === "PUT" && path.endsWith(fallbackTag(image.digest)) ? { status: 201 } : undefined;
    const attached = await attachTo(fake, image, provenanceOf(image));
    expect(attached).toMatchObject({ ok: true, value: { was: "written", listed: "own-tag" } });
    const options = { registry: clientOf([fake]), repository: fake.widget, subject: image.digest, now: () => CREATED };
    const depository = createOciDepository({ ...options, patience: IMPATIENT });
    await expect(depository.deposit(provenanceOf(image), "b")).resolves.toMatchObject({
      status: "unreachable",
      reason: { code: "referrers-overwritten" },
    });
    await expect(proofsOf(fake, image)).resolves.toHaveLength(1);
  });

  test("reads what our tags name once, where the list has it", async () => {
    const { fake, image } = await startWithout();
    for (const note of ["1", "2", "3"]) await attachTo(fake, image, provenanceOf(image, note));
    const before = fake.seen.length;
    await attachTo(fake, image, provenanceOf(image, "4"));
    const opened = fake
      .asked()
      .slice(before)
      .filter((asked) => asked.startsWith("GET") && /manifests.+\.att\./.test(asked));
    expect(opened).toHaveLength(3);
  });

  test("does not write a list that no registry takes", async () => {
    const { fake, image } = await startWithout();
    const entry = fake.addManifest([fake.add("b", BUNDLE)], { subject: image });
    const full = { manifests: [{ ...entry, annotations: { a: "a".repeat(4 * 1024 * 1024 - 300) } }] };
    fake.tag(fallbackTag(image.digest), fake.add(full, "application/vnd.oci.image.index.v1+json"));
    const attached = await attachTo(fake, image, provenanceOf(image));
    expect(attached).toMatchObject({ ok: false, reason: { code: "too-large" } });
    await expect(proofsOf(fake, image)).resolves.toHaveLength(2);
  });

  test("takes nothing into the list that only has the name of ours", async () => {
    const { fake, image } = await startWithout();
    const foreign = fake.addImage("another");
    fake.tag(`${fallbackTag(image.digest)}.att.${foreign.digest.slice(7, 39)}`, foreign);
    await attachTo(fake, image, provenanceOf(image));
    await expect(listOf(fake, image)).resolves.toHaveLength(1);
  });

  test.each<[string, (fake: FakeRegistry) => WrittenDescriptor]>([
    ["the image itself", (fake) => fake.addIndex([fake.addImage("amd64")])],
    ["an empty index, the image itself", (fake) => fake.addIndex([])],
    ["another image", (fake) => fake.addImage("another")],
    ["an index of other images", (fake) => fake.addIndex([fake.addImage("amd64"), fake.addImage("arm64")])],
  ])("writes nothing where the tag of the list is %s", async (name, occupy) => {
    const { fake } = await startWithout();
    const occupant = occupy(fake);
    const image = name.endsWith("the image itself") ? occupant : fake.addIndex([fake.addImage("image")]);
    fake.tag(fallbackTag(image.digest), occupant);
    const attached = await attachTo(fake, image, provenanceOf(image));
    const message = expect.stringContaining(`acme/widget:${fallbackTag(image.digest)}`) as string;
    expect(attached).toMatchObject({ ok: false, reason: { code: "fallback-tag-occupied", message } });
    expect(writes(fake)).toEqual([]);
  });
});
