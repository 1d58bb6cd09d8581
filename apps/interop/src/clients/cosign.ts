import { commandOf } from "../peers.ts";
import { GITHUB_ISSUER } from "../sigstore/issuer.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import {
  digestOf,
  runClient,
  runPeer,
  toAnswer,
  type Answer,
  type ExpectedSigner,
  type GitHubRun,
  type Verifier,
} from "./client.ts";

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
  const services = ["--signing-config", signer.signingConfig, "--trusted-root", sigstore.trustedRoot];
  await runCosign(sigstore, [...command, "--yes", ...toWho(signer), ...services, "--bundle", bundle, file]);
}

type Who = { readonly token: string } | { readonly key: CosignKey };

const toWho = (who: Who): string[] =>
  "token" in who ? ["--identity-token", who.token] : ["--key", who.key.privateKey];

/** `bundle` refers to the image; `att` is a layer under the tag `sha256-….att`, as cosign before 3 kept it. */
export type CosignForm = "bundle" | "att";

/** Attests SLSA provenance v1 of an image, `host/repository@digest`. The older form of a certificate needs Rekor v1. */
export async function attestImageWithCosign(
  sigstore: RealSigstore,
  image: string,
  predicate: string,
  who: Who,
  form: CosignForm,
): Promise<void> {
  const what = ["--type", "slsaprovenance1", "--predicate", predicate, "--trusted-root", sigstore.trustedRoot];
  const services = form === "att" ? toOlderServices(sigstore, who) : ["--signing-config", toConfig(sigstore, who)];
  await runCosign(sigstore, ["attest", "--yes", ...toWho(who), ...services, ...what, image]);
}

const toConfig = (sigstore: RealSigstore, who: Who): string =>
  "token" in who ? sigstore.signingConfig : sigstore.noServices;

function toOlderServices({ fulcio, rekorV1 }: RealSigstore, who: Who): string[] {
  const older = ["--new-bundle-format=false", "--use-signing-config=false"];
  if ("key" in who) return [...older, "--tlog-upload=false"];
  return [...older, "--fulcio-url", fulcio, "--rekor-url", "address" in rekorV1 ? rekorV1.address : ""];
}

/** Asks for SLSA provenance v1 of an image, `host/repository@digest`, wherever cosign looks for it. */
export async function verifyImageWithCosign(
  sigstore: RealSigstore,
  image: string,
  signer: Exclude<ExpectedSigner, GitHubRun>,
): Promise<Answer> {
  const expected =
    signer.kind === "key" ? ["--key", signer.publicKey, "--insecure-ignore-tlog"] : toCertificateOptions(signer);
  // With a key cosign asks for no trusted root.
  const trust = signer.kind === "key" ? [] : ["--trusted-root", sigstore.trustedRoot];
  const command = [commandOf("cosign"), "verify-attestation", "--type", "slsaprovenance1"];
  return toAnswer(await runClient(sigstore, [...command, ...expected, ...trust, image]));
}

async function runCosign(sigstore: RealSigstore, args: readonly string[]): Promise<void> {
  await runPeer(sigstore, "cosign", args, { env: PASSWORD });
}
