import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import {
  formatArtifacts,
  formatChecksums,
  formatImageDigests,
  formatMetadata,
  GoreleaserError,
  parseArtifacts,
  parseMetadata,
  roleOf,
} from "../src/index.ts";
import { ROLES } from "../src/role.ts";
import { ARTIFACTS, METADATA, RELEASES } from "./documents.ts";
import { readFixture } from "./fixture.ts";

const require = createRequire(import.meta.url);

/** Found as whoever installed the package finds it. */
function readSchema(name: string): Record<string, unknown> {
  const path = require.resolve(`@colophon/goreleaser/schemas/${name}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
const validators = new Map(
  ["artifacts-1", "metadata-1", "checksums-1", "digests-1"].map((name) => [name, ajv.compile(readSchema(name))]),
);
function check(name: string, value: unknown): unknown {
  const validate = validators.get(name)!;
  return validate(value) ? [] : validate.errors;
}

test.each([...validators.keys()])("%s says which draft and which schema it is", (name) => {
  expect(readSchema(name)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:colophon:schema:goreleaser-${name}`,
  });
});

describe("the schemas hold", () => {
  test.each(RELEASES)("for what a real GoReleaser writes (%s)", (release) => {
    expect(check("artifacts-1", JSON.parse(readFixture(`${release}/artifacts.json`)))).toEqual([]);
    expect(check("metadata-1", JSON.parse(readFixture(`${release}/metadata.json`)))).toEqual([]);
  });

  test.each([
    ["checksums-1", "2.16.0/widget_1.4.0_checksums.txt"],
    ["checksums-1", "2.16.0-snapshot/widget_1.4.0-SNAPSHOT-5fe54d4_linux_amd64.deb.sha512"],
    ["digests-1", "2.16.0/digests.txt"],
  ])("(%s) for the text of a real %s", (name, path) => {
    expect(check(name, readFixture(path))).toEqual([]);
  });

  test("for what is written here", () => {
    const digest = { sha256: "a".repeat(64), sha512: "b".repeat(128) };
    const text = formatChecksums([
      { name: "a b", digest },
      { name: "a\\b\n", digest },
    ]);
    expect(check("artifacts-1", JSON.parse(formatArtifacts(ARTIFACTS)))).toEqual([]);
    expect(check("metadata-1", JSON.parse(formatMetadata(METADATA)))).toEqual([]);
    expect(check("checksums-1", text)).toEqual([]);
    const images = [
      { reference: "host:1/a:1", digest },
      { reference: "host:1/b:1", digest: {} },
    ];
    expect(check("digests-1", formatImageDigests(images))).toEqual([]);
  });

  test("for no other text", () => {
    const hex = "a".repeat(64);
    for (const text of [
      "",
      `${hex} a\n`,
      `${hex}  a`,
      `${hex}  a\\b\n`,
      `\\${hex}  a\\t\n`,
      `${"a".repeat(40)}  a\n`,
    ]) {
      expect(check("checksums-1", text)).not.toEqual([]);
    }
    for (const text of [`${hex}  a`, `${hex} a\n`, "abc  a\n", `${hex}  a b\n`]) {
      expect(check("digests-1", text)).not.toEqual([]);
    }
  });
});

interface Described {
  readonly properties: Record<string, Described>;
  readonly examples: readonly string[];
  readonly $defs: Record<string, Described>;
}

describe("schema and parser agree", () => {
  const { artifact, extra } = (readSchema("artifacts-1") as unknown as Described).$defs;
  const metadata = readSchema("metadata-1") as unknown as Described;
  const SOUND = { name: "a", path: "a", type: "a" };
  const VALUES = [undefined, null, true, "a", "", 0, 1, -1, 1.5, [], {}, { goos: 1 }, METADATA.date, "2026-11-24"];
  const each = (described: Described | undefined): (readonly [string, unknown])[] =>
    [...Object.keys(described?.properties ?? {}), "other"].flatMap((key) =>
      VALUES.map((value) => [key, value] as const),
    );
  const accepts = (read: () => unknown): boolean => {
    try {
      read();
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(GoreleaserError);
      return false;
    }
  };

  test.each([
    ["an artifact", "artifacts-1", parseArtifacts, each(artifact), (member: object) => [{ ...SOUND, ...member }]],
    ["extras", "artifacts-1", parseArtifacts, each(extra), (member: object) => [{ ...SOUND, extra: member }]],
    ["metadata", "metadata-1", parseMetadata, each(metadata), (member: object) => ({ ...METADATA, ...member })],
    [
      "the runtime",
      "metadata-1",
      parseMetadata,
      each(metadata.properties["runtime"]),
      (member: object) => ({ ...METADATA, runtime: member }),
    ],
  ])("on every member of %s, whatever it holds", (_, schema, parse, members, place) => {
    const results = members.map(([key, value]) => {
      const text = JSON.stringify(place({ [key]: value }));
      const valid = (check(schema, JSON.parse(text)) as unknown[]).length === 0;
      return { key, value, valid, accepted: accepts(() => parse(text)) };
    });
    expect(results.filter(({ valid, accepted }) => valid !== accepted)).toEqual([]);
    expect(new Set(results.map(({ valid }) => valid)).size).toBe(2);
  });

  test("on the types that are known", () => {
    const examples = artifact?.properties["type"]?.examples ?? [];
    expect(examples).toEqual([...ROLES.keys(), "Binary"].toSorted());
    expect(examples.map((type) => roleOf({ ...SOUND, type, internal_type: 2 }))).not.toContain("unknown");
  });
});
