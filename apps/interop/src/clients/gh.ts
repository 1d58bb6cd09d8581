import { commandOf } from "../peers.ts";
import { cannot, runClient, toAnswer, type Verifier } from "./client.ts";

export const askGh: Verifier = async ({ bundle, file, signer, predicateType, algorithm }, sigstore) => {
  if (signer.kind === "key") return cannot("gh takes no key");
  if (predicateType === undefined) return cannot("gh verifies attestations only");
  const expected =
    signer.kind === "github"
      ? ["--deny-self-hosted-runners"]
      : ["--cert-identity", signer.identity, "--cert-oidc-issuer", signer.issuer, "--predicate-type", predicateType];
  const given = ["--bundle", bundle, "--custom-trusted-root", sigstore.trustedRootLines];
  const digest = algorithm === undefined ? [] : ["--digest-alg", algorithm];
  const command = [commandOf("gh"), "attestation", "verify", file, "-R", signer.repository];
  return toAnswer(await runClient(sigstore, [...command, ...given, ...expected, ...digest]));
};
