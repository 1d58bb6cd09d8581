import { createHash } from "node:crypto";
import { colophon, emptyFolder } from "./colophon.ts";
import {
  buildNpmProvenance,
  buildNpmPublishAttestation,
  type EmbeddedSigstore,
  type PackageVersion,
} from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { openWorlds, releaseOf, resultOf, type Worlds } from "./worlds.ts";

// Faults that people met with npm's provenance, each as a small input with the right outcome.

const PROVENANCE = "https://slsa.dev/provenance/v1";
const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";

const sha512 = (text: string): string => createHash("sha512").update(text).digest("hex");

interface Attested {
  readonly name: string;
  readonly version: string;
  readonly registry: string;
  /** What is attested, and what is served. */
  readonly attested?: string;
  readonly served?: string;
  readonly repository?: unknown;
  readonly source?: string;
}

async function attestedVersion(sigstore: EmbeddedSigstore, one: Attested): Promise<PackageVersion> {
  const { name, version, registry, attested = `${name}@${version}`, served = attested, source = "acme/widget" } = one;
  const run = releaseOf(source);
  const provenance = { name, version, sha512: sha512(attested) };
  const published = { name, version, sha512: sha512(served) };
  const { privateKey: key, keyId } = sigstore.registryKey;
  return {
    version,
    integrity: `sha512-${Buffer.from(sha512(served), "hex").toString("base64")}`,
    ...(one.repository === undefined ? {} : { manifest: { repository: one.repository } }),
    attestations: [
      {
        predicateType: PROVENANCE,
        bundle: await sigstore.attest({ statement: buildNpmProvenance(provenance, run), identity: run }),
      },
      {
        predicateType: PUBLISH,
        bundle: await sigstore.attestWithKey({
          statement: buildNpmPublishAttestation(published, registry),
          key,
          keyId,
        }),
      },
    ],
  } as PackageVersion;
}

async function publish(
  { sigstore, registry }: Worlds,
  name: string,
  versions: readonly Omit<Attested, "name" | "registry">[],
): Promise<void> {
  const made = await Promise.all(
    versions.map((one) => attestedVersion(sigstore, { ...one, name, registry: registry.url })),
  );
  registry.add({ name, versions: made, distTags: { latest: versions.at(-1)?.version ?? "" } });
}

describe("npm-repository-forms-and-case", () => {
  test("another case on github.com is the same repository, on another host it is not, and none is no expectation", async () => {
    const worlds = await openWorlds();
    await publish(worlds, "widget", [
      { version: "1.0.0", repository: "git+https://GitHub.com/Acme/Widget.git" },
      { version: "1.1.0", repository: { type: "git", url: "" } },
      { version: "1.2.0", repository: "https://ghe.example/acme/widget" },
      { version: "1.3.0", repository: "https://robot:PASSWORD@github.com/acme/widget.git" },
    ]);
    const { stdout, stderr } = await worlds.coverage("npm:widget", "--json", "--verbose");
    const result = resultOf({ code: 0, stdout, stderr });
    expect(result.objects.map(({ status, expectation, reason }) => [status, expectation, reason?.code])).toEqual([
      ["verified", "held", undefined],
      ["mismatch", "held", "source-repository-differs"],
      ["verified", null, undefined],
      ["verified", "held", undefined],
    ]);
    expect(stdout + stderr).not.toContain("PASSWORD");
  });

  test("a repository that is given compares exactly", async () => {
    const worlds = await openWorlds();
    await publish(worlds, "widget", [{ version: "1.0.0" }]);
    const result = resultOf(
      await worlds.coverage("npm:widget", "--json", "--source-repository", "https://github.com/Acme/Widget"),
    );
    expect(result.objects[0]?.status).toBe("mismatch");
  });
});

describe("npm-attestations-url-under-prefix", () => {
  test.each(["", "/"])("one request under the registry's own path, written with %j at its end", async (slash) => {
    const worlds = await openWorlds({ prefix: "/javascript" });
    await publish(worlds, "@acme/widget", [{ version: "1.4.0", repository: "acme/widget" }]);
    const args = ["coverage", "npm:@acme/widget", "--json", "--registry", `${worlds.registry.url}${slash}`];
    const result = resultOf(await colophon(args, { cwd: worlds.folder }));
    expect(result.objects[0]?.status).toBe("verified");
    expect(worlds.registry.requests.map(({ path }) => path)).toEqual([
      "/javascript/@acme%2fwidget",
      "/javascript/-/npm/v1/attestations/@acme%2fwidget@1.4.0",
    ]);
  });
});

describe("npm-attestation-advertised-not-served", () => {
  test("what the endpoint does not serve is unknown, what it serves at the second time is verified", async () => {
    const worlds = await openWorlds();
    const { registry } = worlds;
    await publish(worlds, "widget", [{ version: "1.0.0" }, { version: "1.1.0" }, { version: "1.2.0" }]);
    registry.respond("/-/npm/v1/attestations/widget@1.1.0", [404, 404, 404, 404, 404, 404]);
    registry.respond("/-/npm/v1/attestations/widget@1.2.0", [500, 200]);
    const finished = await worlds.coverage("npm:widget", "--json");
    const result = resultOf(finished);
    expect(result.objects.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ["verified", undefined],
      ["unknown", "attestation-not-served"],
      ["verified", undefined],
    ]);
    expect(result.objects[1]?.reason?.message).toMatch(/attestations\/widget@1\.1\.0.*404/);
    expect(result.summary).toMatchObject({ objects: 3, verified: 2, unknown: 1, coverage: { least: 2 / 3, most: 1 } });
    expect(finished.code).toBe(3);
  });

  test("an empty list is not served either", async () => {
    const worlds = await openWorlds();
    await publish(worlds, "widget", [{ version: "1.0.0" }]);
    worlds.registry.respond("/-/npm/v1/attestations/widget@1.0.0", [{ status: 200, body: '{"attestations":[]}' }]);
    const result = resultOf(await worlds.coverage("npm:widget", "--json"));
    expect(result.objects[0]).toMatchObject({ status: "unknown", reason: { code: "attestation-not-served" } });
  });
});

describe("npm-versions-and-time", () => {
  const packument = {
    name: "@acme/widget",
    "dist-tags": { latest: "1.2.0", next: "2.0.0-beta.1" },
    versions: {
      "1.0.0": { name: "@acme/widget", version: "1.0.0", deprecated: "", dist: {} },
      "1.1.0": { name: "@acme/widget", version: "1.1.0", deprecated: "use 1.2.0", dist: {} },
      "1.2.0": { name: "@acme/widget", version: "1.2.0", dist: {} },
    },
    time: {
      created: "2024-01-01T00:00:00.000Z",
      modified: "2024-03-03T00:00:00.000Z",
      "1.0.0": "2024-01-01T00:00:01.000Z",
      "1.0.1": "2024-01-05T00:00:00.000Z",
      "1.1.0": "2024-02-01T00:00:00.000Z",
    },
  };

  test("objects are the keys of versions; withdrawn ones, deprecations and dangling tags are told", async () => {
    const { coverage, registry } = await openWorlds();
    registry.respond("/@acme/widget", [{ status: 200, body: JSON.stringify(packument) }]);
    const result = resultOf(await coverage("npm:@acme/widget", "--json"));
    expect(result.objects.map(({ id, publishedAt }) => [id, publishedAt])).toEqual([
      ["pkg:npm/%40acme/widget@1.2.0", null],
      ["pkg:npm/%40acme/widget@1.1.0", "2024-02-01T00:00:00.000Z"],
      ["pkg:npm/%40acme/widget@1.0.0", "2024-01-01T00:00:01.000Z"],
    ]);
    expect(result.withdrawn).toEqual(["pkg:npm/%40acme/widget@1.0.1"]);
    expect(result.warnings.map(({ code }) => code)).toEqual(["dist-tag-dangling"]);
    expect(result.objects.map(({ warnings }) => warnings)).toEqual([
      [],
      [{ code: "deprecated", message: "use 1.2.0" }],
      [],
    ]);
  });

  test("a package that was unpublished whole has no objects, and is no success", async () => {
    const { coverage, registry } = await openWorlds();
    const gone = {
      name: "acme-gone",
      time: {
        created: "2024-01-01T00:00:00.000Z",
        "1.0.0": "2024-01-01T00:00:01.000Z",
        unpublished: { time: "2024-05-01T00:00:00.000Z", versions: ["1.0.0"] },
      },
    };
    registry.respond("/acme-gone", [{ status: 200, body: JSON.stringify(gone) }]);
    registry.respond("/@acme/widget", [{ status: 200, body: JSON.stringify(packument) }]);
    expect(await coverage("npm:acme-gone")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("2024-05-01") as string,
    });
    const both = resultOf(await coverage("npm:acme-gone", "npm:@acme/widget", "--json"));
    expect(both.summary.objects).toBe(3);
    expect(both.warnings.map(({ code }) => code)).toContain("nothing-published");
  });
});

describe("npm-publisher-repacks", () => {
  test("an attestation under the version's own name about other bytes than those served is a mismatch", async () => {
    const worlds = await openWorlds();
    await publish(worlds, "@acme/widget", [{ version: "1.4.0", attested: "alpha\n", served: "beta\n" }]);
    const [object] = resultOf(await worlds.coverage("npm:@acme/widget", "--json")).objects;
    expect(object).toMatchObject({
      status: "mismatch",
      digest: { sha512: sha512("beta\n") },
      reason: {
        code: "subject-digest-differs",
        expected: `sha512:${sha512("beta\n")}`,
        actual: `sha512:${sha512("alpha\n")}`,
      },
    });
  });
});

test("a scope's own registry is asked for its packages, and no other", async () => {
  const worlds = await openWorlds();
  await publish(worlds, "@acme/widget", [{ version: "1.0.0" }]);
  const folder = await emptyFolder();
  const env = { npm_config_registry: "http://127.0.0.1:9/", "npm_config_@acme:registry": worlds.registry.url };
  const result = resultOf(await colophon(["coverage", "npm:@acme/widget", "--json"], { cwd: folder, env }));
  expect(result.summary.objects).toBe(1);
});
