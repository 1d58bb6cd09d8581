// The worker thread of worker-pool.ts. It imports nothing of other packages but types: it has to start fast.
import { parentPort, workerData } from "node:worker_threads";
import { WorkspaceError } from "../error.ts";
import { digestFile, newBuffer, type HashAlgorithm, type Located } from "./digest-file.ts";
import type { Answer } from "./worker-pool.ts";

const { algorithms } = workerData as { readonly algorithms: readonly HashAlgorithm[] };
const buffer = newBuffer();

async function answer(file: Located): Promise<Answer> {
  try {
    return { ok: true, file: await digestFile(file, algorithms, buffer) };
  } catch (error) {
    // Anything else ends the thread, and is thrown where its answer is waited for.
    if (!(error instanceof WorkspaceError)) throw error;
    const { code, message, hint, cause } = error;
    return { ok: false, code, message, options: hint === undefined ? { cause } : { hint, cause } };
  }
}

parentPort?.on("message", (file: Located) => {
  void answer(file).then((told) => parentPort?.postMessage(told));
});
