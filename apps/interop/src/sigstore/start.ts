import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAuthorities } from "./authorities.ts";
import { buildFulcioConfig } from "./fulcio-config.ts";
import { GITHUB_ISSUER } from "./issuer.ts";
import { canIsolate, isolate } from "./namespace.ts";
import { findFreePorts } from "./ports.ts";
import { findMissingOfRekorV1, prepareRekorV1, REKOR_V1_PORT_COUNT } from "./rekor-v1.ts";
import { planServers, PORT_COUNT, type Addresses } from "./servers.ts";
import type { SupervisorPlan } from "./supervisor.ts";
import { supervise } from "./supervise.ts";
import { writeTrustFiles, type TrustFiles } from "./trust-files.ts";

/** A running Sigstore of the real servers: Fulcio with a CT log, Rekor v2 and a timestamp authority. Plain data. */
export interface RealSigstore extends Addresses, TrustFiles {
  /** Process in whose network the servers are, with nothing but loopback; absent: they are in everybody's. */
  readonly networkOf?: number;
  /** GitHub's own issuer, which Fulcio believes too; only in a network of its own. */
  readonly gitHubIssuer?: string;
  /** Where Rekor v1 answers, or what is missing for it. */
  readonly rekorV1: { readonly address: string } | { readonly missing: readonly string[] };
  /** Private key of the issuers, PEM file. */
  readonly issuerKey: string;
  /** A folder for clients' HOME. */
  readonly home: string;
}

export interface Started {
  readonly sigstore: RealSigstore;
  /** Ends every server and removes their files. */
  readonly close: () => Promise<void>;
}

const GITHUB_HOST = new URL(GITHUB_ISSUER).hostname;

/**
 * Starts a whole Sigstore on loopback, in an empty network namespace where the kernel gives one. Without one
 * there can be no second Sigstore, since the timestamp authority's metrics have a fixed port. Needs the peers that are
 * not optional; throws with what a server said where one does not start.
 */
export async function startRealSigstore(): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-sigstore-"));
  try {
    return await startIn(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string): Promise<Started> {
  const inside = (name: string): string => join(folder, name);
  const [home, logs] = [inside("home"), inside("logs")];
  for (const path of [home, logs, inside("ct-log"), inside("rekor-log")]) await mkdir(path);
  const isolated = canIsolate();
  const gitHubIssuer = isolated ? GITHUB_ISSUER : undefined;
  const files = await writeAuthorities(folder, GITHUB_HOST);
  const fulcioConfig = inside("fulcio.yaml");
  const { addresses, stages } = planServers(folder, files, fulcioConfig, await findFreePorts(PORT_COUNT));
  const missing = await findMissingOfRekorV1();
  const rekorV1 =
    missing.length > 0 ? undefined : await prepareRekorV1(folder, await findFreePorts(REKOR_V1_PORT_COUNT));
  const issuers = [addresses.issuer, ...(gitHubIssuer === undefined ? [] : [gitHubIssuer])];
  await writeFile(fulcioConfig, buildFulcioConfig(issuers));
  const issuerKey = inside("issuer.key");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(issuerKey, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  const tls = { certificate: files.tlsCertificate, key: files.tlsKey };
  const plan: SupervisorPlan = {
    home,
    logs,
    issuerKey,
    issuers: issuers.map((url) =>
      url === gitHubIssuer ? { url, port: 443, tls } : { url, port: Number(new URL(url).port) },
    ),
    stages: [...stages, ...(rekorV1?.stages ?? [])],
    rekor: addresses.rekor,
    ...(rekorV1 === undefined ? {} : { rekorV1: rekorV1.address }),
  };
  await writeFile(inside("plan.json"), JSON.stringify(plan));
  await writeFile(inside("hosts"), `127.0.0.1 localhost ${GITHUB_HOST}\n`);
  const command = [process.execPath, join(import.meta.dirname, "supervisor.ts"), inside("plan.json")];
  const trust = await writeTrustFiles(folder, files, addresses, rekorV1);
  const supervisor = await supervise("the Sigstore", isolated ? isolate(inside("hosts"), command) : command);
  const sigstore: RealSigstore = {
    ...addresses,
    ...trust,
    ...(gitHubIssuer === undefined ? {} : { networkOf: supervisor.pid, gitHubIssuer }),
    rekorV1: rekorV1 === undefined ? { missing } : { address: rekorV1.address },
    issuerKey,
    home,
  };
  return {
    sigstore,
    close: async () => {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
