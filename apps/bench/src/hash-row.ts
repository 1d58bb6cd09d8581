import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFiles, hashFiles } from "@colophon/workspace";
import { middle } from "./measure.ts";
import { round, type Benchmark } from "./row.ts";

const FILES = 2000;
const FILE_BYTES = 1_000_000;
const ROUNDS = 5;

/** Seconds, or undefined where the command is not installed. */
async function timeOpenssl(folder: string, names: readonly string[]): Promise<number | undefined> {
  const start = performance.now();
  const child = spawn("openssl", ["dgst", "-sha512", ...names], { cwd: folder, stdio: "ignore" });
  const code = await new Promise<number | null | undefined>((resolve) => {
    child.once("error", () => resolve(undefined)).once("close", resolve);
  });
  if (code === undefined) return undefined;
  if (code !== 0) throw new Error(`openssl ended with ${code}`);
  return (performance.now() - start) / 1000;
}

async function timeHashing(folder: string): Promise<number> {
  const start = performance.now();
  const files = await hashFiles(await findFiles(["*"], { cwd: folder }));
  if (files.length !== FILES) throw new Error(`${files.length} files were hashed`);
  return (performance.now() - start) / 1000;
}

/** 2 GB (10^9 bytes) in 2000 files, sha256 and sha512, against openssl's sha512 alone, in turns. */
export const hash: Benchmark = {
  name: "hash",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
    try {
      const names = Array.from({ length: FILES }, (_, index) => `file-${index}`);
      const bytes = randomBytes(FILE_BYTES);
      for (const [index, name] of names.entries()) {
        bytes.writeUInt32LE(index);
        await writeFile(join(folder, name), bytes);
      }
      const ours: number[] = [];
      const theirs: number[] = [];
      // The first turn brings the files into memory and does not count.
      for (let turn = 0; turn <= ROUNDS; turn += 1) {
        const baseline = await timeOpenssl(folder, names);
        const value = await timeHashing(folder);
        if (turn === 0) continue;
        ours.push(value);
        if (baseline !== undefined) theirs.push(baseline);
      }
      const row = { name: "hash", value: round(middle(ours)), unit: "s", baseline: "openssl dgst -sha512" };
      const goal = "ratio <= 1.2";
      if (theirs.length === 0) return { ...row, ratio: null, goal, met: null, skipped: "openssl is not installed" };
      const ratio = middle(ours) / middle(theirs);
      return { ...row, ratio: round(ratio), goal, met: ratio <= 1.2 };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
