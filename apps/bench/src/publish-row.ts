import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildPackageTarball,
  startGitHubJob,
  startNpmRegistry,
  startSigstore,
  writeTrustedRoot,
} from "@colophon/testkit";
import { medianPair, timeCommand } from "./measure.ts";
import { RELEASE } from "./release.ts";
import { round, type Benchmark, type Row } from "./row.ts";

const COMMAND = join(import.meta.dirname, "../../../plugins/npm-publish/bin/colophon-npm-publish.js");
const RUNS = 9;
const TOKEN = "made-up";

/** What a publish through the plugin takes longer than `npm publish` of a tarball like it, on a registry without lag. */
export const publishOverhead: Benchmark = {
  name: "publish-overhead",
  run: async (): Promise<Row> => {
    const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
    const [sigstore, job, registry] = await Promise.all([
      startSigstore(),
      startGitHubJob(RELEASE),
      startNpmRegistry({ publishToken: TOKEN }),
    ]);
    try {
      const { url } = sigstore;
      await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
      const config = {
        trust: { trustedRoot: "trusted-root.json" },
        sign: { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp` },
      };
      await writeFile(join(folder, "colophon.config.json"), JSON.stringify(config));
      const token = `${registry.url.replace(/^http:/, "")}/:_authToken=${TOKEN}`;
      await writeFile(join(folder, ".npmrc"), `registry=${registry.url}/\n${token}\n`);
      const env = { ...process.env, ...job.env, HOME: folder, npm_config_registry: `${registry.url}/` };
      let version = 0;
      const timed = async (command: readonly string[]): Promise<number> => {
        const tarball = buildPackageTarball({ name: "widget", version: `1.0.${version}`, repository: "acme/widget" });
        const file = `./widget-1.0.${version}.tgz`;
        version += 1;
        await writeFile(join(folder, file), tarball);
        const { seconds, code } = await timeCommand([...command, file], env, folder);
        if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
        return seconds;
      };
      const { value: whole, baseline } = await medianPair(
        RUNS,
        () => timed([process.execPath, COMMAND, "--provenance", "none"]),
        () => timed(["npm", "publish"]),
      );
      const value = whole - baseline;
      return {
        name: "publish-overhead",
        value: round(value),
        unit: "s",
        baseline: "npm publish of a tarball like it",
        ratio: round(value / baseline),
        goal: "ratio <= 1",
        met: value <= baseline,
      };
    } finally {
      await Promise.all([
        sigstore.close(),
        job.close(),
        registry.close(),
        rm(folder, { recursive: true, force: true }),
      ]);
    }
  },
};
