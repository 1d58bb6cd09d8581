import { createParallelVerifier } from "../src/index.ts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startEmbedded, type Embedded } from "./embedded.ts";
import { makeProofs } from "./proofs.ts";

let embedded: Embedded;

beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.close());

/** Threads that are started from now on, and how many of them have ended. */
function watchThreads(): { started: number; ended: number } {
  const seen = { started: 0, ended: 0 };
  const watch = (thread: NodeJS.EventEmitter): void => {
    seen.started += 1;
    thread.once("exit", () => (seen.ended += 1));
  };
  process.on("worker", watch);
  onTestFinished(() => void process.off("worker", watch));
  return seen;
}

test("answers on threads what is answered without them, for every kind of proof", async () => {
  const threads = watchThreads();
  const { proofs, keys } = await makeProofs(embedded);
  const alone = embedded.verifier(keys);
  const expected = await Promise.all(proofs.map((proof) => alone.authenticate(proof)));
  const parallel = createParallelVerifier({ trust: embedded.trust, keys });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => proofs)
      .flat()
      .map((proof) => parallel.authenticate(proof)),
  );
  await parallel.close();
  expect(answers).toEqual(Array.from({ length: 5 }, () => expected).flat());
  expect(threads.started).toBeGreaterThan(0);
  expect(threads.ended).toBe(threads.started);
});

test("starts no thread for a few proofs", async () => {
  const threads = watchThreads();
  const { proofs, keys } = await makeProofs(embedded);
  const parallel = createParallelVerifier({ trust: embedded.trust, keys });
  const answers = await Promise.all([...proofs, ...proofs].map((proof) => parallel.authenticate(proof)));
  await parallel.close();
  expect(answers.filter(({ ok }) => ok)).toHaveLength(6);
  expect(threads.started).toBe(0);
});

test("says that the trust root cannot be had, on threads too", async () => {
  const fault = new Error("gone");
  const parallel = createParallelVerifier({ trust: { load: () => Promise.reject(fault) }, keys: [] });
  const { proofs } = await makeProofs(embedded);
  const [keyless] = proofs;
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => parallel.authenticate(keyless!)));
  expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => "rejected"));
  await expect(parallel.close()).resolves.toBeUndefined();
});
