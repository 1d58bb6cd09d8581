import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createBuildObserver, parseRunSummary } from "../../src/index.ts";
import { refusal } from "../world.ts";

const run = promisify(execFile);

const FILES = {
  ".gitignore": ".turbo\nnode_modules\ndist\n",
  "package.json": JSON.stringify({
    name: "root",
    private: true,
    workspaces: ["packages/*"],
    packageManager: "npm@11.19.1",
  }),
  "turbo.json": JSON.stringify({ tasks: { build: { outputs: ["dist/**"] } } }),
  "packages/a/package.json": JSON.stringify({
    name: "a",
    version: "1.0.0",
    scripts: { build: "mkdir -p dist && cp x.txt dist" },
  }),
  "packages/a/x.txt": "alpha\n",
};

/** A remote cache that keeps what it is given (turborepo's remote cache API, v8). */
async function startRemoteCache(): Promise<string> {
  const artifacts = new Map<string, Buffer>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://cache").pathname;
    if (path.endsWith("/status")) response.end('{"status":"enabled"}');
    else if (path.endsWith("/events")) response.end("{}");
    else if (request.method === "PUT") {
      artifacts.set(path, Buffer.concat(await request.toArray()));
      response.writeHead(202).end('{"urls":[]}');
    } else response.writeHead(artifacts.has(path) ? 200 : 404).end(artifacts.get(path));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function makeMonorepo(): Promise<{
  folder: string;
  commit: string;
  git: (...args: string[]) => Promise<string>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-turbo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const git = async (...args: string[]): Promise<string> =>
    (
      await run("git", ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", ...args], { cwd: folder })
    ).stdout.trim();
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Begin");
  return { folder, commit: await git("rev-parse", "HEAD"), git };
}

test("a real run is read, and the hit of a real remote cache refused", async () => {
  const { folder, commit, git } = await makeMonorepo();
  const env = {
    ...process.env,
    TURBO_API: await startRemoteCache(),
    TURBO_TOKEN: "t",
    TURBO_TEAM: "acme",
    TURBO_TELEMETRY_DISABLED: "1",
  };
  const build = async (): Promise<Uint8Array> => {
    const turbo = join(import.meta.dirname, "../../../../node_modules/.bin/turbo");
    const { stdout } = await run(turbo, ["run", "build", "--summarize", "--no-update-notifier", "--no-daemon"], {
      cwd: folder,
      env,
    });
    return readFile(/^Summary:\s+(\S+)$/m.exec(stdout)?.[1] ?? "");
  };
  const describeBuild = async () =>
    createBuildObserver({
      env: {},
      git: { commit },
      runSummary: parseRunSummary(await build(), "run.json"),
    }).describe();

  const { buildDefinition } = await describeBuild();
  expect(buildDefinition.internalParameters).toMatchObject({
    colophon_turborepo: { tasks: [{ taskId: "a#build", cache: "MISS" }] },
  });
  expect(buildDefinition.resolvedDependencies).toContainEqual({
    name: "packages/a/x.txt",
    digest: { gitBlob: await git("rev-parse", "HEAD:packages/a/x.txt") },
  });

  for (const cache of [".turbo/cache", "node_modules/.cache", "packages/a/dist"]) {
    await rm(join(folder, cache), { recursive: true, force: true });
  }
  const error = await refusal(describeBuild());
  expect([error.code, error.message]).toEqual(["remote-cache-hit", expect.stringContaining("a#build")]);
});
