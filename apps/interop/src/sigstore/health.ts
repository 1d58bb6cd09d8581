import { setTimeout as pause } from "node:timers/promises";
import { lastLines, run } from "../process.ts";
import type { Server } from "./servers.ts";

const TRIES = 300;
const BETWEEN_MS = 100;

/** Asks a server until it is ready. Throws where it does not within half a minute. */
export async function waitUntilHealthy({ name, health }: Pick<Server, "name" | "health">): Promise<void> {
  let fault: string | undefined;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    fault = typeof health === "string" ? await askAt(health) : await askBy(health);
    if (fault === undefined) return;
    await pause(BETWEEN_MS);
  }
  throw new Error(`${name} is not ready: ${fault}`);
}

async function askAt(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(BETWEEN_MS * 10) });
    await response.arrayBuffer();
    return response.ok ? undefined : `${url} answers ${response.status}`;
  } catch {
    return `${url} does not answer`;
  }
}

async function askBy(command: readonly string[]): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(command);
  return code === 0 ? undefined : `${command[0]} says ${lastLines(`${stdout}\n${stderr}`)}`;
}
