import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import type { RealSigstore } from "../sigstore/start.ts";
import { runClient } from "./client.ts";

const COMMAND = join(import.meta.dirname, "../../../../plugins/container-push/bin/colophon-container-push.js");

/** Attests what was pushed, by the key of the configuration in that folder. Throws with what it said. */
export async function attestPushed(
  sigstore: RealSigstore,
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Receipt> {
  const command = [process.execPath, COMMAND, ...args, "--trusted-root", sigstore.trustedRoot, "--json"];
  const { code, stdout, stderr } = await runClient(sigstore, command, env, folder);
  if (code !== 0) throw new Error(`colophon-container-push ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Receipt;
}
