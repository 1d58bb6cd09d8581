import { describe, expect, test } from "vitest";
import { confirmImage, type ConfirmedImage, type PushedReference } from "../../src/confirm/confirm-image.ts";
import { observeImages, subjectsOfImage } from "../../src/confirm/subjects.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";

const OTHER = `sha256:${"0".repeat(64)}`;

/** Time passes only by waiting. */
async function confirm(
  fake: FakeRegistry,
  pushed: Pick<PushedReference, "digest"> & { readonly tags?: readonly string[] },
): Promise<{ readonly image: ConfirmedImage; readonly waited: readonly number[] }> {
  const waited: number[] = [];
  const patience = {
    patienceMs: 10_000,
    now: () => waited.reduce((sum, one) => sum + one, 0),
    wait: async (ms: number) => await Promise.resolve(void waited.push(ms)),
  };
  const image = await confirmImage(clientOf([fake]), { ...fake.widget, tags: [], ...pushed }, patience);
  return { image, waited };
}

/** Answers that a tag is not there, so many times. */
function lag(fake: FakeRegistry, name: string, times: number): void {
  let left = times;
  fake.before = ({ path }) => {
    if (!path.endsWith(`/manifests/${name}`) || left === 0) return undefined;
    left -= 1;
    return { status: 404, body: JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN" }] }) };
  };
}

describe("an image that was pushed", () => {
  test("is confirmed by digest and tags, with what its platforms get", async () => {
    const fake = await startFake();
    const [amd64, wasm, evidence] = ["amd64", "wasm", "evidence"].map((text) => fake.addImage(text));
    const index = fake.addIndex(
      [
        { ...amd64, platform: { os: "linux", architecture: "amd64" } },
        wasm,
        {
          ...evidence,
          platform: { os: "unknown", architecture: "unknown" },
          annotations: { "vnd.docker.reference.type": "attestation-manifest" },
        },
      ],
      "1.4.0",
    );
    fake.tag("latest", index);
    const { image, waited } = await confirm(fake, { digest: index.digest, tags: ["1.4.0", "latest"] });
    expect(image).toEqual({
      repository: fake.widget,
      digest: index.digest,
      tags: ["1.4.0", "latest"],
      platforms: [amd64!.digest, wasm!.digest],
      warnings: [],
    });
    expect(waited).toEqual([]);
    expect(subjectsOfImage(image)).toEqual(
      [index, amd64!, wasm!].map(({ digest }) => ({
        name: `pkg:oci/widget@${digest}?repository_url=${fake.host}%2Facme%2Fwidget`,
        digest: { sha256: digest.slice(7) },
        from: "registry",
        ...(digest === index.digest && { tags: ["1.4.0", "latest"] }),
      })),
    );
  });

  test("without a digest is what its tag leads to, which is told", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image", "1.4.0");
    const { image } = await confirm(fake, { tags: ["1.4.0"] });
    expect(image).toMatchObject({ digest, platforms: [], warnings: [{ code: "digest-from-tag" }] });
  });

  test.each([
    ["its tag", (digest: string, tag: string) => (digest === "" ? "" : tag)],
    ["its digest", (digest: string) => digest],
  ])("is waited for where %s lags", async (_, nameOf) => {
    const fake = await startFake();
    const { digest } = fake.addImage("image", "1.4.0");
    // Two requests each time.
    lag(fake, nameOf(digest, "1.4.0"), 4);
    const { image, waited } = await confirm(fake, { digest, tags: ["1.4.0"] });
    expect(image).toMatchObject({ digest, tags: ["1.4.0"], warnings: [] });
    expect(waited).toEqual([500, 1000]);
  });

  test("is waited for where a tag still leads to what it led to before", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image", "1.4.0");
    const before = fake.addImage("before");
    let left = 2;
    fake.before = ({ path }) => {
      if (!path.endsWith("/manifests/1.4.0") || left === 0) return undefined;
      left -= 1;
      return { headers: { "docker-content-digest": before.digest } };
    };
    const { image, waited } = await confirm(fake, { digest, tags: ["1.4.0"] });
    expect(image).toMatchObject({ digest, tags: ["1.4.0"], warnings: [] });
    expect(waited).toEqual([500, 1000]);
  });

  test("is waited for though its tag leads to an index that lacks a platform", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image");
    const gone = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: OTHER, size: 5 };
    const stale = fake.addIndex([gone], "1.4.0");
    const error = await confirm(fake, { digest: `sha256:${"1".repeat(64)}`, tags: ["1.4.0"] }).catch(String);
    expect(error).toContain("1".repeat(64));
    fake.tag("1.4.0", { ...stale, digest });
    expect((await confirm(fake, { digest, tags: ["1.4.0"] })).image.digest).toBe(digest);
  });

  test("is confirmed though a tag stays away, after some time, and says so", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image");
    const { image, waited } = await confirm(fake, { digest, tags: ["1.4.0"] });
    expect(image).toMatchObject({ digest, tags: [], warnings: [{ code: "tag-not-there" }] });
    expect(waited.reduce((sum, one) => sum + one, 0)).toBe(10_000);
  });

  test("leaves out a platform that is listed and not there", async () => {
    const fake = await startFake();
    const arm = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: OTHER, size: 5 };
    const amd64 = fake.addImage("amd64");
    const index = fake.addIndex([amd64, arm], "1.4.0");
    const { image } = await confirm(fake, { digest: index.digest });
    expect(image).toMatchObject({ platforms: [amd64.digest], warnings: [{ code: "platform-not-there" }] });
  });

  test("of more platforms than are attested, or one that is itself, ends", async () => {
    const fake = await startFake();
    const amd64 = fake.addImage("amd64");
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...amd64,
      digest: `sha256:${String(index).padStart(64, "0")}`,
    }));
    const index = fake.addIndex(many, "1.4.0");
    await expect(confirm(fake, { digest: index.digest })).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});

describe("what is refused", () => {
  test("is the digest of a config or layer, of the image or of a platform, naming the right one", async () => {
    const fake = await startFake();
    const layer = fake.add("layer", "application/vnd.oci.image.layer.v1.tar");
    const config = fake.add({ os: "linux" }, "application/vnd.oci.image.config.v1+json");
    const platform = fake.addManifest([layer], { config });
    const index = fake.addIndex([platform], "1.4.0");
    for (const [{ digest }, part] of [
      [config, "config"],
      [layer, "layer"],
    ] as const) {
      const error = await confirm(fake, { digest, tags: ["1.4.0"] }).catch((cause: unknown) => cause);
      expect(error).toMatchObject({
        code: "DIGEST_IS_NOT_MANIFEST",
        message: expect.stringContaining(`of a ${part} of oci://${fake.host}/acme/widget@${index.digest}`) as string,
        hint: expect.stringContaining(index.digest) as string,
      });
    }
  });

  test("is a tag that leads elsewhere, and a digest that is nowhere", async () => {
    const fake = await startFake();
    const { digest } = fake.addImage("image");
    fake.addImage("moved", "1.4.0");
    await expect(confirm(fake, { digest, tags: ["1.4.0"] })).rejects.toMatchObject({ code: "TAG_MOVED" });
    await expect(confirm(fake, { digest: OTHER, tags: ["1.4.0"] })).rejects.toMatchObject({ code: "NO_SUCH_OBJECT" });
    fake.before = () => ({ status: 503 });
    await expect(confirm(fake, { digest })).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });
});

test("what images are now leaves out what is gone, and tells where a tag leads meanwhile", async () => {
  const fake = await startFake();
  const [first, second] = [fake.addImage("first", "1.4.0"), fake.addImage("second")];
  const { image } = await confirm(fake, { digest: first.digest, tags: ["1.4.0"] });
  const [subject] = subjectsOfImage(image);
  const [gone] = subjectsOfImage({ ...image, digest: OTHER });
  const observe = async (): Promise<unknown> =>
    Object.fromEntries(await observeImages(clientOf([fake]), [subject!, gone!]));
  expect(await observe()).toEqual({ [subject!.name]: { sha256: first.digest.slice(7) } });
  fake.tag("1.4.0", second);
  expect(await observe()).toEqual({ [subject!.name]: { sha256: second.digest.slice(7) } });
  fake.tags.delete("acme/widget:1.4.0");
  expect(await observe()).toEqual({});
});
