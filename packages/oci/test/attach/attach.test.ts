import type { Attestation, Depository, Plan, Proof } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { attach, type Attached } from "../../src/attach/attach.ts";
import { createOciDepository } from "../../src/attach/depository.ts";
import { digestOf } from "../../src/digest.ts";
import { registryLocation } from "../../src/location.ts";
import type { Answered } from "../../src/reason.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import type { RegistryOptions } from "../../src/registry/registry.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { collect } from "../collect.ts";
import { IMPATIENT } from "../impatient.ts";
import { IMAGE_MANIFEST, envelopeFor, type WrittenDescriptor } from "../layout-folder.ts";
import {
  clientOf,
  serve,
  startFake,
  type FakeRegistry,
  type Loopback,
  type Reply,
  type Sent,
} from "../registry/loopback.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const CREATED = "2026-01-02T03:04:05Z";

function bundleOf(content: unknown): Attestation {
  const bytes = Buffer.from(JSON.stringify(content));
  return { mediaType: BUNDLE, bytes, digest: digestOf(bytes) };
}

const provenanceOf = ({ digest }: WrittenDescriptor, note = ""): Attestation =>
  bundleOf({ mediaType: BUNDLE, note, dsseEnvelope: envelopeFor(digest) });

async function attachTo(
  fake: FakeRegistry,
  { digest: subject }: WrittenDescriptor,
  bundle: Attestation,
  options: Partial<RegistryOptions> & { readonly also?: readonly Loopback[] } = {},
): Promise<Answered<Attached>> {
  const registry = clientOf([fake, ...(options.also ?? [])], options);
  return await attach({ registry, repository: fake.widget, subject, bundle, created: CREATED, patience: IMPATIENT });
}

async function proofsOf(fake: FakeRegistry, { digest }: WrittenDescriptor): Promise<readonly Proof[]> {
  const object = {
    id: digest,
    locations: [registryLocation(fake.widget, digest)],
    digest: { sha256: digest.slice(7) },
  };
  const store = createOciStore({ registry: clientOf([fake]) });
  const [answer] = await collect(store.find([object as unknown as Parameters<typeof store.find>[0][number]]));
  if (answer?.status !== "answered") throw new Error(JSON.stringify(answer));
  return answer.found;
}

const writes = (fake: FakeRegistry): readonly string[] => fake.asked().filter((asked) => /^(?:POST|PUT)/.test(asked));

/** The list of what refers to an image, as others read it. */
async function listOf(fake: FakeRegistry, { digest }: WrittenDescriptor): Promise<readonly string[]> {
  const list = await clientOf([fake]).manifest(fake.widget, fallbackTag(digest));
  if (!list.ok || list.value.manifest.kind !== "index") throw new Error(JSON.stringify(list));
  return list.value.manifest.manifests.map((entry) => entry.digest);
}

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

  test("says so where others never stop overwriting the list", async () => {
    const { fake, image } = await startWithout();
    fake.before = ({ method, path }) =>
      method === "PUT" && path.endsWith(fallbackTag(image.digest)) ? { status: 201 } : undefined;
    const attached = await attachTo(fake, image, provenanceOf(image));
    expect(attached).toMatchObject({ ok: true, value: { was: "written", listed: "own-tag" } });
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
      .filter((asked) => asked.startsWith("GET") && asked.includes(".att."));
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
  ["no upload is begun", ({ method }) => (method === "POST" ? { status: 405 } : undefined), "registry-unavailable"],
  [
    "no place for the upload is told",
    ({ method }) => (method === "POST" ? { status: 202 } : undefined),
    "answer-unreadable",
  ],
  [
    "the upload fails",
    ({ method, path }) => (method === "PUT" && path.includes("/blobs/") ? { status: 400 } : undefined),
    "registry-unavailable",
  ],
  [
    "the manifest is refused",
    ({ method, path }) => (method === "PUT" && path.includes("/manifests/") ? { status: 400 } : undefined),
    "registry-unavailable",
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

describe("an image as a depository", () => {
  const depositoryOf = (fake: FakeRegistry, { digest: subject }: WrittenDescriptor): Depository =>
    createOciDepository({
      registry: clientOf([fake]),
      repository: fake.widget,
      subject,
      now: () => CREATED,
      patience: IMPATIENT,
    });

  test("deposits, and reads back what is there", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const depository = depositoryOf(fake, image);
    const bundle = provenanceOf(image);
    await expect(depository.check({} as Plan)).resolves.toEqual([]);
    await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({ reason: { code: "deposit-gone" } });
    expect(writes(fake)).toEqual([]);
    await expect(depository.deposit(bundle, "b")).resolves.toMatchObject({ status: "deposited" });
    await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({
      ...bundle,
      bytes: expect.anything() as unknown,
      store: "oci",
      filed: "object",
    });
  });

  test("waits for a registry that lists only after a while what it took", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const waited: number[] = [];
    const patience = {
      patienceMs: 10_000,
      now: () => waited.reduce((sum, one) => sum + one, 0),
      wait: (ms: number) => Promise.resolve(void waited.push(ms)),
    };
    const empty = { body: JSON.stringify({ manifests: [] }), headers: { "content-type": INDEX } };
    fake.before = ({ path }) => (path.includes("/referrers/") && waited.length < 2 ? empty : undefined);
    const options = { registry: clientOf([fake]), repository: fake.widget, subject: image.digest, now: () => CREATED };
    const depository = createOciDepository({ ...options, patience });
    await expect(depository.deposit(provenanceOf(image), "b")).resolves.toMatchObject({ status: "deposited" });
    expect(waited).toEqual([500, 1000]);
    waited.length = 0;
    await expect(depository.readBack(provenanceOf(image), "b")).resolves.toMatchObject({ store: "oci" });
    expect(waited).toEqual([500, 1000]);
  });

  test.each<[string, Reply, string, string]>([
    ["refused", { status: 403 }, "access-denied", "refused"],
    ["not well", { status: 500 }, "registry-unavailable", "unreachable"],
  ])("of a registry that is %s is a problem, and no deposit", async (_, reply, code, status) => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    fake.before = ({ path }) => (path.includes("/referrers/") ? reply : undefined);
    const depository = depositoryOf(fake, image);
    await expect(depository.check({} as Plan)).resolves.toMatchObject([{ reason: { code } }]);
    await expect(depository.deposit(provenanceOf(image), "b")).resolves.toMatchObject({ status, reason: { code } });
    await expect(depository.readBack(provenanceOf(image), "b")).resolves.toMatchObject({ reason: { code } });
  });

  test("finds a problem in what has to be there, and in what must not be", async () => {
    const fake = await startFake();
    fake.hasReferrers = false;
    const image = fake.addImage("image", "1.4.0");
    fake.tag(fallbackTag(image.digest), image);
    await expect(depositoryOf(fake, image).check({} as Plan)).resolves.toMatchObject([
      { reason: { code: "fallback-tag-occupied" } },
    ]);
    const gone = { ...image, digest: `sha256:${"0".repeat(64)}` };
    await expect(depositoryOf(fake, gone).check({} as Plan)).resolves.toMatchObject([
      { reason: { code: "no-such-object" } },
    ]);
  });

  describe("in another repository", () => {
    const GONE = (code: string): Reply => ({ status: 404, body: JSON.stringify({ errors: [{ code }] }) });
    /** Where the image is not, and which is not there before something of that kind is pushed to it. */
    async function open(hasReferrers: boolean, firstPush: RegExp) {
      const fake = await startFake();
      fake.hasReferrers = hasReferrers;
      const image = fake.addImage("image", "1.4.0");
      const repository = fake.repository("acme/attestations");
      fake.before = ({ method, path }) => {
        if (!path.startsWith("/v2/acme/attestations/") || !/^(?:GET|HEAD)$/.test(method)) return undefined;
        if (!writes(fake).some((asked) => firstPush.test(asked))) return GONE("NAME_UNKNOWN");
        return path.endsWith(`/manifests/${image.digest}`) ? GONE("MANIFEST_UNKNOWN") : undefined;
      };
      const [subject, now] = [image.digest, () => CREATED];
      const options = { registry: clientOf([fake]), repository, home: fake.widget, subject, now, patience: IMPATIENT };
      return { fake, image, depository: createOciDepository(options) };
    }

    test.each([
      ["a blob, with the API", true, /^POST/, ["API"]],
      ["a blob, without it", false, /^POST/, ["own tag", "list"]],
      ["a manifest", true, /^PUT .*\/manifests\//, ["own tag", "list"]],
    ])("begins it where a registry has repositories from %s on, and reads back there", async (_, api, first, puts) => {
      const { fake, image, depository } = await open(api, first);
      const bundle = provenanceOf(image);
      await expect(depository.check({} as Plan)).resolves.toEqual([]);
      expect(writes(fake)).toEqual([]);
      const again = [await depository.deposit(bundle, "b"), await depository.deposit(bundle, "b")];
      expect(again[0]).toMatchObject({ status: "deposited" });
      expect(again[1]).toEqual(again[0]);
      await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({ digest: bundle.digest, store: "oci" });
      const manifests = writes(fake).flatMap(
        (asked) => /^PUT \/v2\/acme\/attestations\/manifests\/(.+)/.exec(asked)?.[1] ?? [],
      );
      const kindOf = (name: string): string =>
        name === fallbackTag(image.digest) ? "list" : name.includes(".att.") ? "own tag" : "API";
      expect(manifests.map(kindOf)).toEqual(puts);
    });
  });
});
