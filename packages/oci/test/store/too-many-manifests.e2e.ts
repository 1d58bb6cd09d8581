import type { Answer, ReleaseObject } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { checkFallbackTag } from "../../src/attach/fallback-list.ts";
import { platformLocation, registryLocation } from "../../src/location.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { ownTag } from "../../src/store/tag-names.ts";
import { collect } from "../collect.ts";
import { IMAGE_MANIFEST, type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

async function find(fake: FakeRegistry, { digest }: WrittenDescriptor, location?: string): Promise<Answer | undefined> {
  const locations = [location ?? registryLocation(fake.widget, digest)];
  const object = { id: "image", locations, digest: { sha256: digest.slice(7) } } as unknown as ReleaseObject;
  return (await collect(createOciStore({ registry: clientOf([fake]) }).find([object])))[0];
}

/** How many of them were asked for, by digest or tag. */
const openedOf = (fake: FakeRegistry, names: readonly string[]): number =>
  names.filter((name) => fake.seen.some(({ path }) => path.endsWith(`/manifests/${name}`))).length;

/** Manifests of that many bytes and a little more, which refer to an image. */
function addReferrers(fake: FakeRegistry, subject: WrittenDescriptor, count: number, bytes = 0): WrittenDescriptor[] {
  const padding = "x".repeat(bytes);
  return Array.from({ length: count }, (_, index) =>
    fake.addManifest([fake.add("b", BUNDLE)], { subject, annotations: { padding, index: `${index}` } }),
  );
}

const unread = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, index) => ({
    mediaType: IMAGE_MANIFEST,
    digest: `sha256:${String(index).padStart(64, "0")}`,
    size: 1,
  }));

describe.each<
  [string, (fake: FakeRegistry, image: WrittenDescriptor, found: readonly WrittenDescriptor[]) => readonly string[]]
>([
  ["the API lists", (_, __, found) => found.map(({ digest }) => digest)],
  [
    "a list names",
    (fake, image, found) => {
      fake.hasReferrers = false;
      fake.tag(fallbackTag(image.digest), fake.addIndex(found));
      return found.map(({ digest }) => digest);
    },
  ],
  [
    "our own tags name",
    (fake, image, found) => {
      fake.hasReferrers = false;
      const tags = found.map(({ digest }) => ownTag(image.digest, digest));
      for (const [index, tag] of tags.entries()) fake.tag(tag, found[index] ?? image);
      return tags;
    },
  ],
])("of what %s", (_, file) => {
  test("no more is opened than may be held", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    const names = file(fake, image, addReferrers(fake, image, 24, 3 * 1024 * 1024));
    expect(await find(fake, image)).toMatchObject({ status: "unavailable", reason: { code: "too-large" } });
    expect(openedOf(fake, names)).toBe(12);
  });

  test("hardly more is opened than the first that cannot be had", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    const names = file(fake, image, addReferrers(fake, image, 50));
    fake.before = ({ path }) => (path.endsWith(`/manifests/${names[11]}`) ? { status: 403 } : undefined);
    expect(await find(fake, image)).toMatchObject({ status: "unavailable", reason: { code: "access-denied" } });
    expect(openedOf(fake, names)).toBeLessThanOrEqual(12);
  });

  test("all are found of many", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    file(fake, image, addReferrers(fake, image, 50));
    expect(await find(fake, image)).toMatchObject({ status: "answered", found: { length: 50 } });
  });
});

test("what is listed again and again is opened once, and is one", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const image = fake.addImage("image", "1");
  const [referrer] = addReferrers(fake, image, 1);
  fake.addIndex(
    Array.from({ length: 2001 }, () => referrer),
    fallbackTag(image.digest),
  );
  expect(await find(fake, image)).toMatchObject({ status: "answered", found: { length: 1 } });
});

test("of an index that lists more attestations than are opened of one image, none is", async () => {
  const fake = await startFake();
  const platform = fake.addImage("amd64");
  const about = (digest: string): object => ({
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": digest },
  });
  const entries = unread(2001).map((one, place) => ({
    ...one,
    ...about(place < 9 ? platform.digest : "sha256:other"),
  }));
  const index = fake.addIndex([platform, ...entries], "1");
  const answer = await find(fake, platform, platformLocation(fake.widget, index.digest, platform.digest));
  expect(answer).toMatchObject({ status: "unavailable", reason: { code: "too-large" } });
  expect(fake.seen.length).toBeLessThan(10);
});

describe("the tag of a list of referrers", () => {
  test("is known for one by the first that is about the image", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    const listed = addReferrers(fake, image, 50);
    fake.addIndex(listed, fallbackTag(image.digest));
    await checkFallbackTag(clientOf([fake]), fake.widget, image.digest);
    expect(
      openedOf(
        fake,
        listed.map(({ digest }) => digest),
      ),
    ).toBe(4);
  });

  test("is not looked through without end", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    fake.addIndex(unread(2001), fallbackTag(image.digest));
    const checked = checkFallbackTag(clientOf([fake]), fake.widget, image.digest);
    await expect(checked).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(fake.seen).toHaveLength(1);
  });
});
