import { CoreError, parsePurl } from "@colophon/core";
import { assertNoPollution, damagedBytes, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NpmError } from "../src/index.ts";
import { attestationsUrl } from "../src/inventory/attestations-url.ts";
import { buildPage } from "../src/inventory/page.ts";
import { packagePath } from "../src/package-path.ts";
import { projectPackument } from "../src/packument/project.ts";
import { parseAttestations } from "../src/store/attestations.ts";

const REGISTRY = "https://registry.example/npm/";
const dist = {
  tarball: `${REGISTRY}widget/-/widget-1.0.0.tgz`,
  integrity: `sha512-${Buffer.alloc(64, 7).toString("base64")}`,
  signatures: [{ keyid: "SHA256:x", sig: "y" }],
  attestations: { url: `${REGISTRY}-/npm/v1/attestations/widget@1.0.0`, provenance: { predicateType: "urn:p" } },
};
const PACKUMENT = {
  _id: "widget",
  name: "widget",
  "dist-tags": { latest: "1.0.0", next: "2.0.0-rc.1" },
  versions: {
    "1.0.0": {
      name: "widget",
      version: "1.0.0",
      dependencies: { left: "^1" },
      repository: { url: "github:acme/widget" },
      dist,
    },
    "2.0.0-rc.1": { dist, deprecated: "no more" },
  },
  time: { created: "2024-01-01T00:00:00.000Z", "1.0.0": "2024-01-02T00:00:00Z", "0.9.0": "2024-01-01T00:00:00Z" },
};

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The page that a packument becomes, or why it becomes none. */
async function list(bytes: Uint8Array, size = 65_536): Promise<ReturnType<typeof buildPage> | string> {
  try {
    const packument = await projectPackument("widget", inPieces(bytes, size));
    const target = { channel: "npm", name: "widget" } as const;
    return buildPage(packument, {
      key: "npm:widget",
      target,
      registryUrl: REGISTRY,
      servedFor: REGISTRY,
      neverCarries: false,
    });
  } catch (error) {
    if (!(error instanceof NpmError || error instanceof CoreError)) throw error;
    expect(error.message.length).toBeLessThan(1000);
    return error.code;
  }
}

async function expectTame(bytes: Uint8Array, size: number): Promise<void> {
  const page = await list(bytes);
  expect(await list(bytes, size)).toEqual(page);
  if (typeof page === "string") {
    expect(["ANSWER_UNREADABLE", "JSON_INVALID"]).toContain(page);
    return;
  }
  assertNoPollution(page);
  for (const { id } of page.objects) expect(parsePurl(id).name).toBe("widget");
  // What a reader of one version throws is told as its fault: none may be a fault of the reader.
  for (const { reason } of page.gaps) expect(reason.message).toMatch(/cannot be used: its? /);
}

test("lists or refuses every mutation of a packument, in pieces of any size", async () => {
  const property = fc.asyncProperty(mutatedJson(PACKUMENT), fc.integer({ min: 1, max: 99 }), (text, size) =>
    expectTame(Buffer.from(text), size),
  );
  await fc.assert(property, { numRuns: 200 });
});

test("lists or refuses any JSON, and a packument that is damaged", async () => {
  const any = hostileJson.map((text) => Buffer.from(text));
  const bytes = fc.oneof(any, damagedBytes(Buffer.from(JSON.stringify(PACKUMENT))));
  const property = fc.asyncProperty(bytes, fc.integer({ min: 1, max: 99 }), expectTame);
  await fc.assert(property, { numRuns: 200 });
});

test("reads or refuses every mutation of an attestations answer", () => {
  const bundle = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", dsseEnvelope: { payload: "e30=" } };
  const answer = {
    attestations: [
      { predicateType: "urn:p", bundle },
      { predicateType: "urn:q", bundle },
    ],
  };
  const bytes = fc.oneof(
    mutatedJson(answer).map((text) => Buffer.from(text)),
    damagedBytes(Buffer.from(JSON.stringify(answer))),
  );
  const property = fc.property(bytes, (read) => {
    try {
      assertNoPollution(parseAttestations(read, "here"));
    } catch (error) {
      if (!(error instanceof NpmError || error instanceof CoreError)) throw error;
      expect(["ANSWER_UNREADABLE", "JSON_INVALID"]).toContain(error.code);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

const PIECE = fc.oneof(
  fc.constantFrom(
    ..."https: http: x: // / \\ .. %2e%2e %2f @ ? # -/npm/ /-/npm/ v1 mallory.example npm : [::1]".split(" "),
  ),
  fc.constantFrom("\ud800", "\u0000", "\n", "é"),
  fc.string({ maxLength: 3 }),
);
const text = fc.array(PIECE, { maxLength: 12 }).map((pieces) => pieces.join(""));

test("no text in a packument leads outside of the registry's own folder", () => {
  const property = fc.property(text, (told) => {
    const url = attestationsUrl({ registryUrl: REGISTRY, packageName: "widget", version: "1.0.0", told });
    expect(new URL(url).href).toMatch(/^https:\/\/registry\.example\/npm\/-\/npm\//);
    const path = packagePath(told);
    if (path !== undefined) expect(new URL(`${REGISTRY}${path}`).pathname).toBe(`/npm/${path}`);
  });
  fc.assert(property, { numRuns: 1000 });
});

const MB = 1024 * 1024;
const DEEP = "[".repeat(100_000) + "]".repeat(100_000);
const VERSION = '"1.0.0":{"dist":{}}';
const packument = (versions: string, before = ""): string => `{${before}"versions":{${versions}}}`;
const times = (count: number, member: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => member(index)).join(",");
const MANY_TAGS = `"dist-tags":{${times(60_000, (index) => `"t${index}":"9.9.9"`)}},`;
const MANY_VERSIONS = times(6000, (index) => `"1.0.${index}":{"dist":{}}`);

// Each has its outcome, a code or so many objects, gaps and warnings; none may take longer than the whole test may.
test.each<[string, string, string | readonly [objects: number, gaps: number, warnings: number]]>([
  ["a hundred thousand levels in what is read", packument(`"1.0.0":{"dist":${DEEP}}`), [0, 1, 0]],
  ["a hundred thousand levels in what is passed over", packument(VERSION, `"x":${DEEP},`), [1, 0, 0]],
  ["20 MB in a version", packument(`"1.0.0":{"dist":{"tarball":"${"x".repeat(20 * MB)}"}}`), [0, 1, 0]],
  ["20 MB in what is passed over", packument(VERSION, `"readme":"${"x".repeat(20 * MB)}",`), [1, 0, 0]],
  ["10,001 members", packument(`"1.0.0":{${times(10_001, (index) => `"${index}":0`)}}`), [0, 1, 0]],
  ["ten dist-tags for each of 6000 versions", packument(MANY_VERSIONS, MANY_TAGS), [6000, 0, 60_000]],
  ["a dist-tag of 10 MB", packument(VERSION, `"dist-tags":{"${"t".repeat(10 * MB)}":"9"},`), [1, 0, 0]],
  ["a key of 10 MB", packument(VERSION, `"${"k".repeat(10 * MB)}":0,`), "ANSWER_UNREADABLE"],
  ["versions twice", packument(VERSION, '"versions":{},'), "ANSWER_UNREADABLE"],
  ["a version twice", packument(`${VERSION},${VERSION}`), "ANSWER_UNREADABLE"],
  ["a prototype among the versions", packument('"__proto__":{"dist":{}}'), "ANSWER_UNREADABLE"],
  ["a prototype in a version", packument('"1.0.0":{"dist":{"\\u005f_proto__":{"tarball":"x"}}}'), [0, 1, 0]],
  ["a version named constructor", packument('"constructor":{"dist":{}}'), [1, 0, 0]],
  ["a version of text that turns round", packument('"1.0.0\u202e":{"dist":{}}'), [0, 1, 0]],
  ["a version that is half a character", packument('"\\ud800":{"dist":{}}'), [0, 1, 0]],
  ["numbers for text", packument('"1.0.0":{"dist":{"tarball":1e999,"integrity":-0},"deprecated":0}'), [1, 0, 0]],
])("has one right outcome: %s", async (_, text, outcome) => {
  const page = await list(Buffer.from(text));
  const found = typeof page === "string" ? page : [page.objects, page.gaps, page.warnings].map(({ length }) => length);
  expect(found).toEqual(outcome);
});

test("refuses an answer of a million attestations before it reads them", () => {
  const answer = `{"attestations":[${"0,".repeat(1_000_000)}0]}`;
  expect(() => parseAttestations(Buffer.from(answer), "here")).toThrow(
    expect.objectContaining({ code: "ANSWER_UNREADABLE" }),
  );
});
