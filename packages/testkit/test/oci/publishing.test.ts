import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildImage, type EmbeddedOciRegistry } from "../../src/index.ts";
import { ask, EMPTY, INDEX, MANIFEST, pushBlob, pushManifest, start, digestOf } from "./client.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64/v8"];
const manifestAt = async (registry: EmbeddedOciRegistry, reference: string, repository = "acme/widget") =>
  (await ask(registry, `GET ${repository}/manifests/${reference}`)).json;
const blobAt = async (registry: EmbeddedOciRegistry, { digest }: { digest: string }) =>
  Buffer.from(await (await fetch(`${registry.url}/v2/acme/widget/blobs/${digest}`)).arrayBuffer());

describe("images", () => {
  test("of one platform are a manifest with config and layer", async () => {
    const registry = await start();
    const { digest, platforms, attestations } = registry.addImage("acme/widget", ["1.0.0", "latest"]);
    expect([platforms, attestations]).toEqual([{ "linux/amd64": digest }, {}]);
    const manifest = await manifestAt(registry, "latest");
    expect(manifest).toEqual(await manifestAt(registry, digest));
    expect(manifest).toMatchObject({ schemaVersion: 2, mediaType: MANIFEST });
    const config = JSON.parse((await blobAt(registry, manifest.config)).toString());
    expect(config).toMatchObject({ architecture: "amd64", os: "linux", rootfs: { type: "layers" } });
    const layer = await blobAt(registry, manifest.layers[0]);
    expect(layer.byteLength).toBe(manifest.layers[0].size);
    expect(config.rootfs.diff_ids).toEqual([digestOf(gunzipSync(layer))]);
  });

  test("of several are an index, whose parts have no tag", async () => {
    const registry = await start();
    const { digest, platforms } = registry.addImage("acme/widget", ["1.0.0"], { platforms: PLATFORMS });
    const index = await manifestAt(registry, "1.0.0");
    expect(index).toMatchObject({ mediaType: INDEX });
    expect(index).toEqual(await manifestAt(registry, digest));
    expect(index.manifests).toMatchObject([
      { digest: platforms["linux/amd64"], mediaType: MANIFEST, platform: { os: "linux", architecture: "amd64" } },
      { digest: platforms["linux/arm64/v8"], platform: { os: "linux", architecture: "arm64", variant: "v8" } },
    ]);
    expect((await ask(registry, "GET acme/widget/tags/list")).json.tags).toEqual(["1.0.0"]);
  });

  test("are the same of the same text, whatever they are called", () => {
    const [one, two, other] = [
      buildImage("a", ["1"], { text: "x" }),
      buildImage("b", ["2"], { text: "x" }),
      buildImage("a", ["2"]),
    ];
    expect(one.digest).toBe(two.digest);
    expect(other.digest).not.toBe(buildImage("a", ["1"]).digest);
  });

  test("can be pushed as a client would: every part before what names it", async () => {
    const registry = await start();
    const { blobs, manifests } = buildImage("a", ["1"], { platforms: PLATFORMS, attestations: "oci-artifact" });
    expect(manifests.flatMap(({ tags }) => tags)).toEqual(["1"]);
    for (const body of blobs) {
      expect((await pushBlob(registry, "a", body)).status).toBe(201);
    }
    for (const { bytes, mediaType, tags } of manifests) {
      const text = Buffer.from(bytes).toString();
      const path = `a/manifests/${tags[0] ?? digestOf(text)}`;
      expect((await pushManifest(registry, path, text, mediaType)).status).toBe(201);
    }
  });
});

describe("BuildKit's attestations", () => {
  const unknown = { architecture: "unknown", os: "unknown" };

  test.each([
    ["image-config", "https://in-toto.io/Statement/v0.1", "https://slsa.dev/provenance/v0.2"],
    ["oci-artifact", "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"],
  ] as const)("of the shape %s stand beside every platform", async (shape, type, predicateType) => {
    const registry = await start();
    const options = { platforms: PLATFORMS, attestations: shape };
    const { platforms, attestations } = registry.addImage("acme/widget", ["1.0.0"], options);
    expect(Object.keys(attestations)).toEqual(PLATFORMS);
    const subject = platforms["linux/arm64/v8"] ?? "";
    const entry = (await manifestAt(registry, "1.0.0")).manifests[3];
    expect(entry).toMatchObject({
      digest: attestations["linux/arm64/v8"],
      platform: unknown,
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": subject,
      },
    });
    const manifest = await manifestAt(registry, entry.digest);
    const artifact = {
      artifactType: "application/vnd.docker.attestation.manifest.v1+json",
      config: { mediaType: EMPTY },
      subject: { digest: subject, mediaType: MANIFEST },
    };
    const image = { config: { mediaType: "application/vnd.oci.image.config.v1+json" } };
    expect(manifest).toMatchObject(shape === "oci-artifact" ? artifact : image);
    if (shape === "image-config") {
      expect(Object.keys(manifest)).toEqual(["schemaVersion", "mediaType", "config", "layers"]);
      expect(JSON.parse((await blobAt(registry, manifest.config)).toString())).toMatchObject(unknown);
    }
    const [layer] = manifest.layers;
    expect(layer).toMatchObject({
      mediaType: "application/vnd.in-toto+json",
      annotations: { "in-toto.io/predicate-type": predicateType },
    });
    expect(JSON.parse((await blobAt(registry, layer)).toString())).toMatchObject({
      _type: type,
      predicateType,
      subject: [
        {
          name: "pkg:docker/acme/widget@1.0.0?platform=linux%2Farm64%2Fv8",
          digest: { sha256: subject.slice(7) },
        },
      ],
    });
  });

  test("make an index of one platform too", async () => {
    const registry = await start();
    const { digest, platforms } = registry.addImage("a", ["1"], { attestations: "image-config" });
    expect(digest).not.toBe(platforms["linux/amd64"]);
    expect((await manifestAt(registry, "1", "a")).manifests).toHaveLength(2);
  });

  test("name an image without a tag by its repository", () => {
    const { blobs } = buildImage("acme/widget", [], { attestations: "oci-artifact" });
    const names = blobs.map((blob) => /"name":"([^"]+)"/u.exec(Buffer.from(blob).toString())?.[1]);
    expect(names).toContain("pkg:docker/acme/widget?platform=linux%2Famd64");
  });
});

describe("what is about an image", () => {
  const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const annotations = { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" };
  async function startWithReferrer() {
    const registry = await start({ referrers: 404 });
    const { digest } = registry.addImage("acme/widget", ["1.0.0"], { platforms: PLATFORMS });
    const referrer = registry.addReferrer("acme/widget", digest, {
      artifactType: BUNDLE,
      content: "{}\n",
      annotations,
    });
    return { registry, digest, hex: digest.slice("sha256:".length), referrer };
  }

  test("a referrer has the form in which cosign attaches bundles, and no tag", async () => {
    const { registry, digest, referrer } = await startWithReferrer();
    const size = JSON.stringify(await manifestAt(registry, digest)).length;
    const manifest = await manifestAt(registry, referrer);
    expect(manifest).toMatchObject({
      artifactType: BUNDLE,
      config: { mediaType: EMPTY, digest: digestOf("{}"), size: 2, artifactType: BUNDLE },
      layers: [{ mediaType: BUNDLE, digest: digestOf("{}\n"), size: 3 }],
      subject: { mediaType: INDEX, digest, size },
      annotations,
    });
    expect((await blobAt(registry, manifest.config)).toString()).toBe("{}");
    expect((await ask(registry, "GET acme/widget/tags/list")).json.tags).toEqual(["1.0.0"]);
    const missing = digestOf("not there");
    const add = () => registry.addReferrer("acme/widget", missing, { artifactType: BUNDLE, content: "" });
    expect(add).toThrow(`the repository has no manifest ${missing}`);
  });

  test.each([
    [undefined, { artifactType: BUNDLE, annotations }],
    [{ entries: "no-annotations" }, { artifactType: BUNDLE }],
    [{ entries: "config-type" }, { artifactType: EMPTY }],
  ] as const)("a fallback tag lists referrers, with %j", async (options, entry) => {
    const { registry, digest, hex, referrer } = await startWithReferrer();
    const list = registry.addFallbackTag("acme/widget", digest, [referrer], options);
    const index = await manifestAt(registry, `sha256-${hex}`);
    const size = JSON.stringify(await manifestAt(registry, referrer)).length;
    expect(index).toEqual(await manifestAt(registry, list));
    expect(index.manifests).toEqual([{ mediaType: MANIFEST, digest: referrer, size, ...entry }]);
  });

  test("a fallback tag of a long digest is cut", async () => {
    const { registry } = await startWithReferrer();
    registry.addFallbackTag("acme/widget", `sha512:${"ab".repeat(64)}`, []);
    expect(await manifestAt(registry, `sha512-${"ab".repeat(32)}`)).toMatchObject({ mediaType: INDEX, manifests: [] });
  });

  test("legacy attestations lie under cosign's tag, in any repository", async () => {
    const { registry, digest, hex } = await startWithReferrer();
    const layers = [{ envelope: "{}" }, { envelope: "[]", annotations: { predicateType: "a" } }];
    const att = registry.addAtt("acme/attestations", digest, layers);
    const manifest = await manifestAt(registry, `sha256-${hex}.att`, "acme/attestations");
    expect(manifest).toEqual(await manifestAt(registry, att, "acme/attestations"));
    const signature = { "dev.cosignproject.cosign/signature": "" };
    expect(manifest).toMatchObject({
      config: { mediaType: "application/vnd.oci.image.config.v1+json" },
      layers: [
        { mediaType: "application/vnd.dsse.envelope.v1+json", digest: digestOf("{}"), annotations: signature },
        { digest: digestOf("[]"), annotations: { ...signature, predicateType: "a" } },
      ],
    });
  });
});

test("a chart is tagged with its version and tells its kind by its config alone", async () => {
  const registry = await start();
  const prov = "-----BEGIN PGP SIGNED MESSAGE-----\n";
  const digest = registry.addChart("acme/widget", { name: "widget", version: "1.4.0+build.7", prov });
  const { text, headers } = await ask(registry, "GET acme/widget/manifests/1.4.0_build.7");
  expect(headers).toMatchObject({ "content-type": MANIFEST, "docker-content-digest": digest });
  const manifest = JSON.parse(text);
  expect(Object.keys(manifest)).toEqual(["schemaVersion", "config", "layers", "annotations"]);
  expect(manifest).toMatchObject({
    config: { mediaType: "application/vnd.cncf.helm.config.v1+json" },
    layers: [
      { mediaType: "application/vnd.cncf.helm.chart.provenance.v1.prov", digest: digestOf(prov) },
      { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" },
    ],
    annotations: { "org.opencontainers.image.title": "widget", "org.opencontainers.image.version": "1.4.0+build.7" },
  });
  expect(JSON.parse((await blobAt(registry, manifest.config)).toString())).toMatchObject({ version: "1.4.0+build.7" });
  expect(gunzipSync(await blobAt(registry, manifest.layers[1])).toString()).toContain("version: 1.4.0+build.7\n");
});

test("content is stored whatever it names", async () => {
  const registry = await start();
  const bytes = Buffer.from('{"manifests":[{"digest":"sha256:none"}]}');
  registry.add("acme/widget", { blobs: [], manifests: [{ mediaType: INDEX, bytes, tags: ["odd"] }] });
  expect(await manifestAt(registry, "odd")).toEqual({ manifests: [{ digest: "sha256:none" }] });
});
