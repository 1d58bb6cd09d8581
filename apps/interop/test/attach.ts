import { join } from "node:path";
import type { Attached } from "@colophon/oci";
import { runClient } from "../src/clients/client.ts";
import type { AttachRun } from "./attach-process.ts";
import { sigstore } from "./ground.ts";

/** Attaches a bundle in a process of its own. Throws with what that said. */
export async function attach(run: AttachRun): Promise<Attached> {
  const command = [process.execPath, join(import.meta.dirname, "attach-process.ts"), JSON.stringify(run)];
  const { code, stdout, stderr } = await runClient(sigstore, command);
  if (code !== 0) throw new Error(`attaching ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Attached;
}
