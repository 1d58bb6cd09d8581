import { join } from "node:path";
import { enter } from "../sigstore/namespace.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import { supervise } from "../sigstore/supervise.ts";
import type { REGISTRIES } from "./plans.ts";

export type RegistryName = keyof typeof REGISTRIES;

/** A real registry where the clients of a Sigstore are. */
export interface RegistryBeside {
  /** `127.0.0.1:<port>`, as references begin. */
  readonly host: string;
  close(): Promise<void>;
}

/** Starts a real registry with nothing in it in the network of a Sigstore. Throws with what it said where it does not. */
export async function startRegistryBeside({ networkOf }: RealSigstore, name: RegistryName): Promise<RegistryBeside> {
  const command = [process.execPath, join(import.meta.dirname, "registry-process.ts"), name];
  const running = await supervise(name, networkOf === undefined ? command : enter(networkOf, command));
  return { host: new URL(running.said).host, close: () => running.stop() };
}
