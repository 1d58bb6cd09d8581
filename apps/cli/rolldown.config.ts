import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";
import { licensePlugin, type LicenseInfo } from "rolldown-license-plugin";

/** What is loaded by path or compiles for itself; everything else is in the bundle. */
const EXTERNAL = ["jiti", "piscina"];

// One command reads some 160 small modules, and finding and reading them takes longer than what they do.
export default defineConfig({
  input: {
    main: "src/main.ts",
    // Threads are started by the names of these files.
    authenticate: "../../packages/sigstore/src/threads/authenticate.ts",
    "hash-worker": "../../packages/workspace/src/hash/hash-worker.ts",
  },
  platform: "node",
  external: EXTERNAL,
  resolve: { conditionNames: ["@colophon/source"] },
  plugins: [
    {
      name: "undici",
      resolveId: (source) =>
        source === "undici" ? fileURLToPath(import.meta.resolve("../../packages/http/src/undici.cjs")) : undefined,
    },
    licensePlugin({
      failOnUnlicensed: true,
      done: (licenses, context) =>
        context.emitFile({ type: "asset", fileName: "THIRD-PARTY-NOTICES", source: licenses.map(notice).join("\n") }),
    }),
  ],
  // Names tell the content, so that main.js tells all of it.
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  },
});

function notice({ name, version, license, licenseText }: LicenseInfo): string {
  return `${name} ${version} (${license})\n\n${licenseText}\n`;
}
