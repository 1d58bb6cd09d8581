import { defineConfig } from "vitest/config";

const suite = process.env["COLOPHON_SUITE"] ?? "unit";
const endings: Record<string, string> = { unit: "test", e2e: "e2e", interop: "interop" };

export default defineConfig({
  ssr: { resolve: { conditions: ["@colophon/source"] } },
  test: {
    include: [`{packages,plugins,apps,test}/**/*.${endings[suite] ?? "test"}.ts`],
    // Threads that the tested code starts find the sources too.
    execArgv: ["--conditions=@colophon/source"],
    globalSetup: suite === "interop" ? ["apps/interop/test/global-setup.ts"] : [],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Many tests wait for processes and backoffs rather than for a processor.
    maxWorkers: 4,
    testTimeout: suite === "unit" ? 15_000 : 120_000,
    hookTimeout: suite === "unit" ? 30_000 : 120_000,
  },
});
