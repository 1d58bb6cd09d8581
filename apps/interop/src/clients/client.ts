import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { commandOf, environmentOf, PEERS, type CommandName } from "../peers.ts";
import { lastLines, run, type Finished } from "../process.ts";
import { enter } from "../sigstore/namespace.ts";
import type { RealSigstore } from "../sigstore/start.ts";

/** A run of a workflow at GitHub, as the claims in its certificate tell it. */
export interface GitHubRun {
  readonly kind: "github";
  /** URI of the workflow at its ref. */
  readonly identity: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  readonly trigger: string;
}

/**
 * Who has to have signed: an identity in a certificate; the holder of a key (PEM file of its public half); or a run at
 * GitHub, for which each verifier goes by its defaults: no option names the issuer unless it insists on one.
 */
export type ExpectedSigner =
  | GitHubRun
  | {
      readonly kind: "certificate";
      readonly identity: string;
      readonly issuer: string;
      /** `owner/name` that the certificate tells as the source. */
      readonly repository: string;
    }
  | { readonly kind: "key"; readonly publicKey: string; readonly logged: boolean };

/** A bundle, the file that it should be about, and what is expected of it. */
export interface Question {
  readonly bundle: string;
  readonly file: string;
  readonly signer: ExpectedSigner;
  /** Of the statement that is signed; absent: the bytes of the file are. */
  readonly predicateType?: string;
  /** By which digest of the file its subject is looked up; absent: by what the verifier itself prefers. */
  readonly algorithm?: "sha512";
}

/** What a verifier says; `cannot`: it has no way to be asked that. */
export type Answer =
  | { readonly says: "yes" }
  | { readonly says: "no"; readonly why: string }
  | { readonly says: "cannot"; readonly why: string };

/** Asks one verifier, as a process. */
export type Verifier = (question: Question, sigstore: RealSigstore) => Promise<Answer>;

/** Runs a client in the network of a Sigstore, with a HOME and environment that hold nothing else. */
export async function runClient(
  sigstore: RealSigstore,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = sigstore.home,
): Promise<Finished> {
  const { networkOf, home } = sigstore;
  return await run(networkOf === undefined ? command : enter(networkOf, command), {
    cwd,
    env: { PATH: process.env["PATH"], HOME: home, ...env },
  });
}

/** Runs a peer that has to succeed, in the network of a Sigstore; what it printed. Throws with what it said. */
export async function runPeer(
  sigstore: RealSigstore,
  name: CommandName,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const all = { ...environmentOf(name, PEERS[name]), ...env };
  const { code, stdout, stderr } = await runClient(sigstore, [commandOf(name), ...args], all, cwd);
  if (code !== 0) throw new Error(`${name} ${args[0]} ended with ${code}: ${lastLines(stderr)}`);
  return stdout.trim();
}

/** Exit 0 is yes, 1 is no. Throws at any other end: it is no verdict. */
export function toAnswer(finished: Finished): Answer {
  const { code, stdout, stderr } = finished;
  if (code === 0) return { says: "yes" };
  const why = lastLines(`${stdout}\n${stderr}`);
  if (code === 1) return { says: "no", why };
  throw new Error(`it ended with ${code}: ${why}`);
}

/** The hexadecimal digest by which a file is to be looked up. */
export function digestOf(file: string, algorithm: string): string {
  return createHash(algorithm).update(readFileSync(file)).digest("hex");
}

export const cannot = (why: string): Answer => ({ says: "cannot", why });
