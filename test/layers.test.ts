import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

interface Member {
  readonly folder: string;
  readonly name: string;
  readonly layer: string;
  readonly dependencies: readonly string[];
  readonly isPrivate: boolean;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const members = globSync("{packages,plugins,apps}/*/package.json", { cwd: ROOT }).map((path): Member => {
  const folder = dirname(path);
  const { name, dependencies = {}, private: isPrivate = false } = readJson(path) as Manifest;
  const { tags } = readJson(join(folder, "turbo.json")) as { tags: string[] };
  return { folder, name, layer: tags[0] ?? "", dependencies: Object.keys(dependencies), isPrivate };
});
const layerOf = new Map(members.map(({ name, layer }) => [name, layer]));
const { boundaries } = readJson("turbo.json") as {
  boundaries: { tags: Record<string, { dependencies: { deny: string[] } }> };
};

describe("the layers", () => {
  test("every member has one that the rules know", () => {
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter(({ layer }) => !Object.hasOwn(boundaries.tags, layer))).toEqual([]);
  });

  test.each(members)("$name depends on nothing that its layer denies", ({ layer, dependencies }) => {
    const denied = boundaries.tags[layer]?.dependencies.deny ?? [];
    expect(dependencies.filter((name) => denied.includes(layerOf.get(name) ?? ""))).toEqual([]);
  });

  // Here alone: the boundaries' rules look through a dependency at what it depends on in turn. The bench is let through,
  // since it measures a world by itself.
  test.each(members.filter(({ layer, name }) => layer === "host" && name !== "@colophon/bench"))(
    "$name reaches the worlds through the wiring",
    ({ dependencies }) => {
      expect(dependencies.filter((name) => ["world", "ground"].includes(layerOf.get(name) ?? ""))).toEqual([]);
    },
  );

  test.each(members.filter(({ isPrivate }) => !isPrivate))(
    "$name is published without the testkit",
    ({ dependencies }) => {
      expect(dependencies.filter((name) => layerOf.get(name) === "kit")).toEqual([]);
    },
  );

  test("only the sigstore package and the testkit import @sigstore", () => {
    const importers = globSync("{packages,plugins,apps}/*/src/**/*.ts", { cwd: ROOT }).filter((file) =>
      /from "@sigstore\/|import\("@sigstore\//.test(readFileSync(join(ROOT, file), "utf8")),
    );
    const folders = new Set(importers.map((file) => file.split("/").slice(0, 2).join("/")));
    expect([...folders].toSorted()).toEqual(["packages/sigstore", "packages/testkit"]);
  });

  test("every dependency is pinned exactly", () => {
    const manifests = ["package.json", ...members.map(({ folder }) => join(folder, "package.json"))];
    const loose = manifests.flatMap((path) => {
      const { dependencies, devDependencies } = readJson(path) as Manifest;
      const all = Object.entries({ ...dependencies, ...devDependencies });
      return all
        .filter(([, version]) => !/^(?:npm:[@\w./-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
        .map(([name]) => `${path}: ${name}`);
    });
    expect(loose).toEqual([]);
  });
});
