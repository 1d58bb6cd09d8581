import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import type { NpmRegistry } from "../npm-registry.ts";
import { runWell } from "../process.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import { runClient } from "./client.ts";

const COMMAND = join(import.meta.dirname, "../../../../plugins/npm-publish/bin/colophon-npm-publish.js");
const BOT = ["-c", "user.name=Release Bot", "-c", "user.email=bot@example.test"];

/** A package in a git repository of its own, and a home for npm beside it. */
export interface PackageCheckout {
  readonly folder: string;
  readonly home: string;
  /** The one commit. */
  readonly sha: string;
}

/** Makes a checkout below a folder. Its configuration signs as that signing config says, and trusts that root. */
export async function makePackageCheckout(
  parent: string,
  name: string,
  trust: { readonly signingConfig: string; readonly trustedRoot: string },
): Promise<PackageCheckout> {
  const folder = join(parent, "checkout");
  const home = join(parent, "home");
  const { signingConfig, trustedRoot } = trust;
  const files = {
    "package.json": { name, version: "1.0.0", repository: "github:acme/widget", files: ["index.js"] },
    "index.js": "a module",
    "colophon.config.json": { sign: { signingConfig }, trust: { trustedRoot } },
  };
  for (const path of [folder, home]) await mkdir(path, { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), JSON.stringify(content));
  const git = async (...args: readonly string[]): Promise<string> => {
    const env = { PATH: process.env["PATH"], HOME: home, GIT_CONFIG_NOSYSTEM: "1" };
    return (await runWell(["git", "-C", folder, ...BOT, ...args], { env })).stdout.trim();
  };
  await git("init", "--quiet");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "feat: begin");
  return { folder, home, sha: await git("rev-parse", "HEAD") };
}

/** What `colophon-npm-publish` left: the tarball that it published, and its bundle. */
export interface PublishedWithColophon {
  readonly receipt: Receipt;
  readonly tarball: string;
  readonly bundle: string;
}

/** Publishes the package of a checkout in a job of these variables, with the npm of the PATH. Throws with what it said. */
export async function publishWithColophon(
  sigstore: RealSigstore,
  registry: NpmRegistry,
  { folder, home }: PackageCheckout,
  job: Readonly<Record<string, string>>,
): Promise<PublishedWithColophon> {
  const { url, token } = registry;
  await writeFile(join(home, ".npmrc"), `registry=${url}/\n//${new URL(url).host}/:_authToken=${token}\n`);
  const env = { ...job, HOME: home, NPM_CONFIG_GLOBALCONFIG: join(home, "no-global-npmrc") };
  const { code, stdout, stderr } = await runClient(sigstore, [process.execPath, COMMAND, "--json"], env, folder);
  if (code !== 0) throw new Error(`colophon-npm-publish ended with ${code}: ${stderr}${stdout}`);
  const receipt = JSON.parse(stdout) as Receipt;
  const bundle = receipt.objects[0]?.bundle ?? "";
  const output = join(folder, "dist/colophon");
  const tarball = join(output, "tarballs", bundle.replace(/\.sigstore\.json$/, ""));
  return { receipt, tarball, bundle: join(output, bundle) };
}
