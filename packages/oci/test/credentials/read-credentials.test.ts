import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCredentials, type RegistryCredentials } from "../../src/credentials/read-credentials.ts";
import { parseRepository } from "../../src/reference.ts";
import { makeFolder } from "../layout-folder.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const basic = (username: string, password = "canary"): object => ({ login: { kind: "basic", username, password } });
const auths = (...keys: readonly string[]): object => ({
  auths: Object.fromEntries(keys.map((key) => [key, { auth: base64(`${key}:canary`) }])),
});

interface Machine {
  readonly files: Readonly<Record<string, object | string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell scripts by the name behind `docker-credential-`. */
  readonly helpers?: Readonly<Record<string, string>>;
  readonly helperTimeoutMs?: number;
}

/** `$` in a path or variable is the folder of the machine. */
async function machine({
  files,
  env = {},
  helpers = {},
  helperTimeoutMs = 10_000,
}: Machine): Promise<RegistryCredentials> {
  const folder = await makeFolder();
  const scripts = Object.entries(helpers).map(([name, script]) => [
    `bin/docker-credential-${name}`,
    `#!/bin/sh\n${script}\n`,
  ]);
  for (const [path = "", content = ""] of [...Object.entries(files), ...scripts]) {
    await mkdir(dirname(join(folder, path as string)), { recursive: true });
    await writeFile(join(folder, path as string), typeof content === "string" ? content : JSON.stringify(content));
    await chmod(join(folder, path as string), 0o755);
  }
  const named = Object.entries(env).map(([name, value]) => [name, value.replace("$", folder)]);
  const PATH = `${folder}/bin:${process.env["PATH"]}`;
  return await readCredentials({
    env: { ...Object.fromEntries(named), PATH },
    home: `${folder}/home`,
    helperTimeoutMs,
  });
}

describe("a login", () => {
  const DOCKER = "home/.docker/config.json";
  test.each([
    ["an auth of user and password", { auths: { "r.example": { auth: base64("u:p:q") } } }, basic("u", "p:q")],
    ["one that ends in zeros", { auths: { "r.example": { auth: base64("u:p\0\0") } } }, basic("u", "p")],
    ["the two apart", { auths: { "r.example": { username: "u", password: "p" } } }, basic("u", "p")],
    [
      "an identity token",
      { auths: { "r.example": { auth: base64("u:"), identitytoken: "t" } } },
      { login: { kind: "identity", token: "t" } },
    ],
    [
      "a registry's token",
      { auths: { "r.example": { registrytoken: "t" } } },
      { login: { kind: "bearer", token: "t" } },
    ],
    ["nothing where a helper keeps it", { auths: { "r.example": {} } }, {}],
    ["nothing of another registry", auths("other.example", "r.example.evil", "r.example:5000"), {}],
    [
      "the server as Docker writes it",
      { auths: { "https://R.example/v2/": { auth: base64("u:p") } } },
      basic("u", "p"),
    ],
    ["nothing in strange entries", { auths: { "r.example": [], "": 1 }, credHelpers: 1, credsStore: 2 }, {}],
    ["an empty file", "", {}],
  ])("is read from %s", async (_, file, expected) => {
    const credentials = await machine({ files: { [DOCKER]: file } });
    await expect(credentials.find(parseRepository("r.example/acme/widget"))).resolves.toEqual(expected);
  });

  test("of Docker Hub is found under each of its names", async () => {
    for (const key of ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"]) {
      const credentials = await machine({ files: { [DOCKER]: { auths: { [key]: { auth: base64("u:p") } } } } });
      await expect(credentials.find(parseRepository("nginx"))).resolves.toEqual(basic("u", "p"));
    }
  });

  test("of the closest folder above the repository counts", async () => {
    const credentials = await machine({ files: { [DOCKER]: auths("q.example", "q.example/a", "q.example/a/b/c") } });
    const user = async (name: string): Promise<unknown> => credentials.find(parseRepository(`q.example/${name}`));
    await expect(user("a/b/c")).resolves.toEqual(basic("q.example/a/b/c"));
    await expect(user("a/b")).resolves.toEqual(basic("q.example/a"));
    await expect(user("ab")).resolves.toEqual(basic("q.example"));
  });

  test.each([
    ["REGISTRY_AUTH_FILE", { REGISTRY_AUTH_FILE: "$/named.json", DOCKER_CONFIG: "$/docker" }, "named"],
    ["DOCKER_CONFIG", { DOCKER_CONFIG: "$/docker", XDG_RUNTIME_DIR: "$/run" }, "docker"],
    ["XDG_RUNTIME_DIR", { XDG_RUNTIME_DIR: "$/run", XDG_CONFIG_HOME: "$/xdg" }, "run"],
    ["XDG_CONFIG_HOME", { XDG_CONFIG_HOME: "$/xdg" }, "xdg"],
    ["Podman's default", {}, "podman"],
    ["Docker's default, where the first names another registry", { REGISTRY_AUTH_FILE: "$/other.json" }, "home"],
  ])("is looked for in the file that %s tells first", async (_, env, expected) => {
    const entry = (name: string): object => ({ auths: { "r.example": { auth: base64(`${name}:canary`) } } });
    const files = {
      "named.json": entry("named"),
      "other.json": auths("other.example"),
      "docker/config.json": entry("docker"),
      "run/containers/auth.json": entry("run"),
      "xdg/containers/auth.json": entry("xdg"),
      "home/.config/containers/auth.json": entry("podman"),
      [DOCKER]: entry("home"),
    };
    const credentials = await machine({ files, env });
    await expect(credentials.find(parseRepository("r.example/a"))).resolves.toEqual(basic(expected));
  });

  test("is not looked for in the usual places where the environment names others", async () => {
    const files = { [DOCKER]: auths("r.example"), "run/containers/auth.json": auths("r.example") };
    const env = { DOCKER_CONFIG: "$/none", REGISTRY_AUTH_FILE: "$/none.json", XDG_RUNTIME_DIR: "$/run" };
    const credentials = await machine({ files, env });
    await expect(credentials.find(parseRepository("r.example/a"))).resolves.toEqual({});
  });

  test.each([
    ["no JSON", '{"auths":{"r.example":{"auth":"canary"'],
    ["a list", "[]"],
    ["over a megabyte", `{"a":"${"a".repeat(1_100_000)}"}`],
  ])("cannot be had from a file that is %s, and no word of it is repeated", async (_, text) => {
    const error = await machine({ files: { [DOCKER]: text } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "CREDENTIALS_INVALID",
      message: expect.stringContaining("config.json") as string,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("canary");
    expect(error).not.toHaveProperty("cause");
  });
});

describe("a credential helper", () => {
  const file = (more: object): Machine["files"] => ({ "home/.docker/config.json": more });
  const says = (username: string): string =>
    `read -r server; printf '{"Username":"%s","Secret":"%s"}' "${username}" "$server"`;

  test("is asked for the registry, before the store for all", async () => {
    const files = file({ credHelpers: { "r.example": "one" }, credsStore: "all", auths: { "r.example": {} } });
    const credentials = await machine({ files, helpers: { one: says("one"), all: says("all") } });
    await expect(credentials.find(parseRepository("r.example/a"))).resolves.toEqual(basic("one", "r.example"));
    await expect(credentials.find(parseRepository("nginx"))).resolves.toEqual(
      basic("all", "https://index.docker.io/v1/"),
    );
  });

  test("may answer with an identity token", async () => {
    const credentials = await machine({ files: file({ credsStore: "x" }), helpers: { x: says("<token>") } });
    const expected = { login: { kind: "identity", token: "r.example" } };
    await expect(credentials.find(parseRepository("r.example/a"))).resolves.toEqual(expected);
  });

  test("is asked once for all repositories of a registry", async () => {
    const count = `read -r server; echo . >> "$CALLS"; printf '{"Username":"u%s","Secret":"s"}' $(wc -l < "$CALLS")`;
    const files = { ...file({ credsStore: "x" }), calls: "" };
    const credentials = await machine({ files, helpers: { x: count }, env: { CALLS: "$/calls" } });
    for (const name of ["r.example/a", "r.example/b", "r.example/a"]) {
      await expect(credentials.find(parseRepository(name))).resolves.toEqual(basic("u1", "s"));
    }
  });

  test("that holds nothing leaves the way to what stands in the file", async () => {
    const files = file({ credsStore: "x", auths: { "r.example": { auth: base64("u:p") } } });
    const helpers = { x: "echo credentials not found in native keychain; exit 1" };
    const credentials = await machine({ files, helpers });
    await expect(credentials.find(parseRepository("r.example/a"))).resolves.toEqual(basic("u", "p"));
    await expect(credentials.find(parseRepository("s.example/a"))).resolves.toEqual({});
  });

  test.each([
    ["is not there", "none", "is not installed"],
    ["fails", "fails", "exit code 3"],
    ["answers with something else", "strange", "no login"],
    ["never ends", "endless", "in time"],
    ["prints without end", "prints", "more than 65536 bytes"],
    ["has a path for its name", "../bin/docker-credential-fails", "no name"],
  ])("that %s is told, and nothing that it printed", async (_, name, fault) => {
    const helpers = {
      fails: "echo canary; echo canary >&2; exit 3",
      strange: "echo canary",
      endless: "echo canary; exec sleep 1000",
      prints: "exec yes canary",
    };
    const helperTimeoutMs = name === "endless" ? 200 : 10_000;
    const credentials = await machine({ files: file({ credsStore: name }), helpers, helperTimeoutMs });
    const answer = await credentials.find(parseRepository("r.example/a"));
    expect(answer).toEqual({ fault: expect.stringContaining(fault) as string });
    expect(JSON.stringify(answer)).not.toContain("canary");
  });
});
