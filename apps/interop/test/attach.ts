import { join } from "node:path";
import type { Attached } from "@colophon/oci";
import { inject } from "vitest";
import { runClient } from "../src/clients/client.ts";
import type { AttachRun } from "./attach-process.ts";
import { sigstore } from "./ground.ts";

/** Attaches a bundle in a process of its own. Throws with what that said. */
export async function attach(run: AttachRun): Promise<Attached> {
  const command = [process.execPath, join(import.meta.dirname, "attach-process.ts"), JSON.stringify(run)];
  // Many of them would compile the same files.
  const env = { NODE_COMPILE_CACHE: join(inject("folder"), "compile-cache") };
  const { code, stdout, stderr } = await runClient(sigstore, command, env);
  if (code !== 0) throw new Error(`attaching ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Attached;
}
