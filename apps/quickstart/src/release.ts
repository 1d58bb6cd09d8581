import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildNpmPublishAttestation,
  toNpmPurl,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type GitHubIdentity,
} from "@colophon/testkit";
import { run, type Finished } from "./process.ts";

export const VERSION = "2.1.0";
const NAMES = ["@acme/widget", "@acme/widget-cli"];
const REPOSITORY = { type: "git", url: "git+https://github.com/acme/widget.git" };

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

/** Commits the project to a repository of its own, and tells the commit; without git there is a made-up one. */
export async function commit(folder: string): Promise<string> {
  await rm(join(folder, ".git"), { recursive: true, force: true });
  await writeFile(join(folder, ".gitignore"), "*\n!packages\n!packages/**\n");
  const git = async (...args: string[]): Promise<string> =>
    (
      await mustEnd(
        0,
        await run("git", ["-c", "user.name=acme", "-c", "user.email=acme@acme.example", ...args], { cwd: folder }),
      )
    ).stdout;
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

const manifestOf = (name: string): object => ({
  name,
  version: VERSION,
  description: "A widget",
  repository: REPOSITORY,
});
const tarballOf = (name: string): string => `${name.replace("@", "").replace("/", "-")}-${VERSION}.tgz`;

/** Packs both packages with npm, as their next release, and tells how npm's registry will name them, with their digests. */
export async function pack(folder: string): Promise<string[]> {
  await rm(join(folder, "dist"), { recursive: true, force: true });
  await mkdir(join(folder, "dist"), { recursive: true });
  for (const name of NAMES) {
    const source = join(folder, "packages", name);
    await mkdir(source, { recursive: true });
    await writeFile(join(source, "package.json"), JSON.stringify(manifestOf(name)));
    await writeFile(join(source, "index.js"), "export {};\n");
    await mustEnd(
      0,
      await run("npm", ["pack", "--silent", "--pack-destination", join(folder, "dist")], { cwd: source }),
    );
  }
  return (await Promise.all(NAMES.map((name) => subjectsOf(name, folder)))).flat();
}

async function subjectsOf(name: string, folder: string): Promise<string[]> {
  const tarball = await readFile(join(folder, "dist", tarballOf(name)));
  return ["sha256", "sha512"].map((algorithm) => {
    const hex = createHash(algorithm).update(tarball).digest("hex");
    return `${toNpmPurl(name, VERSION)}=${algorithm}:${hex}`;
  });
}

/** Publishes the tarballs with the provenance that was made for them, and the registry's own attestation. */
export async function publish(
  folder: string,
  registry: EmbeddedNpmRegistry,
  sigstore: EmbeddedSigstore,
): Promise<void> {
  const bundle = JSON.parse(await readFile(join(folder, "dist/colophon/provenance.sigstore.json"), "utf8")) as object;
  for (const name of NAMES) {
    const tarball = await readFile(join(folder, "dist", tarballOf(name)));
    const sha512 = createHash("sha512").update(tarball).digest("hex");
    const publication = buildNpmPublishAttestation({ name, version: VERSION, sha512 }, registry.url);
    const { keyId, privateKey: key } = sigstore.registryKey;
    const signed = await sigstore.attestWithKey({ statement: publication, key, keyId });
    registry.publish(name, {
      version: VERSION,
      manifest: { description: "A widget", repository: REPOSITORY },
      tarball,
      attestations: [
        { predicateType: publication.predicateType, bundle: signed },
        { predicateType: "https://slsa.dev/provenance/v1", bundle },
      ],
    });
  }
}

export async function mustEnd(code: number, finished: Finished): Promise<Finished> {
  if (finished.code !== code) throw new Error(`it ended with ${finished.code}, not ${code}: ${finished.stdout}`);
  return finished;
}
