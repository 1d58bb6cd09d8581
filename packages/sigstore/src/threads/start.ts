import { availableParallelism } from "node:os";
import { extname } from "node:path";
import type { Authentication } from "@colophon/core";
import type { Piscina } from "piscina";
import type { ConfiguredKey } from "../configured-key.ts";
import type { TrustRoot } from "../trust/trust-root.ts";
import type { Task, ThreadData } from "./authenticate.ts";

// Each thread holds the libraries and a trust root of its own, which is some 20 MB.
const MOST_THREADS = 8;

/** Starts threads that authenticate against the trust root as it is now. */
export async function startThreads(
  root: TrustRoot,
  keys: readonly ConfiguredKey[],
): Promise<Piscina<Task, Authentication>> {
  const [{ Piscina: Pool }, { TrustedRoot }] = await Promise.all([
    import("piscina"),
    import("@sigstore/protobuf-specs"),
  ]);
  const { trustedRoots, registryKeys, digest, warnings, description } = root;
  const workerData: ThreadData = {
    // What the message format generated is more than a copy between threads keeps.
    trustedRoots: trustedRoots.map((one) => TrustedRoot.toJSON(one)),
    rest: { registryKeys, digest, warnings, description },
    keys,
  };
  const maxThreads = Math.min(availableParallelism(), MOST_THREADS);
  const filename = new URL(`./authenticate${extname(import.meta.url)}`, import.meta.url).href;
  return new Pool({ filename, name: "authenticate", workerData, minThreads: maxThreads, maxThreads });
}
