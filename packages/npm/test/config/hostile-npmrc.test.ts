import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertNoPollution } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NpmError, readNpmConfig } from "../../src/index.ts";
import { makeFolder } from "../world.ts";

const CANARY = "canary-secret-9c1f";
const LOOPBACK = "http://127.0.0.1:9/";

/** What a project's npmrc makes of the registry of a scope, or the code of what is wrong with it. */
async function registryOf(folder: string, npmrc: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  await writeFile(join(folder, "project/.npmrc"), npmrc);
  const env = { PREFIX: join(folder, "prefix"), ...more };
  try {
    const config = await readNpmConfig({ cwd: join(folder, "project"), home: join(folder, "home"), env });
    assertNoPollution([config.registries, config.network]);
    return config.registryFor("@acme/widget").url;
  } catch (error) {
    if (!(error instanceof NpmError)) throw error;
    expect(error.message).not.toContain(CANARY);
    expect(error.message.length).toBeLessThan(1000);
    return error.code;
  }
}

const names =
  "registry @acme:registry scope ca cafile cert key proxy noproxy strict-ssl userconfig __proto__ constructor";
const key = fc.oneof(
  fc.constantFrom(...names.split(" "), "toString", "'null'", "'[1]'", `'{"toString":1}'`, "//127.0.0.1:9/:_authToken"),
  fc.constantFrom("//127.0.0.1:9/:_auth", "//127.0.0.1:9/:username", "//127.0.0.1:9/:_password", "//:_authToken"),
  fc.string({ maxLength: 4 }),
);
const value = fc.oneof(
  fc.constantFrom(
    LOOPBACK,
    CANARY,
    "${A}",
    "${B}",
    "${",
    "\\${A}",
    "null",
    "true",
    "",
    "https://[::1",
    "%",
    "\u202e",
    "é",
  ),
  fc.constantFrom(`'{"__proto__":{"x":1}}'`, `'["a"]'`, `'{"toString":null}'`, `http://user:${CANARY}@127.0.0.1:9/`),
  fc.string({ maxLength: 6 }),
);
const line = fc.oneof(
  fc.tuple(key, value).map((pair) => pair.join("=")),
  fc.tuple(key, value).map((pair) => pair.join("[]=")),
  key,
  key.map((name) => `[${name}]`),
);

test("reads or refuses any npmrc, and never tells a secret", async () => {
  const folder = await makeFolder({ "project/package.json": "{}" });
  const env = { A: "${B}", B: `\${A}${CANARY}\r\n` };
  const property = fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
    const read = await registryOf(folder, lines.join("\n"), env);
    expect(["NPMRC_UNREADABLE", "NPM_CONFIG_INVALID"].includes(read) || URL.canParse(read)).toBe(true);
  });
  await fc.assert(property, { numRuns: 60 });
});

// A package of a scope must never be asked for elsewhere because its registry could not be read.
test.each<[string, string, string]>([
  ["a section in place of a scope's registry", "[@acme:registry]\nx=y", "NPM_CONFIG_INVALID"],
  ["a section in place of the registry", "[registry]\nx=y", "NPM_CONFIG_INVALID"],
  ["a list of a scope's registries", `@acme:registry[]=${LOOPBACK}`, "NPM_CONFIG_INVALID"],
  ["a list of registries", `registry[]=${LOOPBACK}\nregistry[]=${LOOPBACK}`, "NPM_CONFIG_INVALID"],
  ["an object in place of a scope's registry", `@acme:registry='{"toString":1}'`, "NPM_CONFIG_INVALID"],
  ["a scope's registry without value", "@acme:registry", "NPM_CONFIG_INVALID"],
  ["a variable that names itself", "@acme:registry=${A}", "NPM_CONFIG_INVALID"],
  ["a registry of a megabyte", `registry=https://${"x".repeat(1_000_000)}/`, "NPM_CONFIG_INVALID"],
  ["a registry of 100,000 slashes", `registry=${LOOPBACK}${"/".repeat(100_000)}x`, "NPM_CONFIG_INVALID"],
  ["a value of a megabyte beside it", `registry=${LOOPBACK}\nx=${"y".repeat(1_000_000)}`, LOOPBACK],
  ["200,000 backslashes before a variable", `registry=${LOOPBACK}\nx=${"\\".repeat(200_000)}\${A}`, LOOPBACK],
  ["200,000 variables", `registry=${LOOPBACK}\nx=${"${A}".repeat(200_000)}`, LOOPBACK],
  ["a section that sets a prototype", `registry=${LOOPBACK}\n[__proto__]\nregistry=https://mallory.example/`, LOOPBACK],
  ["a NUL", `registry=${LOOPBACK}\u0000`, "NPMRC_UNREADABLE"],
])("has one right outcome: %s", async (_, npmrc, outcome) => {
  const folder = await makeFolder({ "project/package.json": "{}" });
  expect(await registryOf(folder, npmrc, { A: "${A}" })).toBe(outcome);
});

test("reads the registries of 20,000 scopes", async () => {
  const folder = await makeFolder({ "project/package.json": "{}" });
  const scopes = Array.from({ length: 20_000 }, (_, index) => `@s${index}:registry=https://r${index}.example/`);
  expect(await registryOf(folder, [...scopes, `@acme:registry=${LOOPBACK}`].join("\n"))).toBe(LOOPBACK);
});
