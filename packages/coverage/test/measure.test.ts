import { describe, expect, test } from "vitest";
import { NO_EXPECTATION, type Answer, type ReleaseObject } from "@colophon/core";
import { measureCoverage } from "../src/index.ts";
import { page, portsOf, proofOf, provenanceOf, request, version, type World } from "./world.ts";

const answered = (object: ReleaseObject): Answer => ({
  object: object.id,
  status: "answered",
  found: [proofOf(object)],
});
const one = version("widget", "1.0.0", { publishedAt: "2024-01-01T00:00:00.000Z" });
const two = version("widget", "1.1.0", { publishedAt: "2025-01-01T00:00:00.000Z" });
const three = version("widget", "2.0.0", { publishedAt: "2026-01-01T00:00:00.000Z", tags: ["latest"] });
const all = [one, two, three];

/** 1.0.0 has nothing, the others have good provenance. */
const adopted: World = {
  pages: { widget: [page(all)] },
  answer: (object) => (object === one ? { object: object.id, status: "answered", found: [] } : answered(object)),
  authenticate: (proof) => provenanceOf(all.find((object) => proofOf(object).digest === proof.digest)!),
};

describe("measureCoverage", () => {
  test("counts every listed object, its latest release, and what came since the first verified one", async () => {
    const { result } = await measureCoverage(request(["widget"]), portsOf(adopted));
    expect(result.summary).toMatchObject({
      objects: 3,
      verified: 2,
      missing: 1,
      coverage: { least: 2 / 3, most: 2 / 3 },
    });
    expect(result.summary.latest).toMatchObject({ objects: 1, verified: 1, coverage: { least: 1, most: 1 } });
    expect(result.summary.sinceAdoption).toMatchObject({ objects: 2, verified: 2 });
    expect(result.summary.channels).toEqual({ npm: expect.objectContaining({ objects: 3, verified: 2 }) });
    expect(result.summary.slsa["v0.1"].provenance).toBe(0);
    expect(result.objects.map(({ id, status }) => [id, status])).toEqual([
      ["pkg:npm/widget@2.0.0", "verified"],
      ["pkg:npm/widget@1.1.0", "verified"],
      ["pkg:npm/widget@1.0.0", "missing"],
    ]);
  });

  test("tells what it was built from, and where checkers can see it", async () => {
    const { result } = await measureCoverage(request(["widget"]), portsOf(adopted));
    expect(result.objects[0]).toMatchObject({
      level: 2,
      source: { repository: "https://github.com/acme/widget" },
      builder: "https://github.com/actions/runner/github-hosted",
      workflow: ".github/workflows/release.yml",
      expectation: "held",
      visibleTo: { npm: true, gh: false, cosign: false, "slsa-verifier": true, scorecard: false },
    });
    expect(result.objects[2]?.reason).toMatchObject({ code: "no-provenance" });
    expect(result.objects[2]?.visibleTo["npm"]).toBe(false);
  });

  test("authenticates a proof once, however many objects it is about", async () => {
    const shared = version("widget", "1.2.0", { digest: two.digest });
    const ports = portsOf({
      pages: { widget: [page([two, shared])] },
      answer: (object) => ({ object: object.id, status: "answered", found: [proofOf(object, "sha256:same")] }),
      authenticate: () => provenanceOf(two),
    });
    await measureCoverage(request(["widget"]), ports);
    expect(ports.asked.proofs).toEqual(["sha256:same"]);
  });

  test("asks for the trust root's registries only once a proof was found", async () => {
    const without = portsOf({ pages: { widget: [page(all)] } });
    await measureCoverage(request(["widget"]), without);
    expect(without.asked.keys).toBe(0);
    const withProofs = portsOf(adopted);
    await measureCoverage(request(["widget"]), withProofs);
    expect(withProofs.asked.keys).toBe(1);
  });

  test("holds later versions to the repository of the first verified one, oldest first", async () => {
    const ports = portsOf({
      pages: { widget: [page([three, two])] },
      answer: answered,
      authenticate: (proof) =>
        proof.digest === proofOf(two).digest
          ? provenanceOf(two)
          : provenanceOf(three, "https://github.com/acme/widget", "9999"),
    });
    const { result } = await measureCoverage(request(["widget"]), ports);
    expect(result.objects.map(({ status }) => status)).toEqual(["mismatch", "verified"]);
    expect(result.objects[0]?.reason?.code).toBe("source-repository-changed");
  });

  describe("what is held of a version does not depend on which others were asked for", () => {
    const mallory = "https://github.com/mallory/widget";
    const takenOver: World = {
      pages: { widget: [page([one, two, three])] },
      answer: answered,
      authenticate: (proof) =>
        proof.digest === proofOf(three).digest
          ? provenanceOf(three, mallory, "666")
          : provenanceOf(proof.digest === proofOf(one).digest ? one : two),
    };

    test("neither by --latest or --since, nor by a range, nor where the new version declares no repository", async () => {
      const undeclared = { ...three, declaredRepository: null };
      const whole: World = { ...takenOver, pages: { widget: [page([one, two, undeclared])] } };
      const ranged: World = { ...takenOver, pages: { widget: [page([undeclared], { others: [two, one] })] } };
      const reasonOf = async (world: World, only: object): Promise<unknown> => {
        const { result } = await measureCoverage(request(["widget"], only), portsOf(world));
        return result.objects.find(({ id }) => id === three.id)?.reason?.code;
      };
      expect(await reasonOf(whole, {})).toBe("source-repository-changed");
      expect(await reasonOf(whole, { only: { latest: true } })).toBe("source-repository-changed");
      expect(await reasonOf(whole, { only: { since: "2025-06-01" } })).toBe("source-repository-changed");
      expect(await reasonOf(ranged, {})).toBe("source-repository-changed");
    });

    test("asks older versions no further than to the first that verifies, and none where nothing was found", async () => {
      const ports = portsOf(takenOver);
      await measureCoverage(request(["widget"], { only: { latest: true } }), ports);
      expect(ports.asked.stores).toEqual([three.id, one.id]);
      const nothing = portsOf({ pages: takenOver.pages });
      await measureCoverage(request(["widget"], { only: { latest: true } }), nothing);
      expect(nothing.asked.stores).toEqual([three.id]);
    });

    test("takes the repository's id from the first version that tells one", async () => {
      const idOf = new Map([
        [proofOf(one).digest, undefined],
        [proofOf(two).digest, "1"],
        [proofOf(three).digest, "666"],
      ]);
      const ports = portsOf({
        ...takenOver,
        authenticate: (proof) => {
          const object = [one, two, three].find((each) => proofOf(each).digest === proof.digest)!;
          const found = provenanceOf(object, undefined, idOf.get(proof.digest) ?? "");
          if (found.ok && found.signer.kind === "certificate" && idOf.get(proof.digest) === undefined) {
            const { sourceRepositoryId: _, ...claims } = found.signer.claims;
            return { ...found, signer: { ...found.signer, claims } };
          }
          return found;
        },
      });
      const { result } = await measureCoverage(request(["widget"]), ports);
      expect(result.objects.map(({ status }) => status)).toEqual(["mismatch", "verified", "verified"]);
    });
  });

  test("keeps a gap beside what was listed, and is incomplete", async () => {
    const gap = {
      channel: "npm" as const,
      target: "gone",
      reason: { code: "not-found", message: "private, or does not exist" },
    };
    const ports = portsOf({ ...adopted, pages: { ...adopted.pages, gone: [page([], { gaps: [gap] })] } });
    const { result } = await measureCoverage(request(["gone", "widget"]), ports);
    expect(result.complete).toBe(false);
    expect(result.gaps).toEqual([gap]);
    expect(result.summary.objects).toBe(3);
  });

  test("has no coverage of nothing", async () => {
    const nothing = { code: "nothing-published", message: "all versions withdrawn 2024-05-01" };
    const { result, nothing: reasons } = await measureCoverage(
      request(["gone"]),
      portsOf({ pages: { gone: [page([], { nothing })] } }),
    );
    expect(result.summary).toMatchObject({ objects: 0, coverage: null });
    expect(result.summary.slsa["v0.1"].provenance).toBeNull();
    expect(reasons).toEqual([nothing]);
  });

  test("counts an absent version among other objects as a gap", async () => {
    const nothing = { code: "no-such-object", message: "widget has no version 9" };
    const ports = portsOf({ ...adopted, pages: { ...adopted.pages, absent: [page([], { nothing })] } });
    const { result } = await measureCoverage(request(["absent", "widget"]), ports);
    expect(result.complete).toBe(false);
    expect(result.gaps.map(({ reason }) => reason.code)).toEqual(["no-such-object"]);
  });

  test("lists an object once that two targets name", async () => {
    const ports = portsOf({ ...adopted, pages: { widget: [page(all)], again: [page([three])] } });
    const { result } = await measureCoverage(request(["widget", "again"]), ports);
    expect(result.summary.objects).toBe(3);
  });

  test("asks no store about what --latest or --since leave out", async () => {
    const expectation = {
      ...NO_EXPECTATION,
      basis: "configured" as const,
      sourceRepository: "https://github.com/acme/widget",
    };
    const latest = portsOf(adopted);
    await measureCoverage(request(["widget"], { only: { latest: true }, expectation }), latest);
    expect(latest.asked.stores).toEqual([three.id]);
    const since = portsOf(adopted);
    await measureCoverage(request(["widget"], { only: { since: "2025-01-01" }, expectation }), since);
    expect(since.asked.stores).toEqual([two.id, three.id]);
  });

  test("keeps what has no time of publication whatever --since says", async () => {
    const timeless = version("widget", "3.0.0");
    const ports = portsOf({ pages: { widget: [page([timeless])] } });
    const { result } = await measureCoverage(request(["widget"], { only: { since: "2030-01-01" } }), ports);
    expect(result.summary.objects).toBe(1);
  });

  test("leaves out what came before the first verified object where asked to", async () => {
    const { result } = await measureCoverage(request(["widget"], { only: { sinceAdoption: true } }), portsOf(adopted));
    expect(result.objects.map(({ id }) => id)).toEqual([three.id, two.id]);
  });

  test("takes the highest version for the latest release where prereleases may be", async () => {
    const preview = version("widget", "3.0.0-beta.1");
    const ports = portsOf({ pages: { widget: [page([...all, preview])] } });
    await measureCoverage(request(["widget"], { only: { latest: true }, prereleases: true }), ports);
    expect(ports.asked.stores).toEqual([preview.id]);
  });

  test("makes a package whose latest release nothing names a gap under --latest, but no range that leaves it out", async () => {
    const untagged = version("untagged", "1.0.0");
    const ports = portsOf({ ...adopted, pages: { ...adopted.pages, untagged: [page([untagged])] } });
    const targets = [
      { channel: "npm" as const, name: "widget" },
      { channel: "npm" as const, name: "untagged" },
    ];
    const { result } = await measureCoverage(request([], { targets, only: { latest: true } }), ports);
    expect(result.gaps).toMatchObject([{ target: "untagged", reason: { code: "no-latest-release" } }]);
    const ranged = [{ channel: "npm" as const, name: "untagged", range: "^1" }];
    const other = await measureCoverage(request([], { targets: ranged, only: { latest: true } }), ports);
    expect(other.result.gaps).toEqual([]);
  });

  test("marks exempt objects, and warns of an exemption that has expired", async () => {
    const exemptions = [
      { object: "pkg:npm/widget@<1.1", reason: "before adoption", expires: "2027-06-30" },
      { object: "pkg:npm/widget@2.0.0", reason: "was never meant to last", expires: "2026-05-31" },
    ];
    const { result } = await measureCoverage(request(["widget"], { exemptions }), portsOf(adopted));
    expect(result.summary).toMatchObject({ objects: 3, exempt: 1 });
    expect(result.objects[2]).toMatchObject({
      status: "missing",
      exempt: { reason: "before adoption", expires: "2027-06-30" },
    });
    expect(result.warnings.map(({ code }) => code)).toEqual(["exemption-expired"]);
  });

  test("exempts what was published before the start date, and nothing without a time", async () => {
    const timeless = version("widget", "3.0.0");
    const ports = portsOf({ pages: { widget: [page([one, timeless])] } });
    const { result } = await measureCoverage(request(["widget"], { startDate: "2024-01-02" }), ports);
    expect(result.objects.map(({ id, exempt }) => [id, exempt?.expires])).toEqual([
      [timeless.id, undefined],
      [one.id, null],
    ]);
  });

  test("hashes what has no strong digest where asked to, and leaves the others alone", async () => {
    const weak = version("widget", "0.1.0", { digest: {} });
    const hashed: string[] = [];
    const ports = portsOf(
      { pages: { widget: [page([weak, two])] } },
      {
        hash: (object) => {
          hashed.push(object.id);
          return Promise.resolve({ digest: { sha256: "c".repeat(64) } });
        },
      },
    );
    const { result } = await measureCoverage(request(["widget"]), ports);
    expect(hashed).toEqual([weak.id]);
    expect(result.objects.find(({ id }) => id === weak.id)).toMatchObject({
      status: "missing",
      digest: { sha256: "c".repeat(64) },
    });
  });

  test("leaves an object unknown whose bytes cannot be had, and says why", async () => {
    const weak = version("widget", "0.1.0", { digest: {} });
    const ports = portsOf(
      { pages: { widget: [page([weak])] } },
      { hash: () => Promise.resolve({ reason: { code: "not-found", message: "404" } }) },
    );
    const { result } = await measureCoverage(request(["widget"]), ports);
    expect(result.objects[0]).toMatchObject({ status: "unknown", reason: { code: "not-found", message: "404" } });
  });

  test("makes every chart of a repository without a stable version a gap under --latest", async () => {
    const url = "https://charts.example/stable";
    const [stable, preview] = [
      version(`${url}/widget`, "1.0.0", { tags: ["latest"] }),
      version(`${url}/gadget`, "1.0.0-rc.1"),
    ];
    const ports = portsOf({ pages: { [`${url}/`]: [page([stable, preview])] } });
    const targets = [{ channel: "helm" as const, name: `${url}/` }];
    const { result } = await measureCoverage(request([], { targets, only: { latest: true } }), ports);
    expect(result.objects.map(({ id }) => id)).toEqual([stable.id]);
    expect(result.gaps).toMatchObject([
      {
        channel: "helm",
        target: `${url}/gadget`,
        reason: { code: "no-latest-release", hint: expect.stringContaining("--prereleases") as string },
      },
    ]);
  });

  test("hashes archives that nobody holds to their index too, and knows nothing of those that it cannot read", async () => {
    const { npm: _, ...base } = version("widget", "1.0.0", { helm: {} });
    const [read, unread] = [base, { ...base, id: "unread" }];
    const warnings = [{ code: "index-digest-differs", message: "it differs" }];
    const ports = portsOf(
      { pages: { widget: [page([read, unread, two])] } },
      {
        hash: async ({ id }) =>
          id === read.id
            ? { digest: { sha256: "c".repeat(64) }, warnings }
            : { reason: { code: "blob-missing", message: "404" } },
      },
    );
    const { result } = await measureCoverage(request(["widget"]), ports);
    const found = new Map(result.objects.map((object) => [object.id, object]));
    expect(found.get(read.id)).toMatchObject({ status: "missing", digest: { sha256: "c".repeat(64) }, warnings });
    expect(found.get("unread")).toMatchObject({ status: "unknown", digest: {}, reason: { code: "blob-missing" } });
    expect(found.get(two.id)?.digest).toEqual(two.digest);
  });

  test("refuses a store that breaks its law of one answer for each object", async () => {
    const ports = portsOf(adopted);
    const silent = { ...ports, stores: [{ name: "npm" as const, async *find() {} }] };
    await expect(measureCoverage(request(["widget"]), silent)).rejects.toThrow("0 answers from 1 stores");
  });

  test.each([
    ["answered", "answered"],
    ["unavailable", "unavailable"],
    ["not-applicable", "not-configured"],
  ] as const)("tells a store whose answers are all %s as %s", async (status, state) => {
    const answer = (object: ReleaseObject): Answer =>
      status === "answered"
        ? { object: object.id, status, found: [] }
        : status === "unavailable"
          ? { object: object.id, status, reason: { code: "registry-unavailable", message: "500" } }
          : { object: object.id, status };
    const { result } = await measureCoverage(request(["widget"]), portsOf({ pages: { widget: [page(all)] }, answer }));
    expect(result.stores).toEqual([{ name: "npm", state }]);
  });

  test("is the same for the same input, but for the part named run", async () => {
    const first = await measureCoverage(request(["widget"]), portsOf(adopted));
    const second = await measureCoverage(
      request(["widget"]),
      portsOf(adopted, { now: () => new Date("2026-06-02T00:00:00.000Z") }),
    );
    expect({ ...second.result, run: 0 }).toEqual({ ...first.result, run: 0 });
  });
});
