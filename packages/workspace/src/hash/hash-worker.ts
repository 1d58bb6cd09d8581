// The worker thread of worker-pool.ts. It imports nothing of other packages but types: it has to start fast.
import { parentPort, workerData } from "node:worker_threads";
import { unreadable } from "../fault.ts";
import { digestFile, newBuffer, type HashAlgorithm, type Located } from "./digest-file.ts";
import type { Answer } from "./worker-pool.ts";

const { algorithms } = workerData as { readonly algorithms: readonly HashAlgorithm[] };
const buffer = newBuffer();

parentPort?.on("message", (file: Located) => parentPort?.postMessage(answer(file)));

function answer(file: Located): Answer {
  try {
    return { ok: true, file: digestFile(file, algorithms, buffer) };
  } catch (error) {
    const { code, message, hint, cause } = unreadable(file.path, error);
    return { ok: false, code, message, options: hint === undefined ? { cause } : { hint, cause } };
  }
}
