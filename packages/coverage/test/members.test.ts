import { describe, expect, test } from "vitest";
import {
  ARTIFACT_DIGEST_UNKNOWN,
  type Answer,
  type CoveredObject,
  type ReleaseObject,
  type Status,
} from "@colophon/core";
import { measureCoverage } from "../src/index.ts";
import { page, portsOf, proofOf, provenanceOf, request, version, type World } from "./world.ts";

const REPOSITORY = "https://github.com/acme/widget";

function image(name: string, change: Partial<ReleaseObject> = {}): ReleaseObject {
  const { npm: _, ...object } = version(name, "1.0.0", { id: `pkg:oci/${name}`, name: "widget", channels: ["oci"] });
  return { ...object, locations: [`oci://${name}`], ...change };
}

const [amd64, arm64] = [image("amd64"), image("arm64")];
const indexOf = (name: string, ...objects: readonly ReleaseObject[]): ReleaseObject =>
  image(name, { members: objects.map((object) => ({ platform: `linux/${object.id.slice(8)}`, object })) });
const index = indexOf("index", amd64, arm64);

const proven = (object: ReleaseObject): Answer => ({
  object: object.id,
  status: "answered",
  found: [{ ...proofOf(object), store: "oci" }],
});
const unavailable = (object: ReleaseObject): Answer => ({
  object: object.id,
  status: "unavailable",
  reason: { code: "registry-unavailable", message: "500" },
});

/** Those have good provenance, the others none. */
function worldOf(objects: readonly ReleaseObject[], ...provenOnes: readonly ReleaseObject[]): World {
  const all = objects.flatMap((one) => [one, ...(one.members ?? []).map(({ object }) => object)]);
  return {
    pages: { widget: [page(objects)] },
    answer: (object) =>
      provenOnes.some(({ id }) => id === object.id)
        ? proven(object)
        : { object: object.id, status: "answered", found: [] },
    authenticate: (proof) => provenanceOf(all.find((object) => proofOf(object).digest === proof.digest)!),
  };
}

async function measure(world: World): Promise<readonly CoveredObject[]> {
  return (await measureCoverage(request(["widget"]), portsOf(world))).result.objects;
}

describe("an image index", () => {
  test.each<[string, readonly ReleaseObject[], Status, CoveredObject["provenBy"], readonly Status[]]>([
    ["by proof of itself", [index], "verified", "index", ["missing", "missing"]],
    ["by proof of each platform", [amd64, arm64], "verified", "platforms", ["verified", "verified"]],
    ["not by proof of some", [amd64], "missing", undefined, ["verified", "missing"]],
    ["not by nothing", [], "missing", undefined, ["missing", "missing"]],
  ])(
    "is proven %s, and shows its platforms, which are in no count",
    async (_, provenOnes, status, provenBy, members) => {
      const { result } = await measureCoverage(request(["widget"]), portsOf(worldOf([index], ...provenOnes)));
      const [found] = result.objects;
      expect([found?.status, found?.provenBy]).toEqual([status, provenBy]);
      expect(found?.members).toMatchObject([
        { platform: "linux/amd64", id: amd64.id, digest: amd64.digest, status: members[0] },
        { platform: "linux/arm64", id: arm64.id, digest: arm64.digest, status: members[1] },
      ]);
      expect(result.summary).toMatchObject({ objects: 1, [status]: 1, channels: { oci: { objects: 1 } } });
      expect(result.summary.slsa["v0.1"].provenance).toBe(status === "verified" ? 2 : 0);
    },
  );

  test("that only its platforms prove is shown by its name to no checker, and with what they prove", async () => {
    const [found] = await measure(worldOf([index], amd64, arm64));
    expect(found?.evidence).toEqual([]);
    expect(found?.visibleTo).toMatchObject({ cosign: false, gh: false });
    expect(found).toMatchObject({ level: 2, source: { repository: REPOSITORY } });
    expect(found?.members?.[0]?.evidence).toMatchObject([{ store: "oci", verdict: "verified" }]);
    expect((await measure(worldOf([index], index)))[0]?.visibleTo["cosign"]).toBe(true);
  });

  test("is unknown where a platform that it could be proven by cannot be asked about", async () => {
    const world = worldOf([index], amd64);
    const answer = (object: ReleaseObject): Answer =>
      object.id === arm64.id ? unavailable(object) : world.answer!(object);
    expect(await measure({ ...world, answer })).toMatchObject([
      { status: "unknown", reason: { code: "registry-unavailable", message: "linux/arm64: 500" } },
    ]);
  });

  test("is accused by no signature over a platform, which is held to the platform's own digest", async () => {
    const world: World = {
      ...worldOf([index], amd64, arm64),
      authenticate: ({ digest }, claimed) => {
        const about = [amd64, arm64].find((object) => proofOf(object).digest === digest)!;
        const signer = { kind: "key", keyId: "k", scope: "configured" } as const;
        if (claimed === about.digest) return { ok: true, signer, times: [], log: "proof" };
        const unproven = { ok: false, check: "subject", message: "it signs something else" } as const;
        return claimed === undefined
          ? { ...unproven, kind: "unprovable", code: ARTIFACT_DIGEST_UNKNOWN }
          : { ...unproven, kind: "broken", code: "artifact-digest" };
      },
    };
    const [found] = await measure(world);
    expect(found?.members?.map(({ reason }) => reason?.code)).toEqual(["message-signature", "message-signature"]);
  });

  test("whose platforms prove it is what later images are held to", async () => {
    const later = image("later", { version: "2.0.0", declaredRepository: null });
    const mallory = `${REPOSITORY}-of-mallory`;
    const world: World = {
      ...worldOf([later, index], amd64, arm64, later),
      authenticate: ({ digest }) => {
        const about = [amd64, arm64, later].find((object) => proofOf(object).digest === digest)!;
        return about === later ? provenanceOf(about, mallory, "666") : provenanceOf(about);
      },
    };
    expect((await measure(world)).map(({ status }) => status)).toEqual(["mismatch", "verified"]);
  });
});

test("a platform that is an image by itself too, or in two indexes, is asked about once, in all places", async () => {
  const inIndex = { ...amd64, locations: ["oci://index#amd64"] };
  const objects = [
    indexOf("index", inIndex, arm64),
    amd64,
    indexOf("other", { ...amd64, locations: ["oci://other#amd64"] }),
  ];
  const asked: ReleaseObject[] = [];
  const answer = (object: ReleaseObject): Answer => {
    asked.push(object);
    return object.id === amd64.id ? proven(object) : { object: object.id, status: "answered", found: [] };
  };
  const found = await measure({ ...worldOf(objects), answer });
  expect(asked.map(({ id }) => id).toSorted()).toEqual([amd64.id, arm64.id, "pkg:oci/index", "pkg:oci/other"]);
  expect(asked.find(({ id }) => id === amd64.id)?.locations.toSorted()).toEqual([
    "oci://amd64",
    "oci://index#amd64",
    "oci://other#amd64",
  ]);
  expect(Object.fromEntries(found.map(({ id, status, locations }) => [id, [status, locations]]))).toEqual({
    "pkg:oci/index": ["missing", ["oci://index"]],
    "pkg:oci/amd64": ["verified", ["oci://amd64"]],
    "pkg:oci/other": ["verified", ["oci://other"]],
  });
});
