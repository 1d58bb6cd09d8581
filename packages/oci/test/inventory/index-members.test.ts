import { describe, expect, test } from "vitest";
import { listPlatforms } from "../../src/inventory/list-platforms.ts";
import { platformLocation } from "../../src/location.ts";
import { membersIn } from "../../src/members.ts";
import { clientOf, startFake, type FakeRegistry } from "../registry/loopback.ts";
import type { WrittenDescriptor } from "../layout-folder.ts";
import { list, objects } from "./listing.ts";

describe("the members of an index", () => {
  const annotations = { "vnd.docker.reference.type": "attestation-manifest" };
  const unknown = { os: "unknown", architecture: "unknown" };
  const attest = (fake: FakeRegistry): WrittenDescriptor =>
    fake.addManifest([fake.add("{}", "application/vnd.in-toto+json")]);

  test("are its entries, with a platform or without, but for BuildKit's attestations, at no further request", async () => {
    const fake = await startFake();
    const [amd64, wasm] = [fake.addImage("amd64"), fake.addImage("wasm")];
    const attestation = { ...attest(fake), platform: unknown, annotations };
    const platform = { os: "linux", architecture: "arm", variant: "v7" };
    const index = fake.addIndex([{ ...amd64, platform }, wasm, attestation], "1.4.0");
    const [object] = await objects(fake);
    expect(fake.asked().filter((asked) => !asked.includes("/tags/list"))).toHaveLength(1);
    const expected = [
      { platform: "linux/arm/v7", object: { digest: { sha256: amd64.digest.slice(7) }, version: "1.4.0", tags: [] } },
      { platform: null, object: { locations: [platformLocation(fake.widget, index.digest, wasm.digest)] } },
    ];
    expect(object?.members).toMatchObject(expected);
    expect(object?.members?.[0]?.object).not.toHaveProperty("members");
    const registry = clientOf([fake]);
    const listed = object && (await listPlatforms(registry, object));
    expect(listed).toMatchObject({ ok: true, value: expected });
    expect(JSON.stringify(listed)).not.toContain('"members"');
    const [member] = object?.members ?? [];
    if (member === undefined) throw new Error("no member");
    await expect(listPlatforms(registry, member.object)).resolves.toEqual({ ok: true, value: [] });
    fake.before = () => ({ status: 500 });
    await expect(
      listPlatforms(clientOf([fake]), { ...member.object, locations: object?.locations ?? [] }),
    ).resolves.toMatchObject({ ok: false });
  });

  const LINUX = { os: "linux", architecture: "amd64" };
  test.each<[string, (fake: FakeRegistry) => readonly object[], (string | null)[]]>([
    [
      "an attestation only where no client would run it",
      (fake) => [{ ...attest(fake), platform: LINUX, annotations }],
      ["linux/amd64"],
    ],
    [
      "an attestation only where it is said to be one",
      (fake) => [{ ...attest(fake), platform: unknown }],
      ["unknown/unknown"],
    ],
    ["an attestation only where both are told", (fake) => [{ ...attest(fake), annotations }], [null]],
    [
      "a digest once, by its first platform",
      (fake) => [fake.addImage("a"), { ...fake.addImage("a"), platform: LINUX }],
      ["linux/amd64"],
    ],
    ["an index as one", (fake) => [fake.addIndex([fake.addImage("a"), fake.addImage("b")])], [null]],
    [
      "a name that is too long, cut",
      (fake) => [{ ...fake.addImage("a"), platform: { ...LINUX, os: "x".repeat(1000) } }],
      ["x".repeat(100)],
    ],
    ["nothing of an empty index", () => [], []],
  ])("count %s", async (_, entries, expected) => {
    const fake = await startFake();
    fake.addIndex(entries(fake), "1.4.0");
    const [object] = await objects(fake);
    expect(object?.members?.map(({ platform }) => platform)).toEqual(expected);
  });

  test("are none of an image, and not the index itself", async () => {
    const fake = await startFake();
    fake.addImage("image", "1.4.0");
    expect((await objects(fake))[0]).not.toHaveProperty("members");
    const own = fake.addImage("own");
    const index = { kind: "index", annotations: {}, manifests: [{ ...own, annotations: {} }] } as const;
    expect(membersIn(index, own.digest)).toEqual({ listed: [] });
  });

  test("are left out where they are too many, which is told", async () => {
    const fake = await startFake();
    const many = Array.from({ length: 257 }, (_, index) => fake.addImage(`image ${index}`));
    fake.addIndex(many, "1.4.0");
    const [page] = await list(fake);
    expect(page?.warnings).toMatchObject([{ code: "platforms-too-many" }]);
    expect(page?.objects[0]).not.toHaveProperty("members");
    fake.addIndex(many.slice(1), "1.4.0");
    expect((await objects(fake))[0]?.members).toHaveLength(256);
  });
});
