import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrustSource, trustFromSeeds } from "../../src/index.ts";
import { serveTuf } from "@colophon/testkit";
import { REGISTRY, startEmbedded, type Embedded } from "../embedded.ts";

let embedded: Embedded;
let folder: string;
beforeAll(async () => {
  embedded = await startEmbedded();
  folder = await mkdtemp(join(tmpdir(), "colophon-trust-"));
});
afterAll(async () => {
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
});

const write = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

describe("offline", () => {
  test("takes what is bundled, tells how old it is, and asks nobody", async () => {
    const asked: string[] = [];
    const root = await createTrustSource({ offline: true, onRequest: (host) => asked.push(host) }).load();
    expect(asked).toEqual([]);
    expect(root.warnings).toEqual([]);
    expect(root.description).toMatch(/bundled with @sigstore\/tuf \d+\.\d+\.\d+, newest key from \d{4}-\d\d-\d\d$/);
    expect(root.trustedRoots[0].certificateAuthorities.length).toBeGreaterThan(0);
    expect(root.registryKeys.length).toBeGreaterThan(0);
    expect(root.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("loads once", async () => {
    const source = createTrustSource({ offline: true });
    expect(await source.load()).toBe(await source.load());
  });
});

describe("the user's own files", () => {
  test("replace authorities and logs, and leave the bundled registry keys", async () => {
    const trustedRootFile = await write("root.json", JSON.stringify(embedded.sigstore.trustedRoot));
    const [own, bundled] = [await createTrustSource({ offline: true, trustedRootFile }).load(), await trustFromSeeds()];
    expect(own.trustedRoots[0].tlogs.map((log) => log.baseUrl)).not.toEqual(
      bundled.trustedRoots[0].tlogs.map((log) => log.baseUrl),
    );
    expect(own.registryKeys.map((key) => key.keyId)).toEqual(bundled.registryKeys.map((key) => key.keyId));
    expect(own.description).toContain(trustedRootFile);
  });

  test("open no socket for the registry keys alone", async () => {
    const trustedRootFile = await write("root.json", JSON.stringify(embedded.sigstore.trustedRoot));
    const asked: string[] = [];
    await createTrustSource({ offline: false, trustedRootFile, onRequest: (host) => asked.push(host) }).load();
    expect(asked).toEqual([]);
  });

  test("replace the keys of a registry and leave those of others", async () => {
    const bundled = await trustFromSeeds();
    const host = bundled.registryKeys[0]?.host ?? "";
    const keys = await write("keys.json", JSON.stringify(embedded.sigstore.registryKeys));
    const load = async (files: Record<string, string>): Promise<readonly string[]> => {
      const root = await createTrustSource({ offline: true, registryKeyFiles: files }).load();
      return root.registryKeys.map((key) => `${key.host} ${key.keyId}`);
    };
    const { keyId } = embedded.sigstore.registryKey;
    expect(await load({ [host.toUpperCase()]: keys })).toEqual([`${host} ${keyId}`]);
    expect(await load({ [REGISTRY]: keys })).toEqual([
      ...bundled.registryKeys.map((key) => `${key.host} ${key.keyId}`),
      `${REGISTRY} ${keyId}`,
    ]);
  });

  test("make another digest, and equal ones the same", async () => {
    const trustedRootFile = await write("root.json", JSON.stringify(embedded.sigstore.trustedRoot));
    const copy = await write("copy.json", JSON.stringify(embedded.sigstore.trustedRoot, null, 2));
    const keys = await write("keys.json", JSON.stringify(embedded.sigstore.registryKeys));
    const options = [
      { trustedRootFile },
      { trustedRootFile: copy },
      { trustedRootFile, registryKeyFiles: { [REGISTRY]: keys } },
      {},
    ];
    const roots = await Promise.all(options.map((option) => createTrustSource({ offline: true, ...option }).load()));
    const [first, same, withKeys, bundled] = roots.map(({ digest }) => digest);
    expect(same).toBe(first);
    expect(new Set([first, withKeys, bundled]).size).toBe(3);
  });

  test.each<[string, string | undefined, string]>([
    ["is not there", undefined, "TRUST_ROOT_UNREADABLE"],
    ["is not JSON", "<html>", "TRUST_ROOT_INVALID"],
    ["is a list", "[]", "TRUST_ROOT_INVALID"],
    ["has another media type", '{"mediaType":"application/json"}', "TRUST_ROOT_INVALID"],
    ["is empty", '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}', "TRUST_ROOT_INVALID"],
  ])("are named where a trusted root %s", async (_title, content, code) => {
    const trustedRootFile = content === undefined ? join(folder, "absent.json") : await write("bad.json", content);
    await expect(createTrustSource({ offline: true, trustedRootFile }).load()).rejects.toMatchObject({
      name: "SigstoreError",
      code,
      message: expect.stringContaining(trustedRootFile) as string,
    });
  });

  test("are refused where they are something larger", async () => {
    const trustedRootFile = await write("large.json", " ".repeat(16 * 1024 * 1024 + 1));
    await expect(createTrustSource({ offline: true, trustedRootFile }).load()).rejects.toMatchObject({
      code: "TRUST_ROOT_UNREADABLE",
      message: expect.stringContaining("more than") as string,
    });
  });

  test("are refused where a good root says another media type", async () => {
    const root = { ...embedded.sigstore.trustedRoot, mediaType: "application/vnd.dev.sigstore.trustedroot.v9+json" };
    const trustedRootFile = await write("v9.json", JSON.stringify(root));
    await expect(createTrustSource({ offline: true, trustedRootFile }).load()).rejects.toMatchObject({
      code: "TRUST_ROOT_INVALID",
    });
  });

  test("are refused where a log has no start of validity, or a key that is none", async () => {
    const text = JSON.stringify(embedded.sigstore.trustedRoot);
    for (const change of ["start", "key"]) {
      const root = JSON.parse(text) as { tlogs: { publicKey: { rawBytes: string; validFor: object } }[] };
      for (const { publicKey } of root.tlogs) {
        if (change === "start") publicKey.validFor = {};
        else publicKey.rawBytes = "AAAA";
      }
      const trustedRootFile = await write(`${change}.json`, JSON.stringify(root));
      await expect(createTrustSource({ offline: true, trustedRootFile }).load()).rejects.toMatchObject({
        code: "TRUST_ROOT_INVALID",
      });
    }
  });

  test.each([
    ["is not there", undefined, "REGISTRY_KEYS_UNREADABLE"],
    ["is something else", "{}", "REGISTRY_KEYS_INVALID"],
  ])("are named where a registry's keys file %s", async (_title, content, code) => {
    const path = content === undefined ? join(folder, "absent.json") : await write("bad-keys.json", content);
    const source = createTrustSource({ offline: true, registryKeyFiles: { [REGISTRY]: path } });
    await expect(source.load()).rejects.toMatchObject({ code, message: expect.stringContaining(path) as string });
  });
});

describe("a TUF repository", () => {
  const targets = (): Record<string, string> => ({
    "trusted_root.json": JSON.stringify(embedded.sigstore.trustedRoot),
    [`${REGISTRY}/keys.json`]: JSON.stringify(embedded.sigstore.registryKeys),
  });

  test("gives the trust root and the keys of every registry that it has", async () => {
    const repository = await serveTuf(targets());
    const asked: string[] = [];
    const tufCacheDir = await mkdtemp(join(folder, "cache-"));
    const tufRootPath = await write("tuf-root.json", repository.root);
    const options = { offline: false, tufMirrorUrl: `${repository.url}/`, tufRootPath, tufCacheDir };
    const root = await createTrustSource({ ...options, onRequest: (host) => asked.push(host) }).load();
    await repository.close();
    expect(root.trustedRoots[0].tlogs.map((log) => log.baseUrl)).toEqual(
      embedded.sigstore.trustedRoot.tlogs.map((log) => log.baseUrl),
    );
    const { registryKeys: bundled } = await createTrustSource({ offline: true }).load();
    expect(root.registryKeys).toEqual([expect.objectContaining({ host: REGISTRY }), ...bundled]);
    expect(root.registryKeys[0]?.keyId).toBe(embedded.sigstore.registryKey.keyId);
    expect(root.warnings).toEqual([]);
    expect(asked).toEqual([new URL(repository.url).host]);
    expect(root.description).toContain(asked[0]);
  });

  test("that fails is replaced by what is bundled, with a warning that says how old it is and what to do", async () => {
    const repository = await serveTuf(undefined);
    const tufCacheDir = await mkdtemp(join(folder, "cache-"));
    const tufMirrorUrl = repository.url.replace("//", "//user:hunter2@");
    const [root, bundled] = [
      await createTrustSource({ offline: false, tufMirrorUrl, tufCacheDir }).load(),
      await createTrustSource({ offline: true }).load(),
    ];
    await repository.close();
    expect(root.digest).toBe(bundled.digest);
    const [warning, ...rest] = root.warnings;
    expect(rest).toEqual([]);
    expect(warning).toMatchObject({
      code: "trust-root-bundled",
      message: expect.stringContaining(bundled.description) as string,
    });
    expect(warning?.message).toContain("give a trusted root as a file");
    expect(JSON.stringify(root.warnings)).not.toContain("hunter2");
  });

  test("is asked once for each file, without trying again", async () => {
    const repository = await serveTuf(undefined);
    const tufCacheDir = await mkdtemp(join(folder, "cache-"));
    await createTrustSource({ offline: false, tufMirrorUrl: repository.url, tufCacheDir }).load();
    await repository.close();
    expect(repository.requests).toHaveLength(new Set(repository.requests).size);
    expect(repository.requests.length).toBeGreaterThan(0);
  });

  test("of the user's own that fails is an error: the public-good root must not stand in for it", async () => {
    const other = await serveTuf(targets());
    const tufRootPath = await write("other-root.json", other.root);
    await other.close();
    const tufCacheDir = await mkdtemp(join(folder, "cache-"));
    const source = createTrustSource({ offline: false, tufMirrorUrl: other.url, tufRootPath, tufCacheDir });
    await expect(source.load()).rejects.toMatchObject({
      code: "TRUST_ROOT_UNAVAILABLE",
      message: expect.stringContaining(tufRootPath) as string,
    });
  });

  test("of the user's own is not replaced by the public-good one offline, where no file is given", async () => {
    const tufRootPath = await write("own-root.json", "{}");
    const options = { offline: true, tufMirrorUrl: "http://127.0.0.1:9", tufRootPath };
    await expect(createTrustSource(options).load()).rejects.toMatchObject({
      code: "TRUST_ROOT_UNAVAILABLE",
      message: expect.stringContaining("offline") as string,
    });
    const trustedRootFile = await write("own.json", JSON.stringify(embedded.sigstore.trustedRoot));
    const root = await createTrustSource({ ...options, trustedRootFile }).load();
    expect(root.description).toContain(trustedRootFile);
  });

  test("whose target was altered is not believed", async () => {
    const good = await serveTuf(targets());
    const tufRootPath = await write("good-root.json", good.root);
    await good.close();
    const forged = await serveTuf(targets());
    const tufCacheDir = await mkdtemp(join(folder, "cache-"));
    const source = createTrustSource({ offline: false, tufMirrorUrl: forged.url, tufRootPath, tufCacheDir });
    await expect(source.load()).rejects.toMatchObject({ code: "TRUST_ROOT_UNAVAILABLE" });
    await forged.close();
  });
});
