import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/digest.ts";
import { registryLocation } from "../../src/location.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { IMAGE_MANIFEST } from "../layout-folder.ts";
import { serve, startFake, type Reply, type Sent } from "../registry/loopback.ts";
import { BUNDLE, CREATED, bundleOf, provenanceOf, attachTo, proofsOf, writes, listOf } from "./attaching.ts";

describe("attaching to an image where there is a referrers API", () => {
  test("writes the manifest that cosign would, by its digest, and no tag", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const bundle = provenanceOf(image);
    const attached = await attachTo(fake, image, bundle);
    const put = fake.seen.findLast(({ method }) => method === "PUT");
    expect(JSON.parse(put?.body.toString() ?? "")).toEqual({
      schemaVersion: 2,
      mediaType: IMAGE_MANIFEST,
      artifactType: BUNDLE,
      config: {
        mediaType: "application/vnd.oci.empty.v1+json",
        digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        size: 2,
      },
      layers: [{ mediaType: BUNDLE, digest: bundle.digest, size: bundle.bytes.byteLength }],
      subject: { mediaType: IMAGE_MANIFEST, digest: image.digest, size: image.size },
      annotations: {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1",
        "org.opencontainers.image.created": CREATED,
      },
    });
    const digest = digestOf(put?.body ?? Buffer.of());
    const location = registryLocation(fake.widget, digest);
    expect(attached).toEqual({ ok: true, value: { location, was: "written", listed: "api" } });
    expect(put).toMatchObject({
      path: `/v2/acme/widget/manifests/${digest}`,
      headers: { "content-type": IMAGE_MANIFEST },
    });
    expect([...fake.tags.keys()]).toEqual(["acme/widget:1.4.0"]);
    await expect(proofsOf(fake, image)).resolves.toMatchObject([{ digest: bundle.digest, filed: "object" }]);
  });

  test("puts again what the registry has forgotten, and says so where it never lists it", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const isManifest = ({ method, path }: Sent): boolean => method === "PUT" && path.includes("/manifests/");
    let puts = 0;
    fake.before = (sent) => (isManifest(sent) && (puts += 1) < 3 ? { status: 201 } : undefined);
    await expect(attachTo(fake, image, provenanceOf(image))).resolves.toMatchObject({ value: { listed: "api" } });
    expect(puts).toBe(3);
    fake.before = (sent) => (isManifest(sent) ? { status: 201 } : undefined);
    const forgotten = await attachTo(fake, image, provenanceOf(image, "forgotten"));
    expect(forgotten).toMatchObject({ ok: false, reason: { code: "registry-unavailable" } });
  });

  test("looks once more, since the list may be overwritten just then", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    let reads = 0;
    const empty = JSON.stringify({ manifests: [] });
    fake.before = ({ path, method }) => {
      if (method === "PUT" && path.includes("/manifests/")) reads ||= 1;
      return path.includes("/referrers/") && reads > 0 && (reads += 1) === 3 ? { body: empty } : undefined;
    };
    await attachTo(fake, image, provenanceOf(image));
    expect(writes(fake).filter((asked) => asked.includes("/manifests/"))).toHaveLength(2);
  });

  test("says so of a signature over the image itself", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    await attachTo(fake, image, bundleOf({ messageSignature: {} }));
    const put = fake.seen.findLast(({ method }) => method === "PUT");
    expect(JSON.parse(put?.body.toString() ?? "")).toMatchObject({
      annotations: { "dev.sigstore.bundle.content": "message-signature", "org.opencontainers.image.created": CREATED },
    });
  });
});

describe.each([true, false])("attaching where the registry has the referrers API: %s", (hasReferrers) => {
  test("writes nothing of what is there already", async () => {
    const fake = await startFake();
    fake.hasReferrers = hasReferrers;
    const image = fake.addImage("image", "1.4.0");
    const first = await attachTo(fake, image, provenanceOf(image));
    const before = writes(fake).length;
    const second = await attachTo(fake, image, provenanceOf(image));
    expect(second).toEqual({ ok: true, value: { ...(first.ok && first.value), was: "there" } });
    expect(writes(fake)).toHaveLength(before);
    await attachTo(fake, image, provenanceOf(image, "another"));
    await expect(proofsOf(fake, image)).resolves.toHaveLength(2);
    expect(writes(fake).filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
  });

  test("writes what is there as something else", async () => {
    const fake = await startFake();
    fake.hasReferrers = hasReferrers;
    const image = fake.addImage("image", "1.4.0");
    const bundle = provenanceOf(image);
    const layer = fake.add(Buffer.from(bundle.bytes).toString(), "application/vnd.in-toto+json");
    const older = fake.addManifest([layer], { artifactType: "x", subject: image });
    fake.addIndex([older], fallbackTag(image.digest));
    await expect(attachTo(fake, image, bundle)).resolves.toMatchObject({ ok: true, value: { was: "written" } });
  });

  test("loses none of 50 that come at once", async () => {
    const fake = await startFake();
    fake.hasReferrers = hasReferrers;
    const image = fake.addImage("image", "1.4.0");
    const bundles = Array.from({ length: 50 }, (_, index) => provenanceOf(image, String(index)));
    const attached = await Promise.all(bundles.map((bundle) => attachTo(fake, image, bundle)));
    expect(new Set(attached.map((one) => one.ok && one.value.listed))).toEqual(
      new Set([hasReferrers ? "api" : "fallback-tag"]),
    );
    const found = await proofsOf(fake, image);
    expect(new Set(found.map(({ digest }) => digest))).toEqual(new Set(bundles.map(({ digest }) => digest)));
    if (!hasReferrers) expect(new Set(await listOf(fake, image)).size).toBe(50);
  });
});

test("asks for a token that may write, and only to attach", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  fake.before = ({ path, headers }) => {
    if (path.startsWith("/token")) return { body: JSON.stringify({ token: path.includes("push") ? "write" : "read" }) };
    const challenge = { status: 401, headers: { "www-authenticate": `Bearer realm="${fake.origin}/token"` } };
    return headers.authorization === undefined ? challenge : undefined;
  };
  await attachTo(fake, image, provenanceOf(image));
  const tokensOf = (methods: RegExp): unknown =>
    new Set(
      fake.seen
        .filter(({ method, path }) => methods.test(method) && path.startsWith("/v2"))
        .map(({ headers }) => headers.authorization),
    );
  expect(tokensOf(/^(?:PUT|POST)$/)).toEqual(new Set(["Bearer write"]));
  expect(tokensOf(/^GET$/)).toEqual(new Set([undefined, "Bearer read"]));
});

test.each<[string, (sent: Sent) => Reply | undefined, string]>([
  [
    "the image is not there",
    ({ path }) =>
      path.includes("/manifests/sha256:")
        ? { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' }
        : undefined,
    "no-such-object",
  ],
  ["it may not be written to", ({ method }) => (method === "POST" ? { status: 403 } : undefined), "access-denied"],
  [
    "there is no such repository to write to",
    ({ method }) => (method === "POST" ? { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' } : undefined),
    "repository-unknown",
  ],
  ["no upload is begun", ({ method }) => (method === "POST" ? { status: 405 } : undefined), "registry-refused"],
  [
    "no place for the upload is told",
    ({ method }) => (method === "POST" ? { status: 202 } : undefined),
    "answer-unreadable",
  ],
  [
    "the upload fails",
    ({ method, path }) => (method === "PUT" && path.includes("/blobs/") ? { status: 400 } : undefined),
    "registry-refused",
  ],
  [
    "the manifest is refused",
    ({ method, path }) => (method === "PUT" && path.includes("/manifests/") ? { status: 400 } : undefined),
    "registry-refused",
  ],
])("one reason tells that %s", async (_, before, code) => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  fake.before = before;
  await expect(attachTo(fake, image, provenanceOf(image))).resolves.toMatchObject({ ok: false, reason: { code } });
});

test("nothing is uploaded to another host", async () => {
  const elsewhere = await serve(() => ({ status: 201 }));
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  fake.before = ({ method }) =>
    method === "POST" ? { status: 202, headers: { location: `${elsewhere.origin}/up` } } : undefined;
  const attached = await attachTo(fake, image, provenanceOf(image), { also: [elsewhere] });
  expect(attached).toMatchObject({ ok: false, reason: { code: "answer-unreadable" } });
  expect(elsewhere.seen).toEqual([]);
});
