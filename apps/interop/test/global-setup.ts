import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { renderMatrix } from "../src/matrix.ts";
import { commandOf, isRequired, PEERS, type CommandName } from "../src/peers.ts";
import { REGISTRIES } from "../src/registries/plans.ts";
import { startRealSigstore, type RealSigstore } from "../src/sigstore/start.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly sigstore: RealSigstore;
    /** A folder that is gone when the suite is over. */
    readonly folder: string;
    /** The file in it that the cells of the matrix are recorded in. */
    readonly matrix: string;
  }
}

/** Starts the one Sigstore of the suite, and prints the matrix when all test files are done. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const commands = Object.entries(PEERS).flatMap(([name, peer]) =>
    peer.kind === "npm" || !isRequired(peer) ? [] : [name as CommandName],
  );
  const missing = commands.filter((name) => !existsSync(commandOf(name)));
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(", ")}. Run npm run interop:install`);
  const folder = await mkdtemp(join(tmpdir(), "colophon-interop-"));
  const { sigstore, close } = await startRealSigstore();
  const where =
    sigstore.networkOf === undefined
      ? "on plain loopback, since the kernel gives no network namespace: that nothing needs the network is NOT proven"
      : "in an empty network namespace, which no packet leaves";
  const { rekorV1 } = sigstore;
  const wanted = [...Object.values(REGISTRIES).map(({ peer }) => peer), "buildah", "skopeo"] as const;
  const absent = wanted.filter((peer) => !existsSync(commandOf(peer)));
  const skipped = [
    ...("missing" in rekorV1 ? [`Rekor v1, for want of ${rekorV1.missing.join(", ")}`] : []),
    ...(sigstore.gitHubIssuer === undefined ? ["GitHub's own issuer, for want of a network namespace"] : []),
    ...absent.map((peer) => `${peer}, which is not installed`),
  ];
  const lines = [`A real Sigstore runs ${where}`, ...skipped.map((what) => `skipped: ${what}`)];
  process.stdout.write(`\n${lines.map((line) => `${line}.\n`).join("")}`);
  const matrix = join(folder, "matrix.jsonl");
  project.provide("sigstore", sigstore);
  project.provide("folder", folder);
  project.provide("matrix", matrix);
  return async () => {
    await close();
    process.stdout.write(`\n${renderMatrix(matrix)}\n`);
    await rm(folder, { recursive: true, force: true });
  };
}
