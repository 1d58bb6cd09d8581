import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { timeCommand } from "./measure.ts";

/** Where the interop suite keeps its peers (COLOPHON_PEERS, else the user's cache), or on the PATH. */
export function findCosign(env: NodeJS.ProcessEnv): string | undefined {
  const cache = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const peers = env["COLOPHON_PEERS"] || join(cache, "colophon/peers");
  const kept = globSync("cosign-v*/cosign", { cwd: peers }).map((path) => join(peers, path));
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "cosign"));
  return [...kept, ...onPath].find((path) => existsSync(path));
}

/** Of every key, for every command. */
export const KEY_PASSWORD = "widget";

export async function timeWell(command: readonly string[], home: string): Promise<number> {
  const { seconds, code } = await timeCommand(command, {
    PATH: process.env["PATH"],
    HOME: home,
    COSIGN_PASSWORD: KEY_PASSWORD,
    COLOPHON_KEY_PASSWORD: KEY_PASSWORD,
  });
  if (code !== 0) throw new Error(`${command.slice(0, 2).join(" ")} ended with ${code}`);
  return seconds;
}
