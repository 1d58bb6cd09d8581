import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { folderOf, PEERS } from "../src/peers.ts";
import { run } from "../src/process.ts";
import type { RealSigstore } from "../src/sigstore/start.ts";

const command = ["--conditions=@colophon/source", join(import.meta.dirname, "start-sigstore.ts")];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-interop-"));
  // PostgreSQL, which runs as another user than root, has to reach what is below.
  await chmod(folder, 0o711);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stdout!.setEncoding("utf8")) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text;
}

/** Whether the servers are there: the process of their network ends with them. */
function isRunning({ networkOf }: RealSigstore): boolean {
  try {
    return networkOf !== undefined && process.kill(networkOf, 0);
  } catch {
    return false;
  }
}

const isolated = inject("sigstore").networkOf !== undefined;
const skipped = isolated ? "" : " (skipped: no network namespace, and only one Sigstore fits on plain loopback)";

test.skipIf(!isolated)(`the servers end with whoever started them, however that ends${skipped}`, async () => {
  const child = spawn(process.execPath, command, {
    env: { ...process.env, TMPDIR: await emptyFolder() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const sigstore = JSON.parse(await firstLine(child)) as RealSigstore;
  expect(isRunning(sigstore)).toBe(true);
  child.kill("SIGKILL");
  await expect.poll(() => isRunning(sigstore), { timeout: 10_000 }).toBe(false);
});

test.skipIf(!isolated)(`a server that does not start is named, with what it said${skipped}`, async () => {
  const folder = await emptyFolder();
  const peers = join(folder, "peers");
  await mkdir(peers);
  for (const [name, peer] of Object.entries(PEERS)) {
    if (peer.kind === "go" && name !== "fulcio")
      await symlink(folderOf(name, peer), join(peers, `${name}-${peer.version}`));
  }
  const fulcio = join(peers, `fulcio-${PEERS.fulcio.version}`, "fulcio");
  await mkdir(dirname(fulcio));
  await writeFile(fulcio, "#!/bin/sh\necho no certificates today\nexit 3\n");
  await chmod(fulcio, 0o755);
  const env = { ...process.env, COLOPHON_PEERS: peers, TMPDIR: folder };
  const { code, stderr } = await run([process.execPath, ...command], { env });
  expect(code).toBe(1);
  expect(stderr).toContain("fulcio ended with 3:\nno certificates today");
});
