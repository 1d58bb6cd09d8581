import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A whole process, measured from outside. */
export interface ProcessFigures {
  readonly seconds: number;
  readonly code: number | null;
}

/** Of node itself. */
export async function timeProcess(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<ProcessFigures> {
  return await timeCommand([process.execPath, ...args], env);
}

export async function timeCommand(
  [command = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd?: string,
): Promise<ProcessFigures> {
  const start = performance.now();
  const child = spawn(command, args, { env, cwd, stdio: "ignore" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { seconds: (performance.now() - start) / 1000, code };
}

/** Peak resident memory in MB (10^6 bytes) of a node process, as it tells of itself when it ends. */
export async function peakMemory(args: readonly string[]): Promise<{ megabytes: number; code: number | null }> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
  const file = join(folder, "peak");
  const reporter = join(import.meta.dirname, "report-peak.mjs");
  try {
    const { code } = await timeProcess(["--import", reporter, ...args], { ...process.env, COLOPHON_BENCH_PEAK: file });
    const kibibytes = Number(await readFile(file, "utf8"));
    return { megabytes: (kibibytes * 1024) / 1e6, code };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The median of some runs, after one that does not count. */
export async function median(runs: number, measure: () => Promise<number>): Promise<number> {
  await measure();
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure());
  return middle(values);
}

export function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Medians of a value and its baseline, measured in turns, so that whatever else the machine does weighs on both. */
export async function medianPair(
  runs: number,
  value: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ readonly value: number; readonly baseline: number }> {
  const pairs: { readonly value: number; readonly baseline: number }[] = [];
  for (let run = 0; run <= runs; run += 1) pairs.push({ value: await value(), baseline: await baseline() });
  const counted = pairs.slice(1);
  return { value: middle(counted.map((pair) => pair.value)), baseline: middle(counted.map((pair) => pair.baseline)) };
}
