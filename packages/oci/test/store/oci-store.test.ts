import type { Answer, Proof, ReleaseObject } from "@colophon/core";
import { expect, test } from "vitest";
import { createOciInventory } from "../../src/inventory/oci-inventory.ts";
import { platformLocation, registryLocation } from "../../src/location.ts";
import type { Repository } from "../../src/reference.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { attTag, ownTag } from "../../src/store/tag-names.ts";
import { collect } from "../collect.ts";
import { DSSE, envelopeFor, type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

function objectOf(digest: string, ...locations: readonly string[]): ReleaseObject {
  return {
    id: `pkg:oci/widget@${digest}`,
    channels: ["oci"],
    locations,
    digest: { sha256: digest.slice(7) },
    digestFrom: "registry",
    name: "widget",
    version: digest,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    deprecated: null,
  };
}

async function find(
  fake: FakeRegistry,
  objects: readonly ReleaseObject[],
  elsewhere: readonly Repository[] = [],
): Promise<readonly Answer[]> {
  return await collect(createOciStore({ registry: clientOf([fake]), elsewhere }).find(objects));
}

async function findOne(
  fake: FakeRegistry,
  digest: string,
  elsewhere?: readonly Repository[],
): Promise<Answer | undefined> {
  return (await find(fake, [objectOf(digest, registryLocation(fake.widget, digest))], elsewhere))[0];
}

function proofsIn(answer: Answer | undefined): readonly Proof[] {
  if (answer?.status === "answered") return answer.found;
  throw new Error(JSON.stringify(answer));
}

/** What the proofs hold, and in which manifest they were found. */
function told(answer: Answer | undefined, fake: FakeRegistry): readonly [string, string][] {
  return proofsIn(answer).map(({ bytes, location }) => [
    Buffer.from(bytes).toString(),
    location.replace(`oci://${fake.host}/`, ""),
  ]);
}

function refer(fake: FakeRegistry, subject: WrittenDescriptor, text: string, tag?: string): WrittenDescriptor {
  return fake.addManifest([fake.add(text, BUNDLE)], { artifactType: BUNDLE, subject }, tag);
}

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

test.each<[string, string, (fake: FakeRegistry) => FakeRegistry["before"]]>([
  [
    "referrers are refused",
    "access-denied",
    () =>
      ({ path }) =>
        path.includes("/referrers/") ? { status: 401 } : undefined,
  ],
  [
    "referrers cannot be had",
    "registry-unavailable",
    () =>
      ({ path }) =>
        path.includes("/referrers/") ? { status: 502 } : undefined,
  ],
  [
    "referrers cannot be had to their end",
    "answer-unreadable",
    () =>
      ({ path }) =>
        path.includes("/referrers/")
          ? { body: '{"manifests":[]}', headers: { link: "<https://evil.example/>; rel=next" } }
          : undefined,
  ],
  [
    "too many refer to it",
    "too-large",
    () =>
      ({ path }) => {
        const manifests = Array.from({ length: 2001 }, (_, index) => ({
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest: `sha256:${String(index).padStart(64, "0")}`,
          size: 1,
        }));
        return path.includes("/referrers/") ? { body: JSON.stringify({ manifests }) } : undefined;
      },
  ],
  [
    "a referrer cannot be read",
    "registry-unavailable",
    (fake) =>
      ({ path }) =>
        path.includes(refer(fake, fake.addImage("image"), "b").digest) ? { status: 500 } : undefined,
  ],
  [
    "an attestation's blob is not there",
    "blob-missing",
    () =>
      ({ path }) =>
        path.includes("/blobs/") ? { status: 404 } : undefined,
  ],
  [
    "an attestation's blob has other bytes",
    "digest-mismatch",
    () =>
      ({ path }) =>
        path.includes("/blobs/") ? { body: "c" } : undefined,
  ],
  [
    "the .att tag cannot be read",
    "registry-unavailable",
    () =>
      ({ path }) =>
        path.endsWith(".att") ? { status: 500 } : undefined,
  ],
  [
    "the image itself is hidden",
    "no-such-object",
    (fake) =>
      ({ path }) =>
        path.includes(`manifests/${fake.addImage("image").digest}`) ? { status: 404 } : undefined,
  ],
  ["everything is hidden", "repository-unknown", () => () => ({ status: 404 })],
])("is unavailable, not empty, where %s", async (_, code, before) => {
  const fake = await startFake();
  const image = fake.addImage("image", "1");
  refer(fake, image, "b");
  fake.addManifest([fake.add(envelopeFor(image.digest), DSSE)], {}, attTag(image.digest));
  fake.before = before(fake);
  const answer = await findOne(fake, image.digest);
  expect(answer).toMatchObject({ status: "unavailable", reason: { code } });
});

test.each([
  ["has other bytes", { body: "c" }, "digest-mismatch", 3],
  ["is longer than is told", { body: "c".repeat(5000) }, "too-large", 3],
  ["cannot be had, as the others", { status: 401 }, "access-denied", 1],
])(
  "tells what else is there where an attestation's blob %s, and tries no more than so many",
  async (_, reply, code, asked) => {
    const fake = await startFake();
    const image = fake.addImage("image", "1");
    const good = refer(fake, image, "good");
    const bad = ["b1", "b2", "b3", "b4", "b5"].map((text) => fake.add(text, BUNDLE));
    for (const layer of bad) fake.addManifest([layer], { artifactType: BUNDLE, subject: image });
    fake.before = ({ path }) => (bad.some(({ digest }) => path.endsWith(`/blobs/${digest}`)) ? reply : undefined);
    const answer = await findOne(fake, image.digest);
    const location = registryLocation(fake.widget, good.digest);
    expect(answer).toMatchObject({
      status: "unavailable",
      reason: { code },
      found: [{ location: `${location}#layer0` }],
    });
    expect(fake.asked().filter((path) => path.includes("/blobs/"))).toHaveLength(1 + asked);
  },
);

test("answers for what lies elsewhere that it can hold none of it, and for what tells no digest that it cannot say", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1");
  const here = registryLocation(fake.widget, image.digest);
  const answers = await find(fake, [
    objectOf(image.digest, "oci-layout:dist/widget"),
    { ...objectOf(image.digest, here), digest: { sha1: "a" } },
    objectOf(image.digest, "oci://Not/A Name"),
    objectOf(image.digest, `oci://${fake.host}/acme/widget:1`),
  ]);
  expect(answers).toMatchObject([
    { status: "not-applicable" },
    { status: "unavailable", reason: { code: "digest-not-told" } },
    { status: "unavailable", reason: { code: "reference-invalid" } },
    { status: "answered", found: [] },
  ]);
});
