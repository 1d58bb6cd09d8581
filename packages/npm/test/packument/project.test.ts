import { expect, test } from "vitest";
import { projectPackument } from "../../src/packument/project.ts";
import type { Packument } from "../../src/packument/packument.ts";
import { collectedHeap } from "../collected-heap.ts";

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function project(packument: unknown): Promise<Packument> {
  return projectPackument("widget", chunks(typeof packument === "string" ? packument : JSON.stringify(packument)));
}

const INTEGRITY = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

test("keeps what coverage needs of a version, and drops the rest", async () => {
  const { versions, distTags, publishedAt } = await project({
    _id: "widget",
    name: "widget",
    readme: "# widget",
    "dist-tags": { latest: "1.0.0", bad: 3 },
    time: {
      created: "2024-01-01T00:00:00.000Z",
      modified: "2024-01-01T00:00:00.000Z",
      "1.0.0": "2024-01-02T00:00:00Z",
    },
    versions: {
      "1.0.0": {
        name: "widget",
        version: "1.0.0",
        repository: { type: "git", url: "git+https://robot:SECRET@github.com/acme/widget.git" },
        deprecated: "no more",
        dependencies: { left: "^1" },
        dist: {
          tarball: "https://registry.example/widget/-/widget-1.0.0.tgz",
          integrity: INTEGRITY,
          shasum: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
          signatures: [{ keyid: "x", sig: "y" }],
          attestations: { url: "https://registry.example/-/npm/x", provenance: { predicateType: "urn:p" } },
        },
      },
    },
  });
  expect([...distTags]).toEqual([["latest", "1.0.0"]]);
  expect([...publishedAt]).toEqual([["1.0.0", "2024-01-02T00:00:00Z"]]);
  expect([...versions]).toEqual([
    [
      "1.0.0",
      {
        tarball: "https://registry.example/widget/-/widget-1.0.0.tgz",
        digest: { sha512: "07".repeat(64) },
        attestations: { url: "https://registry.example/-/npm/x", provenanceType: "urn:p" },
        signed: true,
        repository: "https://github.com/acme/widget",
        deprecated: "no more",
      },
    ],
  ]);
});

test("takes no digest from shasum, and none from an integrity that is not canonical", async () => {
  const { versions } = await project({
    versions: {
      "1.0.0": { dist: { shasum: "da39a3ee5e6b4b0d3255bfef95601890afd80709" } },
      "1.1.0": { dist: { integrity: "sha512-AAAA" } },
    },
  });
  expect([...versions.values()].map(({ digest }) => digest)).toEqual([{}, {}]);
});

test.each([
  ["an empty list", []],
  ["no list", "x"],
])("does not take %s of signatures for a signature", async (_what, signatures) => {
  const { versions } = await project({ versions: { "1.0.0": { dist: { signatures } } } });
  expect(versions.get("1.0.0")?.signed).toBe(false);
});

test("reports malformed entries one by one and keeps the others", async () => {
  const long = "1.0.0-".padEnd(300, "a");
  const { versions, malformed } = await project(
    `{"name":"widget","versions":{"1.0.0":{"dist":{}},"1.1.0":null,"1.2.0":{"dist":"x"},"1.3.0":{"dist":{},"dist":{}},
      "1.4.0":{"dist":{"__proto__":{}}},"1.5.0":{"dist":{"a":tru}},"1.6.0 \\n":{"dist":{}},"${long}":{"dist":{}},"":{"dist":{}},
      "1.7.0":{"dist":{}}}}`,
  );
  expect([...versions.keys()]).toEqual(["1.0.0", "1.7.0"]);
  expect([...malformed.keys()]).toEqual(["1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.6.0 \n", long, ""]);
  expect(malformed.get("1.3.0")).toContain('"dist" twice');
  expect(malformed.get("1.4.0")).toContain("__proto__");
});

test("reports an entry over 16 MB without holding it, and keeps the others", async () => {
  const { versions, malformed } = await project({
    versions: { "1.0.0": { dist: {}, readme: "x".repeat(17 * 1024 * 1024) }, "1.1.0": { dist: {} } },
  });
  expect([...versions.keys()]).toEqual(["1.1.0"]);
  expect(malformed.get("1.0.0")).toContain("16777216 bytes");
});

test("drops texts that no registry would write, and shortens a deprecation", async () => {
  const endless = "x".repeat(5000);
  const { versions } = await project({
    versions: { "1.0.0": { deprecated: endless, dist: { tarball: endless, attestations: { url: endless } } } },
  });
  expect(versions.get("1.0.0")).toMatchObject({ deprecated: "x".repeat(2048), attestations: {} });
  expect(versions.get("1.0.0")).not.toHaveProperty("tarball");
});

test("keeps no time that is none", async () => {
  const { publishedAt } = await project({
    versions: {},
    time: { "1.0.0": "yesterday", "1.1.0": 5, "1.2.0": "2024-13-45T00:00:00Z", "1.3.0": "2024-01-01T00:00:00+02:00" },
  });
  expect([...publishedAt.keys()]).toEqual(["1.3.0"]);
});

test.each([
  ["the same version twice", '{"versions":{"1.0.0":{"dist":{}},"1.0.0":{"dist":{}}}}', '"1.0.0" twice'],
  ["__proto__ as a version", '{"versions":{"__proto__":{"dist":{}}}}', "__proto__"],
  ["two lists of versions", '{"versions":{},"versions":{}}', '"versions" twice'],
  ["a list of versions that is an array", '{"versions":[]}', "versions are no object"],
  ["an error in place of a packument", '{"error":"not_found"}', "it has no versions"],
  ["another package", '{"name":"gadget","versions":{}}', 'its name is "gadget"'],
  ["a name that is no text", '{"name":{},"versions":{}}', "its name is no text"],
  ["times that are not JSON", '{"time":{"a":tru},"versions":{}}', "is not JSON"],
])("refuses %s", async (_what, text, message) => {
  await expect(project(text)).rejects.toThrow(message);
});

test("holds a fraction of a packument of 20 MB", async () => {
  const dependencies = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`dependency-${index}`, "^1.2.3"]));
  async function* many(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"name":"widget","versions":{');
    for (let index = 0; index < 10_000; index += 1) {
      const entry = { dependencies, dist: { integrity: INTEGRITY, tarball: `https://registry.example/${index}.tgz` } };
      yield Buffer.from(`${index === 0 ? "" : ","}"1.0.${index}":${JSON.stringify(entry)}`);
    }
    yield Buffer.from("}}");
  }
  let most = 0;
  async function* watched(): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const chunk of many()) {
      count += 1;
      if (count % 2000 === 0) most = Math.max(most, collectedHeap());
      yield chunk;
    }
  }
  const before = collectedHeap();
  const { versions } = await projectPackument("widget", watched());
  expect(versions.size).toBe(10_000);
  expect(Math.max(most, collectedHeap()) - before).toBeLessThan(15 * 1024 * 1024);
});

test.each([
  ['{"url":"https://a.example/x"}', { url: "https://a.example/x" }],
  ["[{}]", {}],
  ['"https://a.example/x"', {}],
  ["true", {}],
  ["null", undefined],
])("takes dist.attestations %s for advertised, whatever its form", async (attestations, told) => {
  const { versions } = await project(`{"versions":{"1.0.0":{"dist":{"attestations":${attestations}}}}}`);
  expect(versions.get("1.0.0")?.attestations).toEqual(told);
});
