import { once } from "node:events";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { WorkspaceError, type WorkspaceErrorCode } from "../error.ts";
import type { FileDigest, HashAlgorithm, Located } from "./digest-file.ts";

/** More than this many disks cannot feed. */
const MAX_WORKERS = 8;

/** What a worker tells of one file. An error's class does not cross from thread to thread, so its parts do. */
export type Answer =
  | { readonly ok: true; readonly file: FileDigest }
  | {
      readonly ok: false;
      readonly code: WorkspaceErrorCode;
      readonly message: string;
      readonly options: { readonly hint?: string; readonly cause?: unknown };
    };

/**
 * Hashes files on as many threads as there are processors, whole files each, and tells each as it is done. Where one
 * fails no further one is begun. Throws what digestFile throws.
 */
export async function hashInWorkers(
  files: readonly Located[],
  algorithms: readonly HashAlgorithm[],
  done: (index: number, file: FileDigest) => void,
): Promise<void> {
  // The source runs as it is; what is built lies beside this file under the other name.
  const script = new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url);
  const count = Math.min(availableParallelism(), MAX_WORKERS, files.length);
  // Without the flags that node was started with: not each of them is for a thread that runs a file.
  const options = { workerData: { algorithms }, execArgv: [] };
  const workers = Array.from({ length: count }, () => new Worker(script, options));
  const queue = files.entries();
  const drain = async (worker: Worker): Promise<void> => {
    for (const [index, { path, location }] of queue) {
      worker.postMessage({ path, location });
      const [answer] = (await once(worker, "message")) as [Answer];
      if (!answer.ok) throw new WorkspaceError(answer.code, answer.message, answer.options);
      done(index, answer.file);
    }
  };
  try {
    await Promise.all(workers.map(drain));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
