import { join } from "node:path";
import { enter } from "./sigstore/namespace.ts";
import type { RealSigstore } from "./sigstore/start.ts";
import { supervise } from "./sigstore/supervise.ts";

/** An npm registry on loopback, which publishes for whoever has the token. */
export interface NpmRegistry {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/** Starts the embedded registry in the network of a Sigstore, where the clients that ask both are. */
export async function startNpmRegistryBeside({ networkOf }: RealSigstore): Promise<NpmRegistry> {
  const token = "token-of-the-registry";
  const script = join(import.meta.dirname, "npm-registry-process.ts");
  const command = [process.execPath, "--conditions=@colophon/source", script, token];
  const running = await supervise("the npm registry", networkOf === undefined ? command : enter(networkOf, command));
  return { url: running.said, token, close: () => running.stop() };
}
