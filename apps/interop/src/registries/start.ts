import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLines } from "../process.ts";
import { waitUntilHealthy } from "../sigstore/health.ts";
import { findFreePorts } from "../sigstore/ports.ts";
import { commandLine, distributionConfig, type RegistryPlan } from "./plans.ts";

export interface RunningRegistry {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Ends the server when stdin does: a parent that crashed closes that too. */
const UNTIL_STDIN_ENDS = '"$@" & cat >/dev/null; kill $!; wait';

/** Starts a real registry with nothing in it on loopback. Throws with what it said where it does not start. */
export async function startRegistry(plan: RegistryPlan): Promise<RunningRegistry> {
  const [port = 0] = await findFreePorts(1);
  const folder = await mkdtemp(join(tmpdir(), "colophon-registry-"));
  await writeFile(join(folder, "config.yml"), distributionConfig(port));
  const log = openSync(join(folder, "log"), "w");
  const child = spawn("sh", ["-c", UNTIL_STDIN_ENDS, "sh", ...commandLine(plan, port, folder)], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
    stdio: ["pipe", log, log],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = async (): Promise<void> => {
    child.stdin?.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilHealthy({ name: plan.peer, health: `${url}/v2/` });
  } catch (cause) {
    const said = lastLines(readFileSync(join(folder, "log"), "utf8"));
    await close();
    throw new Error(`${plan.peer} did not start:\n${said}`, { cause });
  }
  return { url, close };
}
