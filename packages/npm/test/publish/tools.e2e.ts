import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { buildPackageTarball } from "@colophon/testkit";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  canTakeProvenanceFile,
  packPackage,
  publishTarball,
  readTarballManifest,
  toolVersion,
  type PublishOutcome,
} from "../../src/publish/index.ts";
import { findTool } from "../../src/publish/find-tool.ts";
import { readLines } from "../../src/publish/read-lines.ts";
import { createRedactor } from "../../src/publish/redact.ts";
import { makeFolder } from "../world.ts";

const SECRET = "hunter2-and-more";
const WIDGET = { name: "@acme/widget", version: "1.0.0" };

/** This process's PATH, and a home of its own. */
async function environment(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const { PATH = "" } = process.env;
  const home = await makeFolder({ ".npmrc": "update-notifier=false\n" });
  return { PATH, HOME: home, USERPROFILE: home, npm_config_cache: join(home, "cache"), DEPLOY_TOKEN: SECRET, ...more };
}

/** A PATH on which the tool is this script of node. */
async function scripted(tool: "npm" | "pnpm", script: string): Promise<Record<string, string>> {
  const folder = await makeFolder({ [tool]: `#!${process.execPath}\n${script}` });
  await chmod(join(folder, tool), 0o755);
  return environment({ PATH: folder });
}

test("packs with npm, its scripts included, and passes their lines on", async () => {
  const scripts = { prepack: `node -p "'[made ' + process.env.DEPLOY_TOKEN; process.exitCode = 0"` };
  const folder = await makeFolder({ "package.json": JSON.stringify({ ...WIDGET, scripts }) });
  const destination = join(folder, "dist/release");
  const lines: string[] = [];
  const env = await environment();
  const path = await packPackage({ tool: "npm", folder, destination, env, onLine: (line) => lines.push(line) });
  expect(path).toBe(join(destination, "acme-widget-1.0.0.tgz"));
  expect(await readdir(destination)).toEqual(["acme-widget-1.0.0.tgz"]);
  expect(await readTarballManifest(path)).toMatchObject(WIDGET);
  expect(lines.join("\n")).toContain("0");
  expect(lines.join("\n")).not.toContain(SECRET);
});

test.each([
  ["none", ""],
  ["pack", "prepack"],
  ["publish", "prepublishOnly prepack"],
] as const)("runs the lifecycle scripts of %s: %j", async (scripts, ran) => {
  const append = (name: string): string => `node -e "require('fs').appendFileSync('ran', '${name} ')"`;
  const manifest = { ...WIDGET, scripts: { prepack: append("prepack"), prepublishOnly: append("prepublishOnly") } };
  const folder = await makeFolder({ "package.json": JSON.stringify(manifest), ran: "" });
  await packPackage({ tool: "npm", folder, destination: join(folder, "out"), env: await environment(), scripts });
  expect((await readFile(join(folder, "ran"), "utf8")).trim()).toBe(ran);
});

test.each(["npm", "pnpm"] as const)("runs nothing that %s is told to ignore, at a workspace's root", async (tool) => {
  const scripts = { prepublishOnly: "echo >ran", prepack: "echo >ran" };
  const root = await makeFolder({
    "package.json": JSON.stringify({ name: "root", private: true, workspaces: ["a"] }),
    "pnpm-workspace.yaml": "packages: [a]\nignoreScripts: true\n",
    ".npmrc": "ignore-scripts=true\n",
    "a/package.json": JSON.stringify({ ...WIDGET, scripts }),
  });
  const folder = join(root, "a");
  const destination = join(folder, "out");
  await packPackage({ tool, folder, destination, env: await environment(), scripts: "publish" });
  expect(await readdir(folder)).not.toContain("ran");
});

test("tells the exit code and the last lines of a pack that fails, without secrets", async () => {
  const env = await scripted("npm", `console.error("\\u001b[31mno " + process.env.DEPLOY_TOKEN); process.exit(7)`);
  const folder = await makeFolder();
  const packed = packPackage({ tool: "npm", folder, destination: folder, env });
  await expect(packed).rejects.toMatchObject({
    code: "TOOL_FAILED",
    message: "npm pack failed with exit code 7\nno ***",
  });
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [0, "made 0 tarballs"],
  [2, "made 2 tarballs, not one 0.tgz, 1.tgz"],
])("refuses a pack of %d tarballs", async (count, message) => {
  const write = `require("fs").writeFileSync(process.argv.at(-1) + "/" + i + ".tgz", "")`;
  const env = await scripted("pnpm", `for (let i = 0; i < ${count}; i++) ${write}`);
  const folder = await makeFolder();
  const packed = packPackage({ tool: "pnpm", folder, destination: folder, env });
  await expect(packed).rejects.toMatchObject({
    code: "TOOL_FAILED",
    message: expect.stringContaining(message) as string,
  });
});

interface Put {
  readonly name: string;
  readonly sha512: string;
}

/** A registry that answers a publication with this status, and what it was sent. */
async function registryOf(status: number, headers: Record<string, string> = {}): Promise<{ url: string; puts: Put[] }> {
  const puts: Put[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.method === "PUT") puts.push(putOf(body));
      response.writeHead(request.method === "PUT" ? status : 404, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(status < 300 ? { success: true } : { error: `refused for ${SECRET}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, puts };
}

function putOf(body: string): Put {
  const { name, _attachments } = JSON.parse(body) as { name: string; _attachments: Record<string, { data: string }> };
  const [attachment] = Object.values(_attachments);
  const bytes = Buffer.from(attachment?.data ?? "", "base64");
  return { name, sha512: createHash("sha512").update(bytes).digest("hex") };
}

const TARBALL = buildPackageTarball(WIDGET);

async function publish(url: string): Promise<PublishOutcome> {
  // A bare path of these two parts is a repository of GitHub to npm.
  const cwd = await makeFolder({ "release/widget.tgz": TARBALL });
  const host = new URL(url).host;
  const args = [`--registry=${url}`, `--//${host}/:_authToken=${SECRET}`, "--fetch-retries=0"];
  const env = await environment();
  return publishTarball({ tool: "npm", tarball: join(cwd, "release/widget.tgz"), args, cwd, env });
}

test("publishes the bytes of the tarball", async () => {
  const { url, puts } = await registryOf(201);
  expect(await publish(url)).toEqual({ outcome: "published" });
  expect(puts).toEqual([{ name: "@acme/widget", sha512: createHash("sha512").update(TARBALL).digest("hex") }]);
});

test.each<[number, string, Record<string, string>]>([
  [403, "E403", {}],
  [500, "E500", {}],
  [401, "EOTP", { "www-authenticate": "OTP" }],
])("tells npm's code where the registry answers %d: %s", async (status, code, headers) => {
  const { url } = await registryOf(status, headers);
  const outcome = await publish(url);
  expect(outcome).toMatchObject({ outcome: "failed", code });
  expect(JSON.stringify(outcome)).not.toContain(SECRET);
});

test.each([
  ["release/app.tgz", "./release/app.tgz"],
  ["../app.tgz", "../app.tgz"],
  [".app.tgz", "./.app.tgz"],
])("gives %s as %s, the arguments as they are", async (tarball, given) => {
  const env = await scripted("pnpm", "console.error(JSON.stringify(process.argv.slice(2)))");
  const cwd = await makeFolder();
  const lines: string[] = [];
  const args = ["--tag", "$(next) *"];
  const onLine = (line: string): void => void lines.push(line);
  await publishTarball({ tool: "pnpm", tarball: join(cwd, tarball), args, cwd, env, onLine });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    ["publish", given, "--json", "--tag", "$(next) *"],
  ]);
});

test.each([
  ["console.error('npm error code E404'); process.exit(1)", "E404", "exit code 1: npm error code E404"],
  ["console.error(' ERR_PNPM_GIT_UNCLEAN  Unclean'); process.exit(1)", "ERR_PNPM_GIT_UNCLEAN", "Unclean"],
  [
    `console.log('noise\\n{"error":{"code":"ERR_PNPM_X","message":"no ${SECRET}"}}'); process.exit(1)`,
    "ERR_PNPM_X",
    "no ***",
  ],
  [`console.log('{"error":{"code":"<b>","message":"no"}}'); process.exit(1)`, "UNKNOWN", "no"],
  ["process.exit(3)", "UNKNOWN", "exit code 3"],
])("finds the fault in what a tool says: %s", async (script, code, message) => {
  const env = await scripted("npm", script);
  const cwd = await makeFolder();
  const outcome = await publishTarball({ tool: "npm", tarball: join(cwd, "x.tgz"), args: [], cwd, env });
  expect(outcome).toMatchObject({ outcome: "failed", code, message: expect.stringContaining(message) as string });
});

/** Starts a child that lives on past SIGINT, and says its own id once it does. */
const STUBBORN = `
  const script = "process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.error(process.pid)";
  process.on("SIGINT", () => { child.kill("SIGKILL"); console.error("interrupted"); process.exitCode = 1; clearInterval(living); });
  const living = setInterval(() => {}, 1000);
  const child = require("child_process").spawn(process.execPath, ["-e", script], { stdio: "inherit" });`;

/** Not where it has ended and nobody has asked for its exit code. */
function lives(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return !/^\s*(?:Z|$)/.test(stdout);
}

test.each<[string, { abort?: boolean; signal?: NodeJS.Signals; timeoutMs?: number }, RegExp]>([
  ["an abort", { abort: true }, /aborted/],
  ["the time limit", { timeoutMs: 600 }, /not done after 600 ms/],
  ["SIGINT", { signal: "SIGINT" }, /ended by SIGINT[^]*interrupted/],
])("ends the tool and what it has started on %s", async (_what, { abort, signal, timeoutMs = 10_000 }, message) => {
  const env = await scripted("npm", STUBBORN);
  const cwd = await makeFolder();
  const controller = new AbortController();
  const pids: number[] = [];
  const onLine = (line: string): void => {
    if (!/^\d+$/.test(line)) return;
    pids.push(Number(line));
    if (abort === true) controller.abort();
    if (signal !== undefined) process.emit(signal, signal);
  };
  const request = { tool: "npm", tarball: join(cwd, "x.tgz"), args: [], cwd, env, timeoutMs } as const;
  const published = publishTarball({ ...request, onLine, signal: controller.signal });
  await expect(published).rejects.toMatchObject({
    code: "TOOL_STOPPED",
    message: expect.stringMatching(message) as string,
  });
  expect(pids).toHaveLength(1);
  expect(pids.filter(lives)).toEqual([]);
  expect(process.listenerCount("SIGINT")).toBe(0);
});

test("leaves no tool behind where its lines cannot be taken", async () => {
  const env = await scripted("npm", "setInterval(() => {}, 1000); console.error(process.pid)");
  let pid = 0;
  const onLine = (line: string): void => {
    pid = Number(line);
    throw new RangeError("no more lines");
  };
  await expect(toolVersion({ tool: "npm", cwd: await makeFolder(), env, onLine })).rejects.toThrow("no more lines");
  await vi.waitFor(() => expect(lives(pid)).toBe(false));
});

test("does not start a tool for what is aborted already", async () => {
  const env = await scripted("npm", "console.error('started')");
  const run = toolVersion({ tool: "npm", cwd: ".", env, signal: AbortSignal.abort(), onLine: expect.unreachable });
  await expect(run).rejects.toMatchObject({ code: "TOOL_STOPPED" });
});

test("tells npm's version", async () => {
  const cwd = await makeFolder();
  expect(await toolVersion({ tool: "npm", cwd, env: await environment() })).toMatch(/^\d+\.\d+\.\d+/);
});

test.each<[string, string, string]>([
  ["that is not on PATH", "", "TOOL_NOT_FOUND"],
  ["that tells none", "console.log('x')", "TOOL_FAILED"],
  ["that prints without end", "console.log('1.0.0' + ' '.repeat(17e6))", "TOOL_FAILED"],
  ["that fails", "console.log('1.0.0'); process.exit(1)", "TOOL_FAILED"],
])("has no version of a tool %s", async (_what, script, code) => {
  const env = script === "" ? { PATH: await makeFolder({ npm: "not executable" }) } : await scripted("npm", script);
  await expect(toolVersion({ tool: "npm", cwd: await makeFolder(), env })).rejects.toMatchObject({ code });
});

test("says which folder a tool cannot be started in", async () => {
  const cwd = join(await makeFolder(), "absent");
  const run = toolVersion({ tool: "npm", cwd, env: await environment() });
  await expect(run).rejects.toMatchObject({ code: "TOOL_FAILED", message: expect.stringContaining(cwd) as string });
});

test.each([
  ["10.9.9", false],
  ["11.19.9", false],
  ["11.20.0-pre.1", false],
  ["11.20.0", true],
  ["11.99.0", true],
  ["12.0.0-pre.1", false],
  ["12.0.2", false],
  ["12.1.0-pre.0", false],
  ["12.1.0", true],
  ["13.0.0-pre.0", true],
  ["x", false],
])("knows whether npm %s takes a provenance file: %s", (version, takes) => {
  expect(canTakeProvenanceFile(version)).toBe(takes);
});

test("runs the script that a .cmd names, and an .exe as it is", async () => {
  const npm = String.raw`SET "NPM_PREFIX_JS=%~dp0\node_modules\npm\bin\npm-prefix.js"
SET "NPM_CLI_JS=%~dp0\node_modules\npm\bin\npm-cli.js"`;
  const pnpm = String.raw`"%_prog%"  "%dp0%\node_modules\pnpm\bin\pnpm.cjs" %*`;
  const [first, second] = [await makeFolder({ "npm.cmd": npm }), await makeFolder({ "pnpm.cmd": pnpm, "npm.exe": "" })];
  const env = { Path: [first, second].join(delimiter) };
  const found = { program: process.execPath, first: [join(first, "node_modules/npm/bin/npm-cli.js")] };
  expect(await findTool("npm", env, "win32")).toEqual(found);
  const script = join(second, "node_modules/pnpm/bin/pnpm.cjs");
  expect(await findTool("pnpm", env, "win32")).toEqual({ program: process.execPath, first: [script] });
  await chmod(join(second, "npm.exe"), 0o755);
  expect(await findTool("npm", { Path: second }, "win32")).toEqual({ program: join(second, "npm.exe"), first: [] });
});

test.each<[Record<string, string>, string, string]>([
  [{ NPM_TOKEN: "abcdef" }, "token abcdef.", "token ***."],
  [{ A_KEY: "abcdef", B_KEY: "abcdefghi" }, "abcdefghi", "***"],
  [{ A_PASSPHRASE: "abcdef", DB_PASS: "ghijkl" }, "abcdef ghijkl", "*** ***"],
  [{ A_PASSWORD: "a b/c%d" }, "a%20b%2Fc%25d", "***"],
  [{ A_KEY: "-----BEGIN\nMIIabc\n-----END" }, "MIIabc", "***"],
  [{ A_KEY: "abcd", npm_config_always_auth: "false", PLAIN: "visible" }, "abcd false visible", "abcd false visible"],
  [{}, "npm_abcdefghijklmnopqrstuvwxyz0123456789 x", "*** x"],
  [{}, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0x.sig-x", "***"],
  [{}, "https://robot:pw@host.example/x", "https://***@host.example/x"],
  [{}, "//host.example/:_authToken=abc x", "//host.example/:_authToken=*** x"],
  [{}, "authorization: Bearer abcdefghijklmnop", "authorization: Bearer ***"],
  [{}, "Basic authentication", "Basic authentication"],
  [{}, "\u001b[31mred\u001b[0m\u0007\u202e", "red"],
  [{}, "x".repeat(9000), `${"x".repeat(8192)}…`],
])("shows lines without secrets of %j", (env, line, shown) => {
  expect(createRedactor(env)(line)).toBe(shown);
});

test("cuts no secret in half", async () => {
  const env = await scripted(
    "npm",
    `process.stderr.write("x".repeat(8185) + process.env.DEPLOY_TOKEN); process.exit(1)`,
  );
  const run = toolVersion({ tool: "npm", cwd: await makeFolder(), env });
  await expect(run).rejects.toThrow(/x\*\*\*$/);
});

test("tells the last twenty lines of many", async () => {
  const env = await scripted("npm", "for (let i = 0; i < 50; i++) console.error('line ' + i); process.exitCode = 1");
  const error = await toolVersion({ tool: "npm", cwd: await makeFolder(), env }).catch((thrown: unknown) => thrown);
  const lines = (error as Error).message.split("\n").filter((line) => line.startsWith("line "));
  expect(lines).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 30}`));
});

test("keeps of a line what can be shown, over chunks and within characters", async () => {
  const lines: string[] = [];
  const euro = Buffer.from("a\u20ac\r\n");
  const chunks = [euro.subarray(0, 2), euro.subarray(2), ...Array.from({ length: 9 }, () => Buffer.alloc(10_000, "x"))];
  await readLines(Readable.from(chunks), (line) => lines.push(line));
  expect(lines.map((line) => line.slice(0, 2))).toEqual(["a\u20ac", "xx"]);
  expect(lines[1]).toHaveLength(65_536);
});

test("takes a line without end in bounded memory", async () => {
  const env = await scripted(
    "npm",
    `process.stderr.write("x".repeat(5e6)); process.stderr.write("\\nend"); process.exitCode = 1`,
  );
  const lines: string[] = [];
  const run = toolVersion({ tool: "npm", cwd: await makeFolder(), env, onLine: (line) => lines.push(line) });
  await expect(run).rejects.toThrow("exit code 1");
  expect(lines.map((line) => line.length)).toEqual([8193, 3]);
});
