import { mkdir, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { EmbeddedOciRegistry, GitHubIdentity } from "@colophon/testkit";
import { run } from "./process.ts";

export const VERSION = "2.1.0";
const NAMES = ["@acme/widget", "@acme/widget-cli"];

/** The job of the made-up release at that commit, as GitHub Actions would run it. */
export function runAt(sha: string): GitHubIdentity {
  return {
    repository: "acme/widget",
    ref: `refs/tags/v${VERSION}`,
    sha,
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    runner: "github-hosted",
    runId: "9116405766",
  };
}

/** Writes a workspace of two packages, in the state of their next release. */
export async function writeProject(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ".gitignore"), "*\n!package.json\n!packages\n!packages/**\n");
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, workspaces: ["packages/@acme/*"] }));
  for (const name of NAMES) {
    const source = join(folder, "packages", name);
    await mkdir(source, { recursive: true });
    const manifest = {
      name,
      version: VERSION,
      description: "A widget",
      repository: { type: "git", url: "git+https://github.com/acme/widget.git" },
      publishConfig: { access: "public" },
    };
    await writeFile(join(source, "package.json"), JSON.stringify(manifest));
    await writeFile(join(source, "index.js"), "export {};\n");
  }
}

/** Pushes an image without provenance, and that of the release; tells what buildx writes of the latter. */
export function pushImages(registry: EmbeddedOciRegistry, name: string): Record<string, string> {
  const platforms = ["linux/amd64", "linux/arm64"];
  registry.addImage(name, ["2.0.0"], { platforms });
  const { digest } = registry.addImage(name, [VERSION, "latest"], { platforms });
  const names = [VERSION, "latest"].map((tag) => `${registry.host}/${name}:${tag}`);
  return { "containerimage.digest": digest, "image.name": names.join(",") };
}

/** Commits the project to a repository of its own, and tells the commit; without git there is a made-up one. */
export async function commit(folder: string): Promise<string> {
  const person = ["-c", "user.name=acme", "-c", "user.email=acme@acme.example"];
  const git = async (...args: string[]): Promise<string> => {
    const { code, stdout } = await run("git", [...person, ...args], { cwd: folder });
    if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
    return stdout;
  };
  try {
    await git("init", "--quiet");
    await git("remote", "add", "origin", "https://github.com/acme/widget.git");
    await git("add", ".");
    await git("commit", "--quiet", "--no-gpg-sign", "--message", `Release ${VERSION}`);
    return (await git("rev-parse", "HEAD")).trim();
  } catch {
    return createHash("sha1").update(`commit of ${VERSION}`).digest("hex");
  }
}
