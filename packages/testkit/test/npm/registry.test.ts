import { createPublicKey, verify } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createRegistryKey } from "../../src/sigstore/registry-key.ts";
import {
  readPackageJson,
  startNpmRegistry,
  toIntegrity,
  type EmbeddedNpmRegistry,
  type NpmRegistryOptions,
  type RegistryPackage,
} from "../../src/index.ts";
import { getJson as getJsonAt } from "../get-json.ts";

const bundle = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" };
const attestations = [
  { predicateType: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1", bundle },
  { predicateType: "https://slsa.dev/provenance/v1", bundle },
];
const repository = { type: "git", url: "git+https://github.com/acme/widget.git" };
const widget: RegistryPackage = {
  name: "@acme/widget",
  versions: [
    { version: "1.0.0", manifest: { repository, deprecated: "use 1.1.0" } },
    { version: "1.1.0", manifest: { repository }, attestations },
  ],
};

const running: EmbeddedNpmRegistry[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((registry) => registry.close()));
});

async function start(options: NpmRegistryOptions = { packages: [widget] }): Promise<EmbeddedNpmRegistry> {
  const registry = await startNpmRegistry(options);
  running.push(registry);
  return registry;
}

const getJson = (registry: EmbeddedNpmRegistry, path: string) => getJsonAt(`${registry.url}${path}`);

describe("packuments", () => {
  test.each(["/@acme%2fwidget", "/@acme%2Fwidget", "/@acme/widget", "/%40acme%2fwidget"])(
    "are served at %s",
    async (path) => {
      const registry = await start();
      const packument = await getJson(registry, path);
      expect(packument).toMatchObject({ name: "@acme/widget", "dist-tags": { latest: "1.1.0" }, repository });
      expect(Object.keys(packument.versions)).toEqual(["1.0.0", "1.1.0"]);
      expect(packument.versions["1.0.0"]).toMatchObject({
        name: "@acme/widget",
        version: "1.0.0",
        deprecated: "use 1.1.0",
      });
    },
  );

  test("advertise attestations where there are some, with the provenance's predicate type", async () => {
    const registry = await start();
    const { versions } = await getJson(registry, "/@acme%2fwidget");
    expect(versions["1.0.0"].dist).not.toHaveProperty("attestations");
    expect(versions["1.1.0"].dist.attestations).toEqual({
      url: `${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.1.0`,
      provenance: { predicateType: "https://slsa.dev/provenance/v1" },
    });
  });

  test("name no provenance where only the registry's own attestation is there", async () => {
    const registry = await start({
      packages: [{ name: "a", versions: [{ version: "1.0.0", attestations: attestations.slice(0, 1) }] }],
    });
    const { versions } = await getJson(registry, "/a");
    expect(versions["1.0.0"].dist.attestations).toEqual({ url: expect.any(String) });
  });

  test("carry signatures by the registry's key that hold", async () => {
    const key = createRegistryKey();
    const registry = await start({ packages: [widget], key });
    const { dist } = (await getJson(registry, "/@acme%2fwidget")).versions["1.1.0"];
    const listed = (await getJson(registry, "/-/npm/v1/keys")).keys[0];
    expect(listed).toMatchObject({ keyid: key.keyId, keytype: "ecdsa-sha2-nistp256", expires: null });
    expect(dist.signatures[0].keyid).toBe(key.keyId);
    const publicKey = createPublicKey({ key: Buffer.from(listed.key, "base64"), format: "der", type: "spki" });
    const signed = Buffer.from(`@acme/widget@1.1.0:${dist.integrity}`);
    expect(verify("sha256", signed, publicKey, Buffer.from(dist.signatures[0].sig, "base64"))).toBe(true);
  });

  test("have neither attestations nor signatures on a mirror, which still serves the endpoint", async () => {
    const registry = await start({ packages: [widget], key: createRegistryKey(), mirror: true });
    const { versions } = await getJson(registry, "/@acme%2fwidget");
    expect(Object.keys(versions["1.1.0"].dist)).toEqual(["integrity", "tarball"]);
    expect(await getJson(registry, "/-/npm/v1/attestations/@acme%2fwidget@1.1.0")).toEqual({ attestations });
  });

  test("are abbreviated on demand", async () => {
    const registry = await start();
    const accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";
    const response = await fetch(`${registry.url}/@acme%2fwidget`, { headers: { accept } });
    expect(response.headers.get("content-type")).toBe("application/vnd.npm.install-v1+json");
    const packument = await getJsonAt(`${registry.url}/@acme%2fwidget`, { accept });
    expect(Object.keys(packument).toSorted()).toEqual(["dist-tags", "modified", "name", "versions"]);
    expect(Object.keys(packument.versions["1.0.0"]).toSorted()).toEqual(["deprecated", "dist", "name", "version"]);
  });

  test("are revalidated by their tag, each form by its own", async () => {
    const registry = await start();
    const first = await fetch(`${registry.url}/@acme%2fwidget`);
    expect(first.headers.get("vary")).toBe("accept");
    const etag = first.headers.get("etag") ?? "";
    const headers = { "if-none-match": etag };
    expect((await fetch(`${registry.url}/@acme%2fwidget`, { headers })).status).toBe(304);
    const abbreviated = { ...headers, accept: "application/vnd.npm.install-v1+json" };
    expect((await fetch(`${registry.url}/@acme%2fwidget`, { headers: abbreviated })).status).toBe(200);
    registry.add({ ...widget, distTags: { latest: "1.0.0" } });
    expect((await fetch(`${registry.url}/@acme%2fwidget`, { headers })).status).toBe(200);
  });

  test("tell times: given ones, withdrawn versions' ones, and none where none is wanted", async () => {
    const registry = await start({
      packages: [
        {
          name: "a",
          versions: [
            { version: "1.0.0", publishedAt: "2023-01-01T00:00:00.000Z" },
            { version: "1.1.0", publishedAt: null },
          ],
          time: { "1.0.1": "2023-02-01T00:00:00.000Z" },
          distTags: { latest: "1.1.0", next: "2.0.0" },
        },
      ],
    });
    const packument = await getJson(registry, "/a");
    expect(packument.time).toEqual({
      created: "2023-01-01T00:00:00.000Z",
      modified: "2023-02-01T00:00:00.000Z",
      "1.0.0": "2023-01-01T00:00:00.000Z",
      "1.0.1": "2023-02-01T00:00:00.000Z",
    });
    expect(packument["dist-tags"]).toEqual({ latest: "1.1.0", next: "2.0.0" });
  });

  test("of a wholly unpublished package have times and no versions", async () => {
    const unpublished = { time: "2024-05-01T00:00:00.000Z", versions: ["1.0.0"] };
    const registry = await start({
      packages: [{ name: "acme-gone", time: { "1.0.0": "2024-01-01T00:00:01.000Z" }, unpublished }],
    });
    const packument = await getJson(registry, "/acme-gone");
    expect(packument).not.toHaveProperty("versions");
    expect(packument.time).toMatchObject({
      "1.0.0": "2024-01-01T00:00:01.000Z",
      modified: unpublished.time,
      unpublished,
    });
  });

  test("of unknown packages are answered 404", async () => {
    const registry = await start();
    expect((await fetch(`${registry.url}/@acme%2fother`)).status).toBe(404);
  });

  test("of five thousand versions with given integrity are cheap", async () => {
    const integrity = toIntegrity(Buffer.from("x"));
    const versions = Array.from({ length: 5_000 }, (_, index) => ({ version: `1.0.${index}`, integrity }));
    const registry = await start({ packages: [{ name: "many", versions }] });
    const before = performance.now();
    expect(Object.keys((await getJson(registry, "/many")).versions)).toHaveLength(5_000);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe("tarballs", () => {
  test("have the integrity that the packument tells, and hold their package.json", async () => {
    const registry = await start();
    const { dist } = (await getJson(registry, "/@acme%2fwidget")).versions["1.1.0"];
    expect(dist.tarball).toBe(`${registry.url}/@acme/widget/-/widget-1.1.0.tgz`);
    const bytes = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer());
    expect(toIntegrity(bytes)).toBe(dist.integrity);
    expect(readPackageJson(bytes)).toEqual({ name: "@acme/widget", version: "1.1.0", repository });
  });

  test("are the given bytes where some are given", async () => {
    const tarball = Buffer.from("alpha\n");
    const registry = await start({ packages: [{ name: "a", versions: [{ version: "1.0.0", tarball }] }] });
    const { dist } = (await getJson(registry, "/a")).versions["1.0.0"];
    expect(dist.integrity).toBe(toIntegrity(tarball));
    expect(await (await fetch(dist.tarball)).text()).toBe("alpha\n");
  });

  test("of unknown versions are answered 404", async () => {
    const registry = await start();
    expect((await fetch(`${registry.url}/@acme/widget/-/widget-9.0.0.tgz`)).status).toBe(404);
  });
});

describe("the attestations endpoint", () => {
  test.each(["@acme%2fwidget@1.1.0", "@acme%2Fwidget@1.1.0", "@acme/widget@1.1.0"])(
    "lists them for %s",
    async (spec) => {
      const registry = await start();
      expect(await getJson(registry, `/-/npm/v1/attestations/${spec}`)).toEqual({ attestations });
    },
  );

  test("does not see through an encoding of an encoding", async () => {
    const registry = await start();
    expect((await fetch(`${registry.url}/-/npm/v1/attestations/@acme%252fwidget@1.1.0`)).status).toBe(404);
  });

  test("answers 404 where none are advertised, and an empty list where an empty one is", async () => {
    const registry = await start({
      packages: [widget, { name: "a", versions: [{ version: "1.0.0", attestations: [] }] }],
    });
    expect((await fetch(`${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.0.0`)).status).toBe(404);
    expect(await getJson(registry, "/-/npm/v1/attestations/a@1.0.0")).toEqual({ attestations: [] });
    expect((await getJson(registry, "/a")).versions["1.0.0"].dist).toHaveProperty("attestations.url");
  });
});

describe("options", () => {
  test("a prefix is part of every address, and nothing lies outside it", async () => {
    const registry = await start({ packages: [widget], prefix: "/javascript" });
    expect(registry.url).toMatch(/\/javascript$/u);
    const { dist } = (await getJson(registry, "/@acme%2fwidget")).versions["1.1.0"];
    expect(dist.tarball.startsWith(`${registry.url}/`)).toBe(true);
    expect((await fetch(dist.tarball)).status).toBe(200);
    expect((await fetch(dist.attestations.url)).status).toBe(200);
    for (const outside of ["/@acme%2fwidget", "/typescript/@acme%2fwidget"]) {
      expect((await fetch(new URL(outside, registry.url))).status).toBe(404);
    }
  });

  test("a token is asked for everywhere", async () => {
    const registry = await start({ packages: [widget], token: "t0ken" });
    expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(401);
    const wrong = { headers: { authorization: "Bearer other" } };
    expect((await fetch(`${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.1.0`, wrong)).status).toBe(401);
    const right = { headers: { authorization: "Bearer t0ken" } };
    expect((await fetch(`${registry.url}/@acme%2fwidget`, right)).status).toBe(200);
  });

  test("without a key there are no keys", async () => {
    expect(await getJson(await start(), "/-/npm/v1/keys")).toEqual({ keys: [] });
  });

  test.each(["POST /@acme%2fwidget", "DELETE /@acme%2fwidget", "PUT /-/npm/v1/keys"])(
    "%s is refused",
    async (asked) => {
      const registry = await start();
      const [method = "", path] = asked.split(" ");
      expect((await fetch(`${registry.url}${path}`, { method, body: "{}" })).status).toBe(405);
    },
  );
});

test("requests are recorded as sent, with their authorization", async () => {
  const registry = await start();
  await fetch(`${registry.url}/@acme%2fwidget?write=true`, { headers: { authorization: "Bearer t0ken" } });
  await fetch(`${registry.url}/-/npm/v1/keys`, { method: "HEAD" });
  expect(registry.requests).toEqual([
    { method: "GET", path: "/@acme%2fwidget?write=true", authorization: "Bearer t0ken" },
    { method: "HEAD", path: "/-/npm/v1/keys", authorization: undefined },
  ]);
});
