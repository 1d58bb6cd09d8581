import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import type { Finished } from "../process.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import { digestOf, runClient, toAnswer, type ExpectedSigner, type Question, type Verifier } from "./client.ts";

export const COLOPHON = join(import.meta.dirname, "../../../cli/bin/colophon.js");
/** The client of sigstore-conformance's protocol, as a command. */
export const CONFORMANCE: readonly string[] = [
  process.execPath,
  "--conditions=@colophon/source",
  join(import.meta.dirname, "../../../conformance/src/main.ts"),
];

/** `colophon verify` where a statement was signed; where bytes were, which prove no origin, the conformance protocol. */
export const askColophon: Verifier = async (question, sigstore) => {
  const { bundle, file, signer, predicateType } = question;
  if (predicateType !== undefined) return toAnswer(await colophonVerify(question, sigstore));
  const trust = ["--trusted-root", sigstore.trustedRoot];
  const command = [...CONFORMANCE, "verify-bundle"];
  return toAnswer(
    await runClient(sigstore, [...command, "--bundle", bundle, ...toSignerOptions(signer), ...trust, file]),
  );
};

/** Runs `colophon verify` offline; `more` are further options. */
export async function colophonVerify(
  { bundle, file, signer, predicateType, algorithm }: Question,
  sigstore: RealSigstore,
  ...more: readonly string[]
): Promise<Finished> {
  const isDefault = predicateType === undefined || signer.kind === "github";
  const type = isDefault ? [] : ["--predicate-type", predicateType];
  const given = ["--bundle", bundle, "--trusted-root", sigstore.trustedRoot, "--offline"];
  return await runClient(sigstore, [
    process.execPath,
    COLOPHON,
    "verify",
    algorithm === undefined ? file : `${algorithm}:${digestOf(file, algorithm)}`,
    ...given,
    ...toSignerOptions(signer),
    ...type,
    ...more,
  ]);
}

/** Runs `colophon verify`, `coverage` or `inspect` of what a registry has; `more` are further arguments. */
export async function askOfImage(
  sigstore: RealSigstore,
  command: "verify" | "coverage" | "inspect",
  image: string,
  ...more: readonly string[]
): Promise<Finished> {
  return await runClient(sigstore, [process.execPath, COLOPHON, command, `oci://${image}`, ...more]);
}

/** Runs `colophon attest` in a folder, whose read-back trusts the Sigstore; its receipt, or an error with what it said. */
export async function attestWithColophon(
  sigstore: RealSigstore,
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Receipt> {
  const command = [process.execPath, COLOPHON, "attest", ...args, "--trusted-root", sigstore.trustedRoot, "--json"];
  const { code, stdout, stderr } = await runClient(sigstore, command, env, folder);
  if (code !== 0) throw new Error(`colophon attest ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Receipt;
}

export function toSignerOptions(signer: ExpectedSigner): string[] {
  if (signer.kind === "key") return ["--key", signer.publicKey];
  if (signer.kind === "github") return ["--source-repository", `https://github.com/${signer.repository}`];
  return ["--certificate-identity", signer.identity, "--certificate-oidc-issuer", signer.issuer];
}
