import { arch, cpus, platform, totalmem } from "node:os";
import type { Row } from "./row.ts";
import { BENCHMARKS } from "./rows.ts";

const args = process.argv.slice(2);
const json = args.includes("--json");
const wanted = args.filter((argument) => !argument.startsWith("--"));
const unknown = wanted.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown !== undefined) {
  process.stderr.write(`${unknown} is no row; there are ${BENCHMARKS.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

const rows: Row[] = [];
for (const benchmark of BENCHMARKS) {
  if (wanted.length > 0 && !wanted.includes(benchmark.name)) continue;
  if (!json) process.stderr.write(`${benchmark.name} …\n`);
  rows.push(await benchmark.run());
}
const [cpu] = cpus();
const machine = {
  node: process.version,
  platform: platform(),
  arch: arch(),
  cpu: cpu?.model ?? "unknown",
  cores: cpus().length,
  memoryBytes: totalmem(),
};
process.stdout.write(
  json
    ? `${JSON.stringify({ machine, rows }, null, 2)}\n`
    : `${rows.map((row) => `${row.name.padEnd(22)} ${describe(row)}`).join("\n")}\n`,
);

function describe({ value, unit, ratio, baseline, goal, met, skipped }: Row): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return `${value} ${unit}  ${ratio}× ${baseline}  goal ${goal}: ${met ? "met" : "NOT met"}`;
}
