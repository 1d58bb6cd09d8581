import { commandOf } from "../peers.ts";
import type { RealSigstore } from "../sigstore/start.ts";
import { cannot, runClient, toAnswer, type GitHubRun, type Verifier } from "./client.ts";

export const askSigstorePython: Verifier = async ({ bundle, file, signer, algorithm }, sigstore) => {
  if (signer.kind === "key") return cannot("sigstore-python takes no key");
  if (algorithm !== undefined) return cannot("sigstore-python looks for sha256 alone");
  const verify = signer.kind === "github" ? ["github", ...toClaims(signer)] : ["identity", ...toIssuer(signer)];
  const given = ["--cert-identity", signer.identity, "--offline", "--bundle", bundle, file];
  return toAnswer(await runClient(sigstore, [...sigstorePython(sigstore), "verify", ...verify, ...given]));
};

const toIssuer = ({ issuer }: { readonly issuer: string }): string[] => ["--cert-oidc-issuer", issuer];

function toClaims({ repository, ref, sha, trigger }: GitHubRun): string[] {
  return ["--repository", repository, "--ref", ref, "--sha", sha, "--trigger", trigger];
}

/** sigstore-python, with the Sigstore that it should use. */
function sigstorePython({ clientTrustConfig }: RealSigstore): string[] {
  return [commandOf("sigstore-python"), "--trust-config", clientTrustConfig];
}

/** Signs SLSA provenance v1 as a job of GitHub does: the token is fetched from where the runner's variables say. */
export async function attestWithSigstorePython(
  sigstore: RealSigstore,
  paths: { readonly file: string; readonly predicate: string; readonly bundle: string },
  tokenRequestUrl: string,
): Promise<void> {
  const options = ["--predicate", paths.predicate, "--predicate-type", "https://slsa.dev/provenance/v1"];
  const command = [...sigstorePython(sigstore), "attest", ...options, "--bundle", paths.bundle, paths.file];
  const { code, stderr } = await runClient(sigstore, command, {
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: tokenRequestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "unchecked",
  });
  if (code !== 0) throw new Error(`sigstore attest ended with ${code}: ${stderr}`);
}
