import type { Authentication, NotDone, Plan, Publication, Publisher, Receipt, Served } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { release, type ReleaseRequest } from "../src/index.ts";
import { makeWorld, planOf, SHA256, type World } from "./world.ts";

const OTHER = "b".repeat(64);
const METADATA = { project_name: "p", tag: "", version: "", commit: "none", date: "2026-01-01T00:00:00Z" };
const DOWN: NotDone = { status: "unreachable", reason: { code: "registry-unavailable", message: "it answers 500" } };
const NO: NotDone = { status: "refused", reason: { code: "publish-refused", message: "npm ended with E402" } };

function publication(name: string, after: readonly string[] = []): Publication {
  const digest = { sha256: SHA256, sha512: SHA256.repeat(2) };
  return { id: `pkg:npm/${name}@1.0.0`, name, version: "1.0.0", digest, after };
}

interface Registry extends Publisher {
  readonly log: string[];
}

/** A registry that takes everything, but for what is changed. */
function registry(change: Partial<Publisher> = {}): Registry {
  const log: string[] = [];
  const served = ({ digest }: Publication): Promise<Served> =>
    Promise.resolve({ status: "served", digest, from: "registry-bytes" });
  const ports: Publisher = {
    state: () => Promise.resolve({ state: "free" }),
    predecessor: () => Promise.resolve({ status: "none" }),
    publish: () => Promise.resolve({ status: "published" }),
    served,
    attestations: ({ id }) => Promise.resolve({ object: id, status: "answered", found: [] }),
    ...change,
  };
  return {
    ...ports,
    log,
    publish: async (one, bundle) => {
      log.push(`publish ${one.name}${bundle === undefined ? "" : ` with ${bundle}`}`);
      return await ports.publish(one, bundle);
    },
  };
}

async function planFor(publications: readonly Publication[]): Promise<Plan> {
  const subjects = publications.map(
    ({ id, digest }) => ({ name: id, digest, from: "file", path: `${id}.tgz` }) as const,
  );
  return await planOf(subjects, { groupOf: ({ name }) => name });
}

async function run(
  publications: readonly Publication[],
  publisher: Registry,
  { world = makeWorld(), ...request }: Partial<ReleaseRequest> & { world?: World } = {},
): Promise<{ receipt: Receipt; proven: string[]; codes: (string | undefined)[] }> {
  const plan = await planFor(publications);
  const receipt = await release(
    { publications, plan, registryProvenance: "none", metadata: METADATA, ...request },
    publisher,
    world,
  );
  expect(JSON.parse(world.files.get("receipt.json") ?? "")).toEqual(receipt);
  return {
    receipt,
    proven: receipt.objects.filter(({ proven }) => proven).map(({ name }) => name),
    codes: receipt.objects.map(({ reason }) => reason?.code),
  };
}

const app = publication("app", ["core", "ui"]);
const ui = publication("ui", ["core"]);
const core = publication("core");

describe("a release of packages", () => {
  test("publishes no more than four at once, however many there are", async () => {
    let [running, most] = [0, 0];
    const publish: Publisher["publish"] = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { status: "published" };
    };
    const many = Array.from({ length: 12 }, (_, index) => publication(`p${index}`));
    expect((await run(many, registry({ publish }))).proven).toHaveLength(12);
    expect(most).toBe(4);
  });

  test.each(["plan.json", "metadata.json", "pkg:npm/core@1.0.0.sigstore.json"])(
    "publishes nothing where something else is called %s in the output folder",
    async (name) => {
      const [publisher, world] = [registry(), makeWorld()];
      const claim = (file: string): Promise<void> =>
        file === name ? Promise.reject(new Error(file)) : Promise.resolve();
      await expect(run([core], publisher, { world: { ...world, folder: { ...world.folder, claim } } })).rejects.toThrow(
        name,
      );
      expect(publisher.log).toEqual([]);
    },
  );

  test("publishes each after those that it needs, and then signs a statement for each", async () => {
    const [publisher, world] = [registry(), makeWorld()];
    const { receipt, proven } = await run([app, ui, core], publisher, { world });
    expect(publisher.log).toEqual(["publish core", "publish ui", "publish app"]);
    expect(proven).toEqual([app, ui, core].map(({ id }) => id));
    expect(receipt.status).toBe("sealed");
    expect(receipt.objects[0]?.published).toEqual({ status: "now", digestFrom: "registry-bytes" });
    expect(world.log).toEqual(["sign", "tsa", "rekor", "sign", "tsa", "rekor", "sign", "tsa", "rekor"]);
  });

  test("publishes packages that need each other at once, before those that need them", async () => {
    const [left, right] = [publication("left", ["right"]), publication("right", ["left"])];
    const publisher = registry();
    await run([publication("last", ["left"]), right, left], publisher);
    expect(publisher.log).toEqual(["publish right", "publish left", "publish last"]);
  });

  test("publishes nothing where one version is taken by other bytes, and names them", async () => {
    const publisher = registry({
      state: ({ name }) =>
        Promise.resolve(name === "ui" ? { state: "taken", digest: { sha256: OTHER } } : { state: "free" }),
    });
    const { receipt, proven, codes } = await run([core, ui], publisher);
    expect(publisher.log).toEqual([]);
    expect({ status: receipt.status, proven }).toEqual({ status: "refused", proven: [] });
    expect(codes).toEqual(["release-kept-back", "version-taken"]);
    expect(receipt.objects[1]?.reason?.message).toContain(OTHER);
  });

  test("publishes nothing where it cannot be told whether a version is free", async () => {
    const publisher = registry({ state: () => Promise.resolve({ state: "unknown", reason: DOWN.reason }) });
    const { receipt, codes } = await run([core], publisher);
    expect({ log: publisher.log, status: receipt.status, codes }).toEqual({
      log: [],
      status: "incomplete",
      codes: ["registry-unavailable"],
    });
  });

  test("takes up what an earlier run published, be its digest told or only its bytes served", async () => {
    for (const digest of [undefined, core.digest]) {
      const publisher = registry({
        state: () => Promise.resolve({ state: "taken", ...(digest === undefined ? {} : { digest }) }),
      });
      const { receipt } = await run([core], publisher);
      expect(publisher.log).toEqual([]);
      expect(receipt).toMatchObject({
        status: "sealed",
        objects: [{ proven: true, published: { status: "earlier" } }],
      });
    }
  });

  test("keeps back what depends on a failed package, and proves the others", async () => {
    const publisher = registry({
      publish: ({ name }) => Promise.resolve(name === "ui" ? NO : { status: "published" }),
    });
    const { receipt, proven, codes } = await run([app, ui, core], publisher);
    expect(publisher.log).toEqual(["publish core", "publish ui"]);
    expect({ status: receipt.status, proven }).toEqual({ status: "refused", proven: [core.id] });
    expect(codes).toEqual(["dependency-not-published", "publish-refused", undefined]);
    expect(receipt.objects.map(({ published }) => published?.status)).toEqual(["not", "not", "now"]);
  });

  test.each([DOWN, NO])("proves what a registry accepted before it answered %j", async (answer) => {
    let asked = 0;
    const publisher = registry({
      publish: () => Promise.resolve(answer),
      state: () => Promise.resolve((asked += 1) === 1 ? { state: "free" } : { state: "taken" }),
    });
    expect((await run([core], publisher)).receipt).toMatchObject({
      status: "sealed",
      objects: [{ published: { status: "now" } }],
    });
  });

  test("says of what a registry could not take that it is not published", async () => {
    const { receipt, codes } = await run([core], registry({ publish: () => Promise.resolve(DOWN) }));
    expect({ status: receipt.status, codes }).toEqual({ status: "incomplete", codes: ["registry-unavailable"] });
    expect(receipt.objects[0]?.published?.status).toBe("not");
  });

  test("says that it is not known where the registry cannot be asked afterwards either", async () => {
    let asked = 0;
    const publisher = registry({
      publish: () => Promise.resolve(NO),
      state: () => Promise.resolve((asked += 1) === 1 ? { state: "free" } : { state: "unknown", reason: DOWN.reason }),
    });
    const { receipt } = await run([core], publisher);
    expect(receipt.status).toBe("incomplete");
    expect(receipt.objects[0]?.reason?.message).toMatch(/E402; whether it is published is not known: it answers 500/);
  });

  test("leaves out what was not raised where that is no part of the release, and proves the rest", async () => {
    const taken = { state: "taken", digest: { sha256: OTHER } } as const;
    const publisher = registry({
      state: ({ name }) => Promise.resolve(name === "ui" ? taken : { state: "free" }),
    });
    const world = makeWorld();
    const { receipt, proven } = await run([app, ui, core], publisher, { world, isOptional: () => true });
    expect(publisher.log).toEqual(["publish core", "publish app"]);
    expect({ status: receipt.status, proven }).toEqual({ status: "sealed", proven: [app.id, core.id] });
    expect(receipt.warnings.map(({ code }) => code)).toEqual(["version-not-raised"]);
    expect(JSON.parse(world.files.get("plan.json") ?? "")).toMatchObject({
      subjects: [{ name: app.id }, { name: core.id }],
    });
    const none = await run([ui], publisher, { isOptional: () => true });
    expect(none.receipt).toMatchObject({ status: "sealed", objects: [], warnings: [{ code: "version-not-raised" }] });
  });

  test("signs nothing of what is served with other bytes than were packed, and tells both digests", async () => {
    const world = makeWorld();
    const publisher = registry({
      served: () => Promise.resolve({ status: "served", digest: { sha256: OTHER }, from: "registry-bytes" }),
    });
    const { receipt, codes } = await run([core], publisher, { world });
    expect({ status: receipt.status, codes, signed: world.log }).toEqual({
      status: "refused",
      codes: ["published-bytes-differ"],
      signed: [],
    });
    expect(receipt.objects[0]?.digest).toEqual({ sha256: OTHER });
    expect(receipt.objects[0]?.reason?.message).toMatch(new RegExp(`${OTHER}.*${SHA256}`));
  });

  test("says that a package is published though the registry does not serve it yet", async () => {
    const publisher = registry({ served: () => Promise.resolve({ status: "not-served", reason: DOWN.reason }) });
    const { receipt } = await run([core], publisher);
    expect(receipt).toMatchObject({
      status: "incomplete",
      objects: [{ proven: false, published: { status: "now", digestFrom: "file" } }],
    });
  });

  test("tells a log that is down, and a second run signs without publishing again", async () => {
    const first = makeWorld({ answers: { rekor: DOWN } });
    expect((await run([core], registry(), { world: first })).receipt.status).toBe("incomplete");
    const publisher = registry({ state: () => Promise.resolve({ state: "taken", digest: core.digest }) });
    const second = makeWorld({ files: first.files });
    expect((await run([core], publisher, { world: second })).receipt.status).toBe("sealed");
    expect({ published: publisher.log, asked: second.log }).toEqual({ published: [], asked: ["rekor"] });
  });
});

describe("a guard against lower rank", () => {
  const after = (rank: "provenance" | "trusted-publisher"): Registry =>
    registry({ predecessor: () => Promise.resolve({ status: "found", version: "0.9.0", rank }) });

  test.each([
    ["none", "provenance", "refused"],
    ["provenance", "trusted-publisher", "refused"],
    ["provenance", "provenance", "sealed"],
    ["staged", "trusted-publisher", "sealed"],
    [undefined, "trusted-publisher", "sealed"],
  ] as const)("a release with %s after one with %s is %s", async (rank, before, status) => {
    const publisher = after(before);
    const { receipt, codes } = await run([core], publisher, rank === undefined ? {} : { rankOf: () => rank });
    expect(receipt.status).toBe(status);
    expect(publisher.log).toHaveLength(status === "sealed" ? 1 : 0);
    if (status === "refused") expect(codes).toEqual(["trust-downgrade"]);
  });

  test("publishes nothing where the predecessor cannot be told", async () => {
    const publisher = registry({ predecessor: () => Promise.resolve({ status: "unknown", reason: DOWN.reason }) });
    const { receipt } = await run([core], publisher, { rankOf: () => "none" });
    expect({ log: publisher.log, status: receipt.status }).toEqual({ log: [], status: "incomplete" });
  });
});

describe("provenance at the registry", () => {
  const proof = (listedAs: string) =>
    ({
      mediaType: "m",
      bytes: new Uint8Array(),
      digest: "d",
      store: "npm",
      location: "there",
      filed: "object",
      listedAs,
    }) as const;
  const holding = (...types: string[]): Registry =>
    registry({
      attestations: ({ id }) => Promise.resolve({ object: id, status: "answered", found: types.map(proof) }),
    });
  const saying = (sha256: string): World["verifier"] => ({
    authenticate: ({ location }) =>
      Promise.resolve<Authentication>({
        ok: true,
        statement: {
          type: "https://in-toto.io/Statement/v1",
          subject: [{ name: core.id, digest: { sha256: location === "there" ? sha256 : SHA256 } }],
          predicateType: "https://slsa.dev/provenance/v1",
          predicate: null,
        } as never,
        signer: { kind: "key", keyId: "k", scope: "configured" },
        times: [],
        log: "none",
      }),
  });

  test("is read back and held against the same bytes", async () => {
    const publisher = holding("https://github.com/npm/attestation/publish", "https://slsa.dev/provenance/v1");
    const world = makeWorld({ verifier: saying(SHA256) });
    const { receipt } = await run([core], publisher, { world, registryProvenance: "registry" });
    expect(receipt).toMatchObject({
      status: "sealed",
      objects: [{ proven: true, published: { provenance: "proven" } }],
    });
  });

  test.each([
    ["that is about other bytes", holding("https://slsa.dev/provenance/v1"), "refused", "subject-not-found"],
    [
      "that is only the registry's own record",
      holding("https://github.com/npm/x"),
      "refused",
      "registry-provenance-missing",
    ],
    [
      "that never appears",
      registry({
        attestations: ({ id }) => Promise.resolve({ object: id, status: "unavailable", reason: DOWN.reason }),
      }),
      "incomplete",
      "registry-unavailable",
    ],
  ])("%s leaves the object unproven, though ours is signed", async (_, publisher, status, code) => {
    const world = makeWorld({ verifier: saying(OTHER) });
    const { receipt, codes } = await run([core], publisher, { world, registryProvenance: "registry" });
    expect({ status: receipt.status, codes, proven: receipt.objects[0]?.proven }).toEqual({
      status,
      codes: [code],
      proven: false,
    });
    expect(receipt.statements[0]?.status).toBe("sealed");
  });

  test("is our bundle where it goes along: signed before, and nothing is published where that fails", async () => {
    const publisher = registry();
    await run([core], publisher, { registryProvenance: "bundle" });
    expect(publisher.log).toEqual([`publish core with ${core.id}.sigstore.json`]);
    const failing = registry();
    const { receipt } = await run([core], failing, {
      registryProvenance: "bundle",
      world: makeWorld({ answers: { rekor: DOWN } }),
    });
    expect({ log: failing.log, status: receipt.status }).toEqual({ log: [], status: "incomplete" });
    expect(receipt.objects[0]?.published?.status).toBe("not");
  });
});
