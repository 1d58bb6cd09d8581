import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.COLOPHON_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
