import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, defineConfig, readConfig } from "../src/index.ts";
import { folderOf } from "./folder.ts";

const expectation = { expect: { sourceRepository: "https://github.com/acme/widget" } };
const json = JSON.stringify;

async function failureOf(files: Record<string, string>, file?: string): Promise<ConfigError> {
  const folder = await folderOf(files);
  const error: unknown = await readConfig(folder, file).catch((cause: unknown) => cause);
  if (!(error instanceof ConfigError)) throw new TypeError("it did not fail with a ConfigError");
  return error;
}

describe("finding a configuration", () => {
  test.each([
    ["colophon.config.json", json(expectation)],
    ["colophon.config.yaml", "expect:\n  sourceRepository: https://github.com/acme/widget\n"],
    ["colophon.config.js", `export default ${json(expectation)};`],
    ["colophon.config.ts", `const config: object = ${json(expectation)};\nexport default config;`],
    ["package.json", json({ name: "x", type: "module", colophon: expectation })],
  ])("reads %s", async (name, text) => {
    const folder = await folderOf({ [name]: text });
    const config = await readConfig(folder);
    expect(config.files).toEqual([join(folder, name)]);
    expect(config.expectation).toMatchObject({
      basis: "configured",
      sourceRepository: "https://github.com/acme/widget",
      compareRepository: "exact",
    });
  });

  test("expects nothing where there is none", async () => {
    const config = await readConfig(await folderOf({ ".git/HEAD": "", "package.json": json({ name: "x" }) }));
    expect(config).toMatchObject({
      files: [],
      expectation: { basis: null },
      registries: [],
      attestationRepositories: [],
    });
  });

  test("looks above the folder, but not above the git checkout", async () => {
    const folder = await folderOf({
      "colophon.config.json": json(expectation),
      "inner/a/x": "",
      "repo/.git/HEAD": "",
      "repo/a/x": "",
    });
    expect((await readConfig(join(folder, "inner/a"))).files).toHaveLength(1);
    expect((await readConfig(join(folder, "repo/a"))).files).toEqual([]);
  });

  test("takes the file that is named", async () => {
    const folder = await folderOf({ "colophon.config.json": "{", "other.json": json(expectation) });
    expect((await readConfig(folder, "other.json")).expectation.basis).toBe("configured");
  });
});

describe("extends", () => {
  test("lets the extending file's settings win, and joins lists, strongest first", async () => {
    const exemption = (object: string): object => ({ object, reason: "r", expires: "2027-01-01" });
    const folder = await folderOf({
      "colophon.config.json": json({
        extends: ["./base.json", "@acme/config"],
        expect: { leastLevel: 2, exemptions: [exemption("pkg:npm/a")] },
        oci: { attestations: ["registry.example/acme/proofs"] },
      }),
      "base.json": json({
        expect: { leastLevel: 1, issuer: "https://id.acme.example", exemptions: [exemption("pkg:npm/b")] },
        oci: { attestations: ["registry.example/all/proofs"] },
      }),
      "node_modules/@acme/config/package.json": json({ name: "@acme/config", main: "colophon.json" }),
      "node_modules/@acme/config/colophon.json": json({
        expect: { issuer: "https://id.example", sourceRef: "refs/tags/*" },
      }),
    });
    const config = await readConfig(folder);
    expect(config.expectation).toMatchObject({
      leastLevel: 2,
      issuer: "https://id.example",
      sourceRef: { glob: "refs/tags/*" },
    });
    expect(config.exemptions.map(({ object }) => object)).toEqual(["pkg:npm/a", "pkg:npm/b"]);
    expect(config.attestationRepositories).toEqual(["registry.example/acme/proofs", "registry.example/all/proofs"]);
  });

  test("reads an installed package that only exports an ES module, and code whatever the folder's module type", async () => {
    const folder = await folderOf({
      "package.json": json({ name: "x", type: "commonjs" }),
      "colophon.config.ts": `export default { extends: "@acme/esm", expect: { leastLevel: 2 as number } };`,
      "node_modules/@acme/esm/package.json": json({
        name: "@acme/esm",
        type: "module",
        exports: { ".": { import: "./c.js" } },
      }),
      "node_modules/@acme/esm/c.js": `export default ${json(expectation)};`,
    });
    const { expectation: found } = await readConfig(folder);
    expect(found).toMatchObject({ leastLevel: 2, basis: "configured" });
  });

  test("compares registries as npm writes them", async () => {
    const registries = [
      { url: "HTTPS://NPM.acme.example:443/x", serves: "https://registry.example", attestations: "never" },
    ];
    const config = await readConfig(await folderOf({ "colophon.config.json": json({ registries }) }));
    expect(config.registries).toEqual([
      { url: "https://npm.acme.example/x/", serves: "https://registry.example/", attestations: "never" },
    ]);
  });

  test("resolves paths against the file that names them", async () => {
    const folder = await folderOf({
      "colophon.config.json": json({ extends: "./shared/base.json" }),
      "shared/base.json": json({
        trust: {
          trustedRoot: "root.json",
          registryKeys: [{ registry: "https://npm.acme.example:8443/x/", file: "keys.json" }],
        },
      }),
    });
    const config = await readConfig(folder);
    expect(config.trustedRootFile).toBe(join(folder, "shared/root.json"));
    expect(config.registryKeyFiles).toEqual({ "npm.acme.example:8443": join(folder, "shared/keys.json") });
  });

  test.each([
    ["a URL", { "colophon.config.json": json({ extends: "https://evil.example/config.json" }) }, "which is a URL"],
    [
      "a package that is not installed",
      { "colophon.config.json": json({ extends: "@acme/none" }) },
      "which is not installed",
    ],
    [
      "itself",
      { "colophon.config.json": json({ extends: "./a.json" }), "a.json": json({ extends: "./colophon.config.json" }) },
      "extends itself",
    ],
  ])("refuses %s", async (_, files, message) => {
    const error = await failureOf(files);
    expect(error.code).toBe("CONFIG_EXTENDS");
    expect(error.message).toContain(message);
  });
});

describe("what is wrong in a configuration", () => {
  test.each([
    ["a misspelt setting", { expect: { sourceRepositroy: "x" } }, "expect.sourceRepositroy is not a setting"],
    ["a level that does not exist", { expect: { leastLevel: 9 } }, "expect.leastLevel"],
    ["a day that is none", { expect: { startDate: "soon" } }, "it is not a day like 2026-01-31"],
    [
      "an exemption without a reason",
      { expect: { exemptions: [{ object: "x", expires: "2027-01-01" }] } },
      "expect.exemptions.0.reason",
    ],
    [
      "an exemption of no purl",
      { expect: { exemptions: [{ object: "npm:a@<2", reason: "r", expires: "2027-01-01" }] } },
      "expect.exemptions.0.object",
    ],
    [
      "an exemption of no range",
      { expect: { exemptions: [{ object: "pkg:npm/a@latst", reason: "r", expires: "2027-01-01" }] } },
      "expect.exemptions.0.object",
    ],
    ["a list instead of an object", [], "the configuration"],
  ])("names %s, and the file", async (_, value, message) => {
    const error = await failureOf({ "colophon.config.json": json(value) });
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain("colophon.config.json: ");
    expect(error.message).toContain(message);
  });

  test.each([
    ["a file that is not there", {}, "none.json"],
    ["YAML that is none", { "colophon.config.yaml": "a: [" }, undefined],
    ["YAML with aliases", { "colophon.config.yaml": "a: &a [x]\nb: [*a, *a]" }, undefined],
    ["code that throws", { "colophon.config.js": "throw new Error('no')" }, undefined],
  ])("says that %s cannot be read, and what to do", async (_, files, file) => {
    const error = await failureOf(files, file);
    expect(error.code).toBe("CONFIG_UNREADABLE");
    expect(error.hint).toContain("--config");
  });

  test("refuses a package.json whose key is no object", async () => {
    const error = await failureOf({ "package.json": json({ colophon: "x" }) });
    expect(error.message).toContain("the configuration is not an object");
  });

  test("refuses JSON with a key twice", async () => {
    const folder = await folderOf({ "colophon.config.json": '{"expect":{},"expect":{}}' });
    await expect(readConfig(folder)).rejects.toThrow("stands twice");
  });
});

test("defineConfig gives back what it is given", () => {
  expect(defineConfig(expectation)).toBe(expectation);
});
