import { expect, test } from "vitest";
import { registryLocation } from "../../src/location.ts";
import { attTag } from "../../src/store/tag-names.ts";
import { DSSE, envelopeFor } from "../layout-folder.ts";
import { startFake, type FakeRegistry } from "../registry/loopback.ts";
import { BUNDLE, objectOf, find, findOne, refer } from "./finding.ts";

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
