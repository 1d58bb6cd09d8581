import { commandOf } from "../peers.ts";
import { GITHUB_ISSUER } from "../sigstore/issuer.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import { digestOf, runClient, toAnswer, type ExpectedSigner, type Verifier } from "./client.ts";

export const askCosign: Verifier = async ({ bundle, file, signer, predicateType, algorithm }, sigstore) => {
  const command = predicateType === undefined ? ["verify-blob"] : ["verify-blob-attestation", "--type", predicateType];
  const expected =
    signer.kind === "key"
      ? ["--key", signer.publicKey, ...(signer.logged ? [] : ["--insecure-ignore-tlog"])]
      : toCertificateOptions(signer);
  const trust = ["--trusted-root", sigstore.trustedRoot];
  const artifact = algorithm === undefined ? [file] : ["--digest", digestOf(file, algorithm), "--digestAlg", algorithm];
  return toAnswer(
    await runClient(sigstore, [
      commandOf("cosign"),
      ...command,
      ...expected,
      ...trust,
      "--bundle",
      bundle,
      ...artifact,
    ]),
  );
};

function toCertificateOptions(signer: Exclude<ExpectedSigner, { readonly kind: "key" }>): string[] {
  const { identity } = signer;
  const by = (issuer: string): string[] => ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
  if (signer.kind === "certificate") return by(signer.issuer);
  const { repository, ref, sha, trigger } = signer;
  const claims = Object.entries({ repository, ref, sha, trigger });
  return [...by(GITHUB_ISSUER), ...claims.flatMap(([name, value]) => [`--certificate-github-workflow-${name}`, value])];
}

/** Key files in the password-protected form that cosign reads. */
export interface CosignKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

const PASSWORD = { COSIGN_PASSWORD: "loopback" };

/** Makes a key in the folder `PREFIX` names files of: `PREFIX.key` and `PREFIX.pub`. */
export async function makeCosignKey(sigstore: RealSigstore, prefix: string): Promise<CosignKey> {
  await runCosign(sigstore, ["generate-key-pair", "--output-key-prefix", prefix]);
  return { privateKey: `${prefix}.key`, publicKey: `${prefix}.pub` };
}

/** How cosign signs: with a token or a key, and with the services of a signing config. */
export type CosignSigner = ({ readonly token: string } | { readonly key: CosignKey }) & {
  readonly signingConfig: string;
};

export async function signWithCosign(
  sigstore: RealSigstore,
  command: readonly string[],
  signer: CosignSigner,
  bundle: string,
  file: string,
): Promise<void> {
  const who = "token" in signer ? ["--identity-token", signer.token] : ["--key", signer.key.privateKey];
  const services = ["--signing-config", signer.signingConfig, "--trusted-root", sigstore.trustedRoot];
  await runCosign(sigstore, [...command, "--yes", ...who, ...services, "--bundle", bundle, file]);
}

async function runCosign(sigstore: RealSigstore, args: readonly string[]): Promise<void> {
  const { code, stderr } = await runClient(sigstore, [commandOf("cosign"), ...args], PASSWORD);
  if (code !== 0) throw new Error(`cosign ${args[0]} ended with ${code}: ${stderr}`);
}
