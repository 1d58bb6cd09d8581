import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { expect, test } from "vitest";
import { readTarballManifest, toolVersion } from "../../src/publish/index.ts";
import { createTarScanner } from "../../src/publish/tar-scanner.ts";
import { makeFolder } from "../world.ts";

test("stops at 2 GB decompressed, whatever the wire has", async () => {
  const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
  const bomb = Buffer.concat(Array.from({ length: 33 }, () => zeros));
  const path = join(await makeFolder({ "bomb.tgz": bomb }), "bomb.tgz");
  await expect(readTarballManifest(path)).rejects.toThrow("more than 2147483648 bytes");
});

test("stops at 200,000 files", () => {
  const scanner = createTarScanner();
  const write = (path: string): void => {
    const block = Buffer.alloc(512);
    new Header({ path, type: "File", size: 0, mode: 0o644 }).encode(block);
    scanner.write(block);
  };
  for (let count = 0; count < 200_000; count += 1) write(`package/${count}`);
  expect(() => write("package/one-more")).toThrow("more than 200000 files");
});

test("ends a tool that ignores every signal which it can ignore", async () => {
  const script = "for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => {}); setInterval(() => {}, 1000);";
  const env = { PATH: await makeFolder({ npm: `#!${process.execPath}\n${script} console.error("ready")` }) };
  await chmod(join(env.PATH, "npm"), 0o755);
  const controller = new AbortController();
  const onLine = (): void => controller.abort();
  const run = toolVersion({ tool: "npm", cwd: env.PATH, env, onLine, signal: controller.signal });
  await expect(run).rejects.toMatchObject({ code: "TOOL_STOPPED" });
});
