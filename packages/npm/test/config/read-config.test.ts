import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NpmError, readNpmConfig, type NpmConfig } from "../../src/index.ts";
import { configOf, makeFolder } from "../world.ts";

const CANARY = "canary-secret-9c1f";

async function errorOf(read: Promise<NpmConfig>): Promise<NpmError> {
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof NpmError)) throw new TypeError(`no NpmError but ${String(error)}`);
  return error;
}

test("ranks flag, environment, project, user and prefix as npm does", async () => {
  const files = {
    "prefix/etc/npmrc": "registry=https://global.example/",
    "home/.npmrc": "registry=https://user.example/",
    "project/.npmrc": "registry=https://project.example/",
  };
  const env = { npm_config_registry: "https://env.example/" };
  const { "project/.npmrc": _project, ...withoutProject } = files;
  const read = async (...args: Parameters<typeof configOf>): Promise<string> =>
    (await configOf(...args)).registryFor("widget").url;
  expect(await read(files, { env, registryFlag: "https://flag.example/" })).toBe("https://flag.example/");
  expect(await read(files, { env })).toBe("https://env.example/");
  expect(await read(files)).toBe("https://project.example/");
  expect(await read(withoutProject)).toBe("https://user.example/");
  expect(await read({ "prefix/etc/npmrc": files["prefix/etc/npmrc"] })).toBe("https://global.example/");
});

test("takes npm's own default registry where none is named, and does not trust its host", async () => {
  const config = await configOf({});
  expect(config.registries).toHaveLength(1);
  expect(config.registries[0]).toMatch(/^https:\/\/.+\/$/);
  expect(config.network.trustedHosts).toEqual([]);
});

test("finds the npmrc of the project's root from a folder inside it", async () => {
  const folder = await makeFolder({
    "project/package.json": "{}",
    "project/.npmrc": "registry=https://project.example/",
    "project/src/deep/x.js": "",
  });
  const env = { PREFIX: join(folder, "prefix"), HOME: folder };
  const config = await readNpmConfig({ cwd: join(folder, "project/src/deep"), env });
  expect(config.registryFor("widget").url).toBe("https://project.example/");
});

test("chooses the registry of a scope before any other, the flag's included", async () => {
  const npmrc = "registry=https://main.example/npm\n@acme:registry=http://127.0.0.1:4873/javascript";
  const config = await configOf({ "home/.npmrc": npmrc }, { registryFlag: "https://flag.example" });
  expect(config.registryFor("@acme/widget").url).toBe("http://127.0.0.1:4873/javascript/");
  expect(config.registryFor("@other/widget").url).toBe("https://flag.example/");
  expect(config.registryFor("widget").url).toBe("https://flag.example/");
  expect(config.registries).toEqual(["https://flag.example/", "http://127.0.0.1:4873/javascript/"]);
  expect(config.network.trustedHosts).toEqual(["127.0.0.1:4873", "flag.example"]);
});

test("uses the registry of the scope option for packages without a scope of their own", async () => {
  const npmrc = "scope=acme\n@acme:registry=https://acme.example/\n@other:registry=https://other.example/";
  const config = await configOf({ "home/.npmrc": npmrc });
  expect(config.registryFor("widget").url).toBe("https://acme.example/");
  expect(config.registryFor("@other/widget").url).toBe("https://other.example/");
});

test.each([
  ["a token", "//registry.example/javascript/:_authToken=TOKEN", "Bearer TOKEN"],
  ["a token from the environment", "//registry.example/javascript/:_authToken=${ACME_TOKEN}", "Bearer FROM_ENV"],
  ["basic credentials", "//registry.example/javascript/:_auth=dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"],
  [
    "user and password",
    "//registry.example/javascript/:username=user\n//registry.example/javascript/:_password=cGFzcw==",
    "Basic dXNlcjpwYXNz",
  ],
])("reads %s with the scope that it is configured for", async (_what, npmrc, authorization) => {
  const files = { "home/.npmrc": `registry=https://registry.example/javascript\n${npmrc}` };
  const config = await configOf(files, { env: { ACME_TOKEN: "FROM_ENV" } });
  expect(config.registryFor("widget")).toEqual({
    url: "https://registry.example/javascript/",
    credentials: { authorization, scope: "https://registry.example/javascript/" },
  });
});

test("takes a token of the whole host with the host as its scope", async () => {
  const npmrc = "registry=https://registry.example/a/b/\n//registry.example/:_authToken=TOKEN";
  const config = await configOf({ "home/.npmrc": npmrc });
  expect(config.registryFor("widget").credentials?.scope).toBe("https://registry.example/");
});

test("has no credentials for a registry beside the one that they are configured for", async () => {
  const npmrc = [
    "registry=https://registry.example/other/",
    "@acme:registry=https://registry.example/javascript/",
    "//registry.example/other/:_authToken=TOKEN",
  ].join("\n");
  const config = await configOf({ "home/.npmrc": npmrc });
  expect(config.registryFor("@acme/widget").credentials).toBeUndefined();
  expect(config.registryFor("widget").credentials?.authorization).toBe("Bearer TOKEN");
});

test("turns user info of a registry's URL into credentials and keeps it out of the URL", async () => {
  const config = await configOf({ "home/.npmrc": "registry=https://robot:p%40ss@registry.example/npm/" });
  expect(config.registryFor("widget")).toEqual({
    url: "https://registry.example/npm/",
    credentials: {
      authorization: `Basic ${Buffer.from("robot:p@ss").toString("base64")}`,
      scope: "https://registry.example/npm/",
    },
  });
  expect(JSON.stringify(config)).not.toContain("p%40ss");
});

test("reads the client certificate of a registry from its files", async () => {
  const folder = await makeFolder({ "cert.pem": "CERT", "key.pem": "KEY" });
  const npmrc = [
    "registry=https://registry.example/",
    `//registry.example/:certfile=${folder}/cert.pem`,
    `//registry.example/:keyfile=${folder}/key.pem`,
  ].join("\n");
  const { network, registryFor } = await configOf({ "home/.npmrc": npmrc });
  expect(network).toMatchObject({ cert: "CERT", key: "KEY" });
  expect(registryFor("widget")).toEqual({ url: "https://registry.example/" });
});

test("takes a certificate for every registry where none has its own, and only with its key", async () => {
  const npmrc = String.raw`cert="a\nb"` + "\n";
  expect((await configOf({ "home/.npmrc": `${npmrc}key=KEY` })).network).toMatchObject({ cert: "a\nb", key: "KEY" });
  expect((await configOf({ "home/.npmrc": npmrc })).network).not.toHaveProperty("cert");
});

test("reads certificate authorities from ca and from cafile", async () => {
  const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;
  const folder = await makeFolder({ "ca.pem": `${pem("one")}\n${pem("two")}\n` });
  const fromFile = await configOf({ "home/.npmrc": `cafile=${folder}/ca.pem` });
  expect(fromFile.network.ca).toEqual([pem("one"), pem("two")]);
  const inline = await configOf({ "home/.npmrc": `ca[]="${pem("one").replaceAll("\n", "\\n")}"` });
  expect(inline.network.ca).toEqual([pem("one")]);
  expect((await configOf({})).network.ca).toBeUndefined();
});

test("is strict about TLS unless strict-ssl is off", async () => {
  expect((await configOf({})).network.strictTls).toBe(true);
  expect((await configOf({ "home/.npmrc": "strict-ssl=false" })).network.strictTls).toBe(false);
});

test("takes proxies from npm's configuration for both schemes, and noproxy with them", async () => {
  const npmrc = "https-proxy=http://proxy.example:3128/\nproxy=http://plain.example:3128/\nnoproxy=.example,127.0.0.1";
  const { network } = await configOf({ "home/.npmrc": npmrc }, { env: { HTTPS_PROXY: "http://env.example:1/" } });
  const proxy = "http://proxy.example:3128/";
  expect(network.proxy).toEqual({ http: proxy, https: proxy, noProxy: ".example,127.0.0.1" });
});

test("takes proxies from the environment where npm's configuration has none", async () => {
  const env = { http_proxy: "http://plain.example:1/", NO_PROXY: "localhost" };
  expect((await configOf({}, { env })).network.proxy).toEqual({
    http: "http://plain.example:1/",
    noProxy: "localhost",
  });
  const both = { ...env, HTTPS_PROXY: "http://tls.example:1/" };
  expect((await configOf({}, { env: both })).network.proxy).toMatchObject({
    http: "http://tls.example:1/",
    https: "http://tls.example:1/",
  });
});

test("refuses an npmrc that is a folder, and names it", async () => {
  const folder = await makeFolder({ "project/package.json": "{}" });
  await mkdir(join(folder, "home/.npmrc"), { recursive: true });
  const env = { PREFIX: join(folder, "prefix") };
  const read = readNpmConfig({ cwd: join(folder, "project"), home: join(folder, "home"), env });
  const error = await errorOf(read);
  expect(error).toMatchObject({ code: "NPMRC_UNREADABLE", cause: { code: "EISDIR" } });
  expect(error.message).toContain(join(folder, "home/.npmrc"));
  expect(error.hint).toContain("npm_config_userconfig");
});

test.each([
  ["binary", Buffer.from("registry=https://a.example/\0")],
  ["no UTF-8", Buffer.from([0x72, 0xff, 0xfe, 0x3d, 0x78])],
])("refuses a project's npmrc that is %s", async (_what, bytes) => {
  const folder = await makeFolder({ "package.json": "{}", ".npmrc": bytes });
  const error = await errorOf(readNpmConfig({ cwd: folder, home: join(folder, "home"), env: { PREFIX: folder } }));
  expect(error.code).toBe("NPMRC_UNREADABLE");
  expect(error.message).toContain(join(folder, ".npmrc"));
});

test("passes over a user's npmrc below something that is no folder", async () => {
  const config = await configOf({}, { env: { npm_config_userconfig: "/dev/null/npmrc" } });
  expect(config.registries).toHaveLength(1);
});

test.each([
  ["registry", `registry=${CANARY}`, {}],
  ["@acme:registry", `@acme:registry=https://\${UNSET_HOST}:${CANARY}/`, {}],
  ["registry", "", { env: { npm_config_registry: `ftp://robot:${CANARY}@registry.example/` } }],
  ["--registry", "", { registryFlag: `robot:${CANARY}@registry.example` }],
])("refuses a %s that is no http URL instead of asking npm's default one", async (key, npmrc, request) => {
  const error = await errorOf(configOf({ "home/.npmrc": npmrc }, request));
  expect(error.code).toBe("NPM_CONFIG_INVALID");
  expect(error.message).toContain(key);
  expect(`${error.message}${error.hint}${JSON.stringify(error)}${String(error.cause)}`).not.toContain(CANARY);
});

test("refuses credentials that belong to no registry, as npm does, without repeating them", async () => {
  const error = await errorOf(configOf({ "home/.npmrc": `_authToken=${CANARY}` }));
  expect(error.code).toBe("NPM_CONFIG_INVALID");
  expect(error.cause).toBeUndefined();
  expect(error.message).toContain("_authToken");
  expect(`${error.message}${error.hint}${JSON.stringify(error)}`).not.toContain(CANARY);
});

test("refuses options that npm does not take together", async () => {
  const npmrc = "package-lock-only=true\nprovenance=true\nprovenance-file=x.json";
  const error = await errorOf(configOf({ "home/.npmrc": npmrc }));
  expect(error.code).toBe("NPM_CONFIG_INVALID");
  expect(error.message).toContain("provenance");
});

test("leaves the environment as it is", async () => {
  const folder = await makeFolder({ "package.json": "{}" });
  const env = Object.freeze({ PREFIX: folder, HOME: folder });
  await readNpmConfig({ cwd: folder, env, registryFlag: "https://flag.example/" });
  expect(env).toEqual({ PREFIX: folder, HOME: folder });
});
