import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  buildNpmProvenance,
  buildPackageTarball,
  startNpmRegistry,
  startSigstore,
  toIntegrity,
  toUnsignedToken,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type GitHubIdentity,
  type NpmRegistryOptions,
} from "../../src/index.ts";
import { getJson } from "../get-json.ts";
import { verifyBundle } from "../sigstore/verify.ts";

const identity: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};
const name = "@acme/widget";
const tarball = buildPackageTarball({ name, version: "1.0.0" });
const sha512 = createHash("sha512").update(tarball).digest("hex");
const statement = buildNpmProvenance({ name, version: "1.0.0", sha512 }, identity);

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

async function start(options: NpmRegistryOptions = {}): Promise<EmbeddedNpmRegistry> {
  const registry = await startNpmRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

const bundleOf = async (signed: object): Promise<string> =>
  JSON.stringify(await sigstore.attest({ statement: signed, identity }));

/** What the npm client sends to publish. */
function toBody(version = "1.0.0", { bundle, tag = "latest", ...further }: Record<string, unknown> = {}): object {
  const manifest = {
    name,
    version,
    description: "A widget",
    dist: { integrity: "from the client", tarball: "http://x" },
  };
  return {
    _id: name,
    name,
    "dist-tags": { [tag as string]: version },
    versions: { [version]: manifest },
    access: null,
    _attachments: {
      [`${name}-${version}.tgz`]: { data: tarball.toString("base64"), length: tarball.length },
      ...(bundle === undefined ? {} : { [`${name}-${version}.sigstore`]: { data: bundle } }),
    },
    ...further,
  };
}

async function send(registry: EmbeddedNpmRegistry, method: string, path: string, body?: unknown, token?: string) {
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const text = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${registry.url}${path}`, { method, headers, body: text });
  return { status: response.status, ...((await response.json()) as { error?: string; token?: string }) };
}

const put = (registry: EmbeddedNpmRegistry, body: object, token?: string) =>
  send(registry, "PUT", "/@acme%2fwidget", body, token);

describe("a publish", () => {
  test("is stored byte for byte, with the manifest, the dist-tag and the digests of the bytes", async () => {
    const registry = await start();
    expect((await put(registry, toBody())).status).toBe(201);
    const packument = await getJson(`${registry.url}/@acme%2fwidget`);
    expect(packument["dist-tags"]).toEqual({ latest: "1.0.0" });
    const { dist, description, _npmUser } = packument.versions["1.0.0"];
    expect({ description, _npmUser }).toEqual({ description: "A widget" });
    expect(dist).toEqual({
      integrity: toIntegrity(tarball),
      shasum: createHash("sha1").update(tarball).digest("hex"),
      tarball: `${registry.url}/@acme/widget/-/widget-1.0.0.tgz`,
    });
    expect(Buffer.from(await (await fetch(dist.tarball)).arrayBuffer()).equals(tarball)).toBe(true);
    expect(Math.abs(Date.parse(packument.time["1.0.0"]) - Date.now())).toBeLessThan(60_000);
    expect(registry.publications).toMatchObject([{ name, version: "1.0.0", bundle: undefined }]);
  });

  test("leaves the other versions and dist-tags alone", async () => {
    const registry = await start({ packages: [{ name, versions: [{ version: "0.9.0" }] }] });
    await put(registry, toBody("1.0.0-rc.1", { tag: "next" }));
    const packument = await getJson(`${registry.url}/@acme%2fwidget`);
    expect(packument["dist-tags"]).toEqual({ latest: "0.9.0", next: "1.0.0-rc.1" });
    expect(Object.keys(packument.versions)).toEqual(["0.9.0", "1.0.0-rc.1"]);
  });

  test("of a first version makes it the latest, whatever its tag", async () => {
    const registry = await start();
    await put(registry, toBody("1.0.0", { tag: "next" }));
    const packument = await getJson(`${registry.url}/@acme%2fwidget`);
    expect(packument["dist-tags"]).toEqual({ latest: "1.0.0", next: "1.0.0" });
  });

  test("of a version that is there is refused as npm's registry does", async () => {
    const registry = await start();
    await put(registry, toBody());
    const error = "You cannot publish over the previously published versions: 1.0.0.";
    expect(await put(registry, toBody())).toEqual({ status: 403, error });
    expect(registry.publications).toHaveLength(1);
  });

  test.each([
    ["a body that is no JSON object", []],
    ["another name", toBody("1.0.0", { name: "other" })],
    ["no tarball", toBody("1.0.0", { _attachments: {} })],
    ["two versions", toBody("1.0.0", { versions: { "1.0.0": {}, "1.0.1": {} } })],
  ])("with %s is refused", async (_, body) => {
    const registry = await start();
    expect((await put(registry, body)).status).toBe(400);
    expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(404);
  });

  test.each([201, 500])("may be stored and answered %i all the same", async (status) => {
    const registry = await start();
    registry.respond(({ method }) => method === "PUT", [(usual) => ({ ...usual, status }), "serve"]);
    expect((await put(registry, toBody())).status).toBe(status);
    expect((await put(registry, toBody())).status).toBe(403);
  });
});

describe("provenance that comes with a publish", () => {
  test("is listed as sent, beside the registry's own attestation, and both verify", async () => {
    const registry = await start({ sigstore });
    const bundle = await bundleOf(statement);
    await put(registry, toBody("1.0.0", { bundle }));
    const { dist } = (await getJson(`${registry.url}/@acme%2fwidget`)).versions["1.0.0"];
    expect(dist.attestations.provenance).toEqual({ predicateType: "https://slsa.dev/provenance/v1" });
    expect(dist.signatures[0].keyid).toBe(sigstore.registryKey.keyId);
    const [publish, provenance] = (await getJson(dist.attestations.url)).attestations;
    expect(provenance.bundle).toEqual(JSON.parse(bundle));
    expect(registry.publications[0]?.bundle).toBe(bundle);
    verifyBundle(sigstore, provenance.bundle);
    expect(verifyBundle(sigstore, publish.bundle).identity).toBeUndefined();
    const payload = JSON.parse(Buffer.from(publish.bundle.dsseEnvelope.payload, "base64").toString());
    expect(payload.subject).toEqual(statement.subject);
    expect(payload.predicate).toEqual({ name, version: "1.0.0", registry: registry.url });
  });

  test("is dropped by a mirror, which keeps neither attestations nor signatures", async () => {
    const registry = await start({ sigstore, mirror: true });
    const bundle = await bundleOf(statement);
    expect((await put(registry, toBody("1.0.0", { bundle }))).status).toBe(201);
    const { dist } = (await getJson(`${registry.url}/@acme%2fwidget`)).versions["1.0.0"];
    expect(Object.keys(dist)).toEqual(["integrity", "shasum", "tarball"]);
    expect((await fetch(`${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.0.0`)).status).toBe(404);
    expect(registry.publications[0]?.bundle).toBe(bundle);
  });

  test.each([
    ["no subject", { ...statement, subject: [] }, "exactly one subject"],
    ["two subjects", { ...statement, subject: [...statement.subject, ...statement.subject] }, "exactly one subject"],
    [
      "another version",
      buildNpmProvenance({ name, version: "1.0.1", sha512 }, identity),
      "@1.0.1 is not pkg:npm/%40acme",
    ],
    ["other bytes", buildNpmProvenance({ name, version: "1.0.0", sha512: "0".repeat(128) }, identity), "sha512"],
    ["no statement", undefined, "no statement"],
  ])("is refused for %s, and nothing is stored", async (_, signed, reason) => {
    const registry = await start({ sigstore });
    const bundle = signed === undefined ? "{}" : await bundleOf(signed);
    const answer = await put(registry, toBody("1.0.0", { bundle }));
    expect(answer).toEqual({ status: 422, error: expect.stringContaining(reason) });
    expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(404);
  });
});

describe("tokens", () => {
  const idToken = (claims: object): string => toUnsignedToken({ aud: "npm:registry.acme.example", ...claims });
  const exchange = (registry: EmbeddedNpmRegistry, token: string, path = "@acme%2fwidget") =>
    send(registry, "POST", `/-/npm/v1/oidc/token/exchange/package/${path}`, undefined, token);

  test("are asked for to write, while everyone reads", async () => {
    const registry = await start({ publishToken: "t0ken" });
    expect((await put(registry, toBody())).status).toBe(401);
    expect((await put(registry, toBody(), "other")).status).toBe(401);
    expect((await put(registry, toBody(), "t0ken")).status).toBe(201);
    expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(200);
    const whoami = (token?: string) => send(registry, "GET", "/-/whoami", undefined, token);
    expect(await whoami("t0ken")).toEqual({ status: 200, username: "acme" });
    expect((await whoami()).status).toBe(401);
  });

  test.each([{ token: "t0ken" }, { publishToken: "t0ken" }])(
    "are had for an identity token where a publisher is trusted (%o), for that package alone",
    async (options) => {
      const registry = await start({ ...options, trustedPublishers: [name] });
      const { status, token = "" } = await exchange(registry, idToken({}));
      expect(status).toBe(201);
      expect((await send(registry, "PUT", "/other", toBody("1.0.0", { name: "other" }), token)).status).toBe(404);
      expect((await send(registry, "GET", "/-/whoami", undefined, token)).status).toBe(401);
      expect((await put(registry, toBody(), token)).status).toBe(201);
      const headers = { authorization: `Bearer ${token}` };
      const packument = await getJson(`${registry.url}/@acme%2fwidget`, headers);
      expect(packument.versions["1.0.0"]._npmUser.trustedPublisher.id).toBe("github");
    },
  );

  test("are not had for another package, or for anything but an identity token for npm", async () => {
    const registry = await start({ trustedPublishers: [name] });
    expect((await exchange(registry, idToken({}), "other")).status).toBe(404);
    expect((await exchange(registry, idToken({ aud: "sigstore" }))).status).toBe(401);
    expect((await exchange(registry, "t0ken")).status).toBe(401);
  });
});

test("a version made by hand shows who let it out, as pnpm's trustPolicy looks for it", async () => {
  const versions = [
    { version: "1.0.0" },
    { version: "1.1.0", publisher: "trustedPublisher" },
    { version: "1.2.0", publisher: "stagedPublish" },
  ] as const;
  const registry = await start({ packages: [{ name: "a", versions }] });
  const packument = await getJson(`${registry.url}/a`);
  const seen = versions.map(({ version }) => Object.keys(packument.versions[version]._npmUser ?? {}));
  expect(seen).toEqual([[], ["name", "email", "trustedPublisher"], ["name", "email", "trustedPublisher", "approver"]]);
});

test("dist-tags are listed, moved and taken away; visibility and ping are answered", async () => {
  const registry = await start({ packages: [{ name, versions: [{ version: "1.0.0" }, { version: "1.1.0" }] }] });
  const tags = "/-/package/@acme%2fwidget/dist-tags";
  expect(await getJson(`${registry.url}${tags}`)).toEqual({ latest: "1.1.0" });
  expect((await send(registry, "PUT", `${tags}/beta`, "1.0.0")).status).toBe(201);
  expect((await send(registry, "PUT", `${tags}/beta`, "9.0.0")).status).toBe(404);
  expect((await send(registry, "PUT", `${tags}/beta`, {})).status).toBe(405);
  expect((await send(registry, "DELETE", `${tags}/latest`)).status).toBe(200);
  expect((await getJson(`${registry.url}/@acme%2fwidget`))["dist-tags"]).toEqual({ beta: "1.0.0" });
  expect(await getJson(`${registry.url}/-/package/@acme%2fwidget/visibility`)).toEqual({ public: true });
  await put(registry, toBody("2.0.0", { access: "restricted" }));
  await put(registry, toBody("2.1.0"));
  expect(await getJson(`${registry.url}/-/package/@acme%2fwidget/visibility`)).toEqual({ public: false });
  expect((await send(registry, "GET", "/-/package/@acme%2fother/visibility")).status).toBe(404);
  expect((await send(registry, "GET", "/-/ping")).status).toBe(200);
});

test("a version that is published is seen late, each of its faces by its own count", async () => {
  const known = { name, versions: [{ version: "0.9.0" }] };
  const lag = { packument: 2, tarball: 1, attestations: 3 };
  const registry = await start({ packages: [known], lag });
  await put(registry, toBody("1.0.0", { bundle: await bundleOf(statement) }));
  const statuses = async (path: string, times: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let turn = 0; turn < times; turn += 1) seen.push((await fetch(`${registry.url}${path}`)).status);
    return seen;
  };
  expect(await statuses("/@acme/widget/-/widget-1.0.0.tgz", 2)).toEqual([404, 200]);
  expect(await statuses("/-/npm/v1/attestations/@acme%2fwidget@1.0.0", 4)).toEqual([404, 404, 404, 200]);
  const latest: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    latest.push((await getJson(`${registry.url}/@acme%2fwidget`))["dist-tags"].latest);
  }
  expect(latest).toEqual(["0.9.0", "0.9.0", "1.0.0"]);
  expect((await put(registry, toBody("1.0.0"))).status).toBe(403);
  registry.publish(name, { version: "1.0.1" });
  expect(await statuses("/@acme/widget/-/widget-1.0.1.tgz", 1)).toEqual([200]);
});

test("a package whose first version is late is unknown until then", async () => {
  const registry = await start({ lag: { packument: 1 } });
  await put(registry, toBody());
  expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(404);
  expect((await fetch(`${registry.url}/@acme%2fwidget`)).status).toBe(200);
});
