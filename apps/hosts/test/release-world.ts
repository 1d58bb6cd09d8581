import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parsePlan, type Plan, type Receipt } from "@colophon/core";
import { onTestFinished } from "vitest";
import { startJobIn } from "../src/repository.ts";
import { runTool, type ToolResult } from "../src/tools.ts";
import type { Registry } from "../src/verdaccio.ts";
import { makeSigningWorld, type SigningWorld } from "./colophon.ts";

/** A repository that semantic-release releases, with signatures of an embedded Sigstore. */
export interface ReleaseWorld extends SigningWorld {
  /** Runs semantic-release in the job of a push of what is checked out. */
  release(options?: ReleaseOptions): Promise<ToolResult>;
  /** Names of what lies in a folder, but for what Colophon keeps for itself. */
  list(folder?: string): Promise<readonly string[]>;
  receipt(folder?: string): Promise<Receipt>;
  plan(folder?: string): Promise<Plan>;
}

export interface ReleaseOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly tool?: "semantic-release" | "multi-semantic-release";
}

const OUTPUT = "dist/colophon";
export const OWN = "@colophon/semantic-release";
export const BASE: readonly unknown[] = [
  "@semantic-release/commit-analyzer",
  "@semantic-release/release-notes-generator",
];

export async function makeReleaseWorld(
  registry: Registry,
  files: Readonly<Record<string, string>>,
  options: Pick<Parameters<typeof makeSigningWorld>[0], "npm" | "configuration" | "sigstore"> = {},
): Promise<ReleaseWorld> {
  const world = await makeSigningWorld({ registry, files: { ".gitignore": IGNORED, ...files }, ...options });
  const { folder } = world.repository;
  return {
    ...world,
    release: async ({ args = [], env = {}, tool = "semantic-release" } = {}) => {
      const job = await startJobIn(world.repository);
      onTestFinished(() => job.close());
      return await runTool(tool, args, { cwd: folder, env: { ...world.env, ...job.env, ...env } });
    },
    list: async (below = OUTPUT) =>
      (await readdir(join(folder, below))).filter((name) => !name.startsWith(".")).toSorted(),
    receipt: async (below = OUTPUT) =>
      JSON.parse(await readFile(join(folder, below, "receipt.json"), "utf8")) as Receipt,
    plan: async (below = OUTPUT) => parsePlan(await readFile(join(folder, below, "plan.json"), "utf8")),
  };
}

const IGNORED = "node_modules/\n*.tgz\ndist/\ncolophon.config.json\ntrusted-root.json\n";

/** A package of one file, with the plugins that release it, and further options of semantic-release and package.json. */
export function packageOf(
  name: string,
  plugins: readonly unknown[],
  options: object = {},
  more: object = {},
): Record<string, string> {
  const release = { plugins: [...BASE, ...plugins], ...options };
  const manifest = { name, version: "0.0.0", repository: "github:acme/widgets", files: ["index.js"], ...more, release };
  return {
    "package.json": JSON.stringify(manifest, undefined, 2),
    "index.js": `export const name = ${JSON.stringify(name)};\n`,
  };
}
