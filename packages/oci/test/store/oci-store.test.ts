import type { ReleaseObject } from "@colophon/core";
import { expect, test } from "vitest";
import { createOciInventory } from "../../src/inventory/oci-inventory.ts";
import { platformLocation, registryLocation } from "../../src/location.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { attTag, ownTag } from "../../src/store/tag-names.ts";
import { collect } from "../collect.ts";
import { DSSE, envelopeFor, type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, startFake } from "../registry/loopback.ts";
import { BUNDLE, objectOf, find, findOne, proofsIn, told, refer } from "./finding.ts";

test("merges referrers, an older list of them, .att and our own tags, each manifest once", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  const referrer = refer(fake, image, "from the API");
  const att = fake.addManifest([fake.add(envelopeFor(image.digest), DSSE)], {}, attTag(image.digest));
  fake.addIndex([{ ...referrer, artifactType: "wrong" }], fallbackTag(image.digest));
  fake.tag(ownTag(image.digest, referrer.digest), referrer);
  const answer = await findOne(fake, image.digest);
  expect(told(answer, fake)).toEqual([
    ["from the API", `acme/widget@${referrer.digest}#layer0`],
    [JSON.stringify(envelopeFor(image.digest)), `acme/widget@${att.digest}#layer0`],
  ]);
  expect(proofsIn(answer)).toMatchObject([
    { store: "oci", filed: "object", mediaType: BUNDLE },
    { store: "oci", filed: "object", mediaType: DSSE },
  ]);
});

test("without referrers API opens what the list names, whatever that says of it, and what our own tags name", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const image = fake.addImage("image", "1.4.0");
  const [listed, lost] = [refer(fake, image, "listed"), refer(fake, image, "lost")];
  fake.addIndex([{ ...listed, artifactType: "application/vnd.oci.empty.v1+json" }], fallbackTag(image.digest));
  fake.tag(ownTag(image.digest, lost.digest), lost);
  expect(told(await findOne(fake, image.digest), fake)).toEqual([
    ["listed", `acme/widget@${listed.digest}#layer0`],
    ["lost", `acme/widget@${lost.digest}#layer0`],
  ]);
});

test("takes nothing for a referrer whose own subject is another one, be it listed, tagged or told by the API", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const [image, other] = [fake.addImage("image", "1"), fake.addImage("other", "2")];
  const foreign = refer(fake, other, "about another image");
  const none = fake.addManifest([fake.add("about nothing", BUNDLE)]);
  const ancient = fake.add({ subject: image, blobs: [] }, "application/vnd.oci.artifact.manifest.v1+json");
  const list = fake.addIndex([foreign, none, other, ancient]);
  fake.tag(fallbackTag(image.digest), list);
  fake.tag(ownTag(image.digest, foreign.digest), foreign);
  expect(told(await findOne(fake, image.digest), fake)).toEqual([]);
  fake.before = ({ path }) =>
    path.includes("/referrers/") ? { body: JSON.stringify({ manifests: [foreign, none, list] }) } : undefined;
  expect(told(await findOne(fake, image.digest), fake)).toEqual([]);
});

test("an index that answers for its own list has no referrers, and its platforms are none", async () => {
  const fake = await startFake();
  const platform = fake.addImage("amd64");
  const attested = refer(fake, platform, "about the platform");
  const index = fake.addIndex([platform, attested], "1");
  fake.tag(fallbackTag(index.digest), index);
  for (fake.hasReferrers of [true, false]) expect(told(await findOne(fake, index.digest), fake)).toEqual([]);
});

test("files BuildKit's statements of both shapes under the platform, where the location names the index", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const platform = fake.addImage("amd64");
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": platform.digest,
  };
  const layer = (text: string): WrittenDescriptor =>
    fake.add(text, "application/vnd.in-toto+json", { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" });
  const older = fake.addManifest([layer("as an image")]);
  const newer = fake.addManifest([layer("as an artifact")], {
    artifactType: "application/vnd.docker.attestation.manifest.v1+json",
    subject: platform,
  });
  const other = { ...annotations, "vnd.docker.reference.digest": `sha256:${"0".repeat(64)}` };
  const about = [
    { ...older, annotations },
    { ...newer, annotations },
    { ...fake.addManifest([layer("other")]), annotations: other },
  ];
  const index = fake.addIndex([platform, ...about], "1");
  const [first, second] = await find(fake, [
    objectOf(platform.digest, platformLocation(fake.widget, index.digest, platform.digest)),
    objectOf(index.digest, registryLocation(fake.widget, index.digest)),
  ]);
  expect(told(first, fake).map(([text]) => text)).toEqual(["as an image", "as an artifact"]);
  expect(proofsIn(first)).toMatchObject([{ filed: "object", listedAs: "https://slsa.dev/provenance/v1" }, {}]);
  expect(told(second, fake)).toEqual([]);
});

test("looks in further repositories, which need not hold the image, and in each that the object lies in", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1");
  const elsewhere = fake.repository("acme/attestations");
  const att = fake.addManifest([fake.add("relocated", DSSE)]);
  fake.tag(`acme/attestations:${attTag(image.digest)}`, att);
  const own = fake.addManifest([fake.add("its own", DSSE)], {}, attTag(image.digest));
  const mirror = fake.repository("mirror/widget");
  fake.tag(`mirror/widget:${attTag(image.digest)}`, fake.addManifest([fake.add("mirrored", DSSE)]));
  expect(told(await findOne(fake, image.digest, [elsewhere, fake.widget, elsewhere]), fake)).toEqual([
    ["its own", `acme/widget@${own.digest}#layer0`],
    ["relocated", `acme/attestations@${att.digest}#layer0`],
  ]);
  const both = objectOf(
    image.digest,
    registryLocation(fake.widget, image.digest),
    registryLocation(mirror, image.digest),
  );
  expect(told((await find(fake, [both]))[0], fake).map(([text]) => text)).toEqual(["its own", "mirrored"]);
});

test("lists the tags of a repository once, and learns once that there is no referrers API", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const images = Array.from({ length: 20 }, (_, index) => fake.addImage(`image ${index}`, `1.${index}.0`));
  const [first = fake.addImage("first")] = images;
  fake.tag(fallbackTag(first.digest), fake.addIndex([refer(fake, first, "listed")]));
  const store = createOciStore({ registry: clientOf([fake]) });
  await collect(store.find([objectOf(first.digest, registryLocation(fake.widget, first.digest))]));
  expect(fake.asked().filter((line) => line.endsWith(`manifests/${fallbackTag(first.digest)}`))).toHaveLength(1);
  const before = fake.seen.length;
  const answers = await collect(
    store.find(images.slice(1).map(({ digest }) => objectOf(digest, registryLocation(fake.widget, digest)))),
  );
  expect(answers.map(({ object }) => object)).toEqual(images.slice(1).map(({ digest }) => `pkg:oci/widget@${digest}`));
  expect(answers.every((answer) => answer.status === "answered")).toBe(true);
  const asked = fake.asked().slice(before);
  expect(asked.filter((line) => line.includes("tags/list") || line.includes("/referrers/"))).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(2 * 19);
});

test.each([
  ["no request of their own without the referrers API", false, 0],
  ["one each with it", true, 2],
])("members of an index cost %s", async (_, hasReferrers, each) => {
  const fake = await startFake();
  fake.hasReferrers = hasReferrers;
  for (let index = 0; index < 100; index += 1)
    fake.addIndex([fake.addImage(`amd64 ${index}`), fake.addImage(`arm64 ${index}`)], `1.${index}.0`);
  const registry = clientOf([fake]);
  const name = `${fake.host}/acme/widget`;
  const pages = await collect(createOciInventory({ registry }).list({ channel: "oci", name }));
  const indexes = pages.flatMap(({ objects }) => objects);
  const costOf = async (objects: readonly ReleaseObject[]): Promise<number> => {
    const store = createOciStore({ registry });
    // Whether there is the API is learnt by the first, and how often by who asks at once.
    await collect(store.find(objects.slice(0, 1)));
    const before = fake.seen.length;
    expect((await collect(store.find(objects))).every(({ status }) => status === "answered")).toBe(true);
    return fake.seen.length - before;
  };
  const members = indexes.flatMap((index) => (index.members ?? []).map(({ object }) => object));
  expect(members).toHaveLength(200);
  const [alone, together] = [await costOf(indexes), await costOf([...indexes, ...members])];
  expect([alone, together - alone]).toEqual([hasReferrers ? 100 : 0, each * 100]);
});

test("what a hidden index lists is hidden too", async () => {
  const fake = await startFake();
  const platform = fake.addImage("amd64");
  const index = fake.addIndex([platform], "1");
  fake.before = ({ path }) => (path.includes(index.digest) ? { status: 404 } : undefined);
  const object = objectOf(platform.digest, platformLocation(fake.widget, index.digest, platform.digest));
  expect(await find(fake, [object])).toMatchObject([{ status: "unavailable" }]);
});

test("finds by tags that are on no first page of a list that tells no next one", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const image = fake.addImage("image", "1");
  fake.addManifest([fake.add("att", DSSE)], {}, attTag(image.digest));
  fake.before = ({ path }) => (path.endsWith("/tags/list?n=1000") ? { body: '{"tags":["1"]}' } : undefined);
  expect(told(await findOne(fake, image.digest), fake).map(([text]) => text)).toEqual(["att"]);
});

test("tries each tag where tags cannot be listed, or not to their end", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1");
  fake.addManifest([fake.add("att", DSSE)], {}, attTag(image.digest));
  const listed = refer(fake, image, "older");
  fake.addIndex([listed], fallbackTag(image.digest));
  for (const reply of [
    { status: 403 },
    { body: '{"tags":["1"]}', headers: { link: "<https://evil.example/>; rel=next" } },
  ]) {
    fake.before = ({ path }) => {
      if (path.includes("/referrers/")) return { body: '{"manifests":[]}' };
      return path.includes("tags/list") ? reply : undefined;
    };
    expect(told(await findOne(fake, image.digest), fake).map(([text]) => text)).toEqual(["older", "att"]);
  }
});

test("leaves out what is listed and was deleted", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1");
  const gone = { ...image, digest: `sha256:${"0".repeat(64)}` };
  fake.addIndex([gone], fallbackTag(image.digest));
  expect(told(await findOne(fake, image.digest), fake)).toEqual([]);
});
