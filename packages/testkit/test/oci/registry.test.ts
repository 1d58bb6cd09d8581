import { describe, expect, test } from "vitest";
import { toDigest } from "../../src/oci/content.ts";
import { ask, EMPTY, pushBlob, pushManifest, start, digestOf } from "./client.ts";

const EMPTY_CONFIG = { mediaType: EMPTY, digest: digestOf("{}"), size: 2 };
const manifest = (more: object = {}) => ({ schemaVersion: 2, config: EMPTY_CONFIG, layers: [], ...more });

async function startWithConfig(options?: Parameters<typeof start>[0]) {
  const registry = await start(options);
  await pushBlob(registry, "acme/widget", "{}");
  return registry;
}

test("/v2/ tells that the registry is there, and nothing lies outside it", async () => {
  const registry = await start();
  expect(await ask(registry, "GET /v2/")).toMatchObject({ status: 200, json: {} });
  for (const path of ["/", "/v2/_catalog", "/v2/Acme/widget/tags/list", "/v2/acme/widget/other/1"]) {
    expect(await ask(registry, `GET ${path}`)).toMatchObject({
      status: 404,
      json: { errors: [{ code: "NAME_UNKNOWN" }] },
    });
  }
});

describe("manifests", () => {
  test("come back by tag and by digest as they were pushed, with their own media type", async () => {
    const registry = await startWithConfig();
    const body = JSON.stringify(manifest(), undefined, 3);
    const digest = digestOf(body);
    const type = "application/vnd.docker.distribution.manifest.v2+json";
    const pushed = await pushManifest(registry, "acme/widget/manifests/1.0.0", body, type);
    const location = `/v2/acme/widget/manifests/${digest}`;
    expect(pushed).toMatchObject({ status: 201, headers: { location, "docker-content-digest": digest } });
    for (const reference of ["1.0.0", digest, digest.replace(":", "%3A")]) {
      const headers = {
        "content-type": type,
        "docker-content-digest": digest,
        "content-length": String(body.length),
      };
      expect(await ask(registry, `GET acme/widget/manifests/${reference}`)).toMatchObject({ headers, text: body });
      expect(await ask(registry, `HEAD acme/widget/manifests/${reference}`)).toMatchObject({ headers, text: "" });
    }
  });

  test.each(["sha256", "sha512"] as const)("pushed by a %s digest have no tag", async (algorithm) => {
    const registry = await startWithConfig();
    const body = JSON.stringify(manifest());
    const path = `acme/widget/manifests/${toDigest(Buffer.from(body), algorithm)}`;
    expect((await pushManifest(registry, path, body)).status).toBe(201);
    expect((await ask(registry, `GET ${path}`)).text).toBe(body);
    expect((await ask(registry, "GET acme/widget/tags/list")).json).toEqual({ name: "acme/widget", tags: [] });
  });

  test.each<[string, string, object | string, string]>([
    ["no JSON", "1", "<html>", "MANIFEST_INVALID"],
    ["no object", "1", "[]", "MANIFEST_INVALID"],
    ["another digest", digestOf("other"), manifest(), "DIGEST_INVALID"],
    ["neither tag nor digest", ".1", manifest(), "MANIFEST_INVALID"],
    ["a layer that is not there", "1", manifest({ layers: [{ digest: digestOf("x") }] }), "MANIFEST_BLOB_UNKNOWN"],
    ["a manifest that is not there", "1", { manifests: [{ digest: digestOf("x") }] }, "MANIFEST_BLOB_UNKNOWN"],
  ])("are refused with %s", async (_, reference, body, code) => {
    const registry = await startWithConfig();
    const answer = await pushManifest(registry, `acme/widget/manifests/${reference}`, body);
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ code }] } });
    expect((await ask(registry, `GET acme/widget/manifests/${reference}`)).status).toBe(404);
  });

  test("are refused without a media type", async () => {
    const registry = await startWithConfig();
    const body = Buffer.from(JSON.stringify(manifest()));
    expect((await ask(registry, "PUT acme/widget/manifests/1", { body })).status).toBe(400);
  });

  test("lose one tag by its deletion, and all with themselves", async () => {
    const registry = await start();
    const { digest } = registry.addImage("acme/widget", ["1.0.0", "latest", "stable"]);
    const other = registry.addImage("acme/widget", ["2.0.0"]);
    const tags = async () => (await ask(registry, "GET acme/widget/tags/list")).json.tags;
    expect((await ask(registry, "DELETE acme/widget/manifests/latest")).status).toBe(202);
    expect(await tags()).toEqual(["1.0.0", "2.0.0", "stable"]);
    expect((await ask(registry, `GET acme/widget/manifests/${digest}`)).status).toBe(200);
    expect((await ask(registry, `DELETE acme/widget/manifests/${digest}`)).status).toBe(202);
    expect(await tags()).toEqual(["2.0.0"]);
    for (const gone of [`GET acme/widget/manifests/${digest}`, "DELETE acme/widget/manifests/1.0.0"]) {
      expect(await ask(registry, gone)).toMatchObject({
        status: 404,
        json: { errors: [{ code: "MANIFEST_UNKNOWN" }] },
      });
    }
    expect((await ask(registry, `GET acme/widget/manifests/${other.digest}`)).status).toBe(200);
  });

  test("and blobs of one repository are not in another", async () => {
    const registry = await startWithConfig();
    expect((await pushManifest(registry, "acme/other/manifests/1", manifest())).status).toBe(400);
    expect((await ask(registry, "GET acme/third/manifests/1")).json.errors[0].code).toBe("NAME_UNKNOWN");
  });

  test("have no digest told where the registry tells none", async () => {
    const registry = await startWithConfig({ digestHeader: false });
    const pushed = await pushManifest(registry, "acme/widget/manifests/1", manifest());
    const pulled = await ask(registry, "HEAD acme/widget/manifests/1");
    expect([pushed.status, pulled.status]).toEqual([201, 200]);
    expect({ ...pushed.headers, ...pulled.headers }).not.toHaveProperty("docker-content-digest");
  });
});

describe("blobs", () => {
  const text = "alpha beta";
  const digest = digestOf(text);
  const body = (part: string) => ({ body: part });

  test("are taken in one request, in two and in chunks", async () => {
    const registry = await start();
    expect((await pushBlob(registry, "a", text)).headers).toMatchObject({ location: `/v2/a/blobs/${digest}` });
    const two = (await ask(registry, "POST b/blobs/uploads/")).headers["location"] ?? "";
    expect((await ask(registry, `PUT ${two}&digest=${digest}`, body(text))).status).toBe(201);
    let place = (await ask(registry, "POST c/blobs/uploads/")).headers["location"] ?? "";
    for (const [part, range] of [
      ["alpha", "0-4"],
      [" beta", "0-9"],
    ] as const) {
      const answer = await ask(registry, `PATCH ${place}`, body(part));
      expect(answer).toMatchObject({ status: 202, headers: { range } });
      place = answer.headers["location"] ?? "";
    }
    expect(await ask(registry, `GET ${place}`)).toMatchObject({ status: 204, headers: { range: "0-9" } });
    expect((await ask(registry, `PUT ${place}&digest=${digest}`)).status).toBe(201);
    for (const name of ["a", "b", "c"]) {
      const headers = {
        "docker-content-digest": digest,
        "content-length": "10",
        "content-type": "application/octet-stream",
      };
      expect(await ask(registry, `GET ${name}/blobs/${digest}`)).toMatchObject({ status: 200, headers, text });
      expect(await ask(registry, `HEAD ${name}/blobs/${digest}`)).toMatchObject({ status: 200, headers, text: "" });
    }
    expect((await ask(registry, `PUT ${place}&digest=${digest}`)).json.errors[0].code).toBe("BLOB_UPLOAD_UNKNOWN");
  });

  test("are taken by a digest of either algorithm, not by another, and no chunk out of order", async () => {
    const registry = await start();
    const at = async () => (await ask(registry, "POST a/blobs/uploads/")).headers["location"] ?? "";
    const sha512 = toDigest(Buffer.from(text), "sha512");
    expect((await ask(registry, `PUT ${await at()}&digest=${sha512}`, body(text))).status).toBe(201);
    const wrong = await ask(registry, `PUT ${await at()}&digest=${digest}`, body("other"));
    expect(wrong).toMatchObject({ status: 400, json: { errors: [{ code: "DIGEST_INVALID" }] } });
    const chunk = { ...body("alpha"), headers: { "content-range": "5-9" } };
    expect(await ask(registry, `PATCH ${await at()}`, chunk)).toMatchObject({ status: 416 });
    expect((await ask(registry, `GET a/blobs/${digest}`)).json.errors[0].code).toBe("BLOB_UNKNOWN");
  });

  test("are not mounted but uploaded", async () => {
    const registry = await start();
    await pushBlob(registry, "a", text);
    const answer = await ask(registry, `POST b/blobs/uploads/?mount=${digest}&from=a`);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: expect.stringMatching(/^\/v2\/b\/blobs\/uploads\//u) },
    });
    expect((await ask(registry, `DELETE ${answer.headers["location"]}`)).status).toBe(204);
    expect((await ask(registry, `GET ${answer.headers["location"]}`)).status).toBe(404);
  });

  test("can be deleted", async () => {
    const registry = await start();
    await pushBlob(registry, "a", text);
    expect((await ask(registry, `DELETE a/blobs/${digest}`)).status).toBe(202);
    expect((await ask(registry, `HEAD a/blobs/${digest}`)).status).toBe(404);
  });
});

test.each(["POST a/manifests/1", "POST a/blobs/sha256:1", "POST a/tags/list", "PUT a/referrers/sha256:1"])(
  "%s is refused",
  async (asked) => {
    const registry = await start();
    registry.addImage("a", ["1"]);
    expect(await ask(registry, asked)).toMatchObject({ status: 405, json: { errors: [{ code: "UNSUPPORTED" }] } });
  },
);

test("requests are recorded with the host that they came to", async () => {
  const registry = await start();
  await ask(registry, "GET acme/widget/tags/list?n=1", { headers: { authorization: "Bearer t0ken" } });
  expect(registry.requests).toMatchObject([
    {
      method: "GET",
      path: "/v2/acme/widget/tags/list?n=1",
      headers: { host: registry.host, authorization: "Bearer t0ken" },
    },
  ]);
});

test("answers can be scripted", async () => {
  const registry = await start();
  registry.addImage("a", ["1"]);
  registry.respond("/v2/a/manifests/1", [429, 200]);
  const asked = "GET a/manifests/1";
  expect([(await ask(registry, asked)).status, (await ask(registry, asked)).status]).toEqual([429, 200]);
});
