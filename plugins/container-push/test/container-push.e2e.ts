import { generateKeyPairSync } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Request } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { open, receiptOf, type World } from "./world.ts";

const SOURCE = ["--source-repository", "https://github.com/acme/widget"];
const other = `sha256:${"0".repeat(64)}`;

/** What a builder leaves of the image, and the arguments that name it. */
const OUTPUTS: Record<string, (world: World) => { file?: [string, string]; args: string[]; stdin?: string }> = {
  "buildx's metadata": ({ name, image: { digest } }) => ({
    file: ["m.json", JSON.stringify({ "containerimage.digest": digest, "image.name": `${name}:1.4.0,${name}:latest` })],
    args: ["--metadata-file", "m.json"],
  }),
  "a digest file and a name": ({ name, image }) => ({
    file: ["digest", image.digest],
    args: [`${name}:1.4.0`, "--digest-file", "digest"],
  }),
  "what docker push printed": ({ name, image }) => ({
    args: ["--push-log", "-"],
    stdin: `The push refers to repository [${name}]\n1.4.0: digest: ${image.digest} size: 949\n`,
  }),
  "a reference with its digest": ({ name, image }) => ({ args: [`${name}:1.4.0@${image.digest}`] }),
  "a tag alone": ({ name }) => ({ args: [`oci://${name}:1.4.0`] }),
};

describe("an image that was pushed", () => {
  test.each(Object.keys(OUTPUTS))(
    "is attested by %s, index and platforms, and proven to whoever asks",
    async (form) => {
      const world = await open(form === "a digest file and a name" ? { referrers: 404 } : {});
      const { file, args, stdin = "" } = OUTPUTS[form]!(world);
      if (file !== undefined) await world.write(...file);
      const done = await world.push([...args, "--json"], { stdin });
      expect(done.code, done.stderr).toBe(0);
      const receipt = receiptOf(done);
      expect(receipt).toMatchObject({ status: "sealed", statements: [{ subjects: 3 }] });
      expect(receipt.warnings.map(({ code }) => code)).toEqual(
        form === "a tag alone"
          ? expect.arrayContaining(["digest-from-tag"])
          : expect.not.arrayContaining(["digest-from-tag"]),
      );
      const stores = receipt.statements[0]?.deposits.map(({ store, status }) => `${store} ${status}`);
      expect(stores).toEqual(["folder proven", "oci proven", "oci proven", "oci proven"]);
      for (const digest of [world.image.digest, ...Object.values(world.image.platforms)])
        expect(await world.colophon("verify", `oci://${world.name}@${digest}`, ...SOURCE)).toMatchObject({ code: 0 });
    },
  );

  test("in two registries under several tags is attested once, and attached in each", async () => {
    const world = await open();
    const mirror = await open();
    const digests = mirror.registry.addImage("mirror/widget", ["1.4.0"], {
      platforms: ["linux/amd64", "linux/arm64"],
      text: "acme/widget:1.4.0",
    });
    expect(digests.digest).toBe(world.image.digest);
    const copy = `${mirror.registry.host}/mirror/widget`;
    const done = await world.push([`${world.name}:1.4.0`, `${world.name}:latest`, `${copy}:1.4.0`, "--json"]);
    expect(done.code, done.stderr).toBe(0);
    expect(receiptOf(done)).toMatchObject({ objects: { length: 6 }, statements: [{ subjects: 6 }] });
    expect(world.sigstore.requests.filter(({ path }) => path.includes("signingCert"))).toHaveLength(1);
    expect(await world.colophon("verify", `oci://${copy}:1.4.0`, ...SOURCE)).toMatchObject({ code: 0 });
  });
});

describe("what is refused before anything is signed", () => {
  const CASES: Record<string, [number, string, (world: World) => string[] | Promise<string[]>]> = {
    "a digest that is a platform's config": [
      2,
      "DIGEST_IS_NOT_MANIFEST",
      async (world) => {
        const { config } = await manifestOf(world, "acme/widget", world.image.platforms["linux/arm64"]!);
        return [`${world.name}:1.4.0@${config.digest}`];
      },
    ],
    "a digest that is a chart's config": [
      2,
      "DIGEST_IS_NOT_MANIFEST",
      async (world) => {
        const chart = world.registry.addChart("charts/widget", { name: "widget", version: "1.4.0" });
        const { config } = await manifestOf(world, "charts/widget", chart);
        return [`${world.name.replace("acme", "charts")}:1.4.0@${config.digest}`];
      },
    ],
    "a digest that is a chart's archive": [
      2,
      "DIGEST_IS_NOT_MANIFEST",
      async (world) => {
        const chart = world.registry.addChart("charts/widget", { name: "widget", version: "1.4.0" });
        const { layers } = await manifestOf(world, "charts/widget", chart);
        await world.write("log", `Pushed: ${world.registry.host}/charts/widget:1.4.0\nDigest: ${layers[0]?.digest}\n`);
        return ["--push-log", "log"];
      },
    ],
    "a tag that moved since": [
      1,
      "TAG_MOVED",
      ({ registry, name, image }) => {
        registry.addImage("acme/widget", ["1.4.0"], { text: "moved" });
        return [`${name}:1.4.0@${image.digest}`];
      },
    ],
    "one of a build's tags that leads elsewhere": [
      1,
      "TAG_MOVED",
      async ({ registry, name, image, write }) => {
        registry.addImage("acme/widget", ["latest"], { text: "moved" });
        const told = { "containerimage.digest": image.digest, "image.name": `${name}:1.4.0,${name}:latest` };
        await write("m.json", JSON.stringify(told));
        return ["--metadata-file", "m.json"];
      },
    ],
    "an image that nobody may see": [1, "ACCESS_DENIED", ({ name }) => [`${name.replace("widget", "secret")}:1`]],
    "capitals in a name": [2, "REFERENCE_UPPER_CASE", ({ name }) => [`${name.replace("widget", "Widget")}:1`]],
    "a name that the builder does not know the digest of": [
      2,
      "PUSHED_UNMATCHED",
      async ({ name, image, write }) => {
        await write("digests", `${image.digest}\n${other}\n`);
        return [`${name}:1.4.0`, "--digest-file", "digests"];
      },
    ],
    "a builder that says another digest than the user": [
      2,
      "PUSHED_UNMATCHED",
      async ({ name, image, write }) => {
        await write("digest", other);
        return [`${name}@${image.digest}`, "--digest-file", "digest"];
      },
    ],
    "a bare digest without a name": [
      2,
      "PUSHED_UNMATCHED",
      async ({ image, write }) => {
        await write("digest", image.digest);
        return ["--digest-file", "digest"];
      },
    ],
    "an empty file of a builder that failed": [
      2,
      "NOTHING_PUSHED",
      async ({ write }) => {
        await write("m.json", "");
        return ["--metadata-file", "m.json"];
      },
    ],
    "a file that is not there": [2, "OUTPUT_UNREADABLE", () => ["--metadata-file", "m.json"]],
    "no image at all": [2, "USAGE", () => []],
    "a flag that there is not": [2, "USAGE", () => ["--sign"]],
    "a registry that has the fallback tag for something else": [
      1,
      "fallback-tag-occupied",
      ({ registry, name, image }) => {
        registry.addImage("acme/widget", [image.digest.replace(":", "-")], { text: "occupied" });
        return [`${name}:1.4.0`];
      },
    ],
  };

  test.each(Object.keys(CASES))("%s", async (title) => {
    const [code, shown, args] = CASES[title]!;
    const isFallback = shown === "fallback-tag-occupied";
    const world = await open({ denied: { "acme/secret": 403 }, ...(isFallback ? { referrers: 404 } : {}) });
    const done = await world.push([...(await args(world)), "--read-back-timeout", "0"]);
    expect(done).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(`(${shown})`) as string });
    expect(done.stderr).toContain("→");
    expect(world.sigstore.requests).toEqual([]);
    expect(world.registry.requests.filter(({ method }) => !["GET", "HEAD"].includes(method))).toEqual([]);
  });
});

describe("a registry, or another service, that has a bad day", () => {
  const isManifestPut = ({ method, path }: Request): boolean => method === "PUT" && path.includes("/manifests/");

  test("lets this login read alone: that is told before anything is signed", async () => {
    const world = await open();
    world.registry.respond(({ method }) => method === "POST", 403);
    const done = await world.push([`${world.name}:1.4.0@${world.image.digest}`, "--json"]);
    expect(done.code, done.stderr).toBe(1);
    expect(receiptOf(done)).toMatchObject({ statements: [{ signed: "not", reason: { code: "access-denied" } }] });
    expect(world.sigstore.requests).toEqual([]);
  });

  test("lags behind its pushes, and is waited for", async () => {
    const world = await open();
    const isTag = ({ path }: Request): boolean => path.endsWith("/manifests/1.4.0");
    world.registry.respond(isTag, [404, 404, "serve"]);
    const done = await world.push([`${world.name}:1.4.0@${world.image.digest}`, "--json"]);
    expect(done.code, done.stderr).toBe(0);
    expect(receiptOf(done).warnings.map(({ code }) => code)).not.toContain("tag-not-there");
  });

  test("fails while attestations are attached: that is told, and a rerun completes without signing again", async () => {
    const world = await open();
    world.registry.respond(isManifestPut, 503);
    const args = [`${world.name}:1.4.0@${world.image.digest}`, "--json"];
    const first = await world.push(args);
    expect(first.code, first.stderr).toBe(3);
    expect(receiptOf(first)).toMatchObject({
      status: "incomplete",
      statements: [{ signed: "now", status: "unreachable" }],
    });
    world.registry.respond(isManifestPut, "serve");
    const second = await world.push(args);
    expect(second.code, second.stderr).toBe(0);
    expect(receiptOf(second)).toMatchObject({ status: "sealed", statements: [{ signed: "earlier" }] });
    expect(world.sigstore.requests.filter(({ path }) => path.includes("signingCert"))).toHaveLength(1);
  });

  test.each<[string, { runId?: string; attempt?: string }, "earlier" | "now"]>([
    ["another attempt of the same run", { attempt: "2" }, "earlier"],
    ["another run", { runId: "42" }, "now"],
  ])(
    "was attested, and nothing else is left of that: %s takes up what is there only if it is its own",
    async (_, change, signed) => {
      const world = await open();
      const args = [`${world.name}:1.4.0@${world.image.digest}`, "--json"];
      expect(await world.push(args)).toMatchObject({ code: 0 });
      await rm(join(world.folder, "dist"), { recursive: true });
      const later = await world.push(args, { env: await world.jobOf(change) });
      expect(later.code, later.stderr).toBe(0);
      expect(receiptOf(later)).toMatchObject({ status: "sealed", statements: [{ signed }] });
      const certificates = world.sigstore.requests.filter(({ path }) => path.includes("signingCert"));
      expect(certificates).toHaveLength(signed === "earlier" ? 1 : 2);
    },
  );

  test("moves a tag between push and attest: nothing is signed, and the receipt says why", async () => {
    const world = await open();
    let asked = 0;
    world.registry.respond(
      ({ path }) => path.endsWith("/manifests/1.4.0") && (asked += 1) === 2,
      (usual) => ({ ...usual, headers: { ...usual.headers, "docker-content-digest": other } }),
    );
    const done = await world.push([`${world.name}:1.4.0@${world.image.digest}`, "--json"]);
    expect(done.code, done.stderr).toBe(1);
    expect(receiptOf(done)).toMatchObject({ statements: [{ signed: "not", reason: { code: "subject-changed" } }] });
    expect(world.sigstore.requests).toEqual([]);
  });
});

test("as GoReleaser runs it, without the environment of the job, it names what is not there, and signs with a key", async () => {
  const world = await open();
  const args = [`${world.name}@${world.image.digest}`];
  const scrubbed = await world.push(args, { env: {} });
  expect(scrubbed.code).toBe(2);
  expect(scrubbed.stderr).toMatch(/identity.*\n.*→.*hand on the job's environment/s);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await world.write("key.pem", privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  await world.write("colophon.config.json", JSON.stringify({ sign: { key: "key.pem" } }));
  const keyed = await world.push([...args, "--json"], { env: {} });
  expect(keyed.code, keyed.stderr).toBe(0);
  expect(receiptOf(keyed)).toMatchObject({ status: "sealed" });
});

test("what is refused is told as a receipt too, and names no file that was not made", async () => {
  const world = await open();
  world.registry.addImage("acme/widget", ["1.4.0"], { text: "moved" });
  const args = [`${world.name}:1.4.0@${world.image.digest}`, "--read-back-timeout", "0", "--json"];
  const done = await world.push(args);
  expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining("(TAG_MOVED)") as string });
  expect(receiptOf(done)).toMatchObject({ status: "refused", objects: [], reason: { code: "TAG_MOVED" } });
});

test("a dry run confirms and shows what would be signed, and leaves no trace", async () => {
  const world = await open();
  const done = await world.push([`${world.name}:1.4.0`, "--dry-run"]);
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(world.image.digest) as string });
  expect(world.sigstore.requests).toEqual([]);
  expect(world.registry.requests.every(({ method }) => method === "GET" || method === "HEAD")).toBe(true);
});

interface ManifestParts {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

async function manifestOf({ registry }: World, repository: string, digest: string): Promise<ManifestParts> {
  const answer = await fetch(`${registry.url}/v2/${repository}/manifests/${digest}`);
  return (await answer.json()) as ManifestParts;
}
