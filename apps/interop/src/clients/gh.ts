import { commandOf } from "../peers.ts";
import { cannot, runClient, toAnswer, type Verifier } from "./client.ts";

export const askGh: Verifier = async ({ bundle, file, signer, predicateType, algorithm }, sigstore) => {
  if (signer.kind === "key") return cannot("gh takes no key");
  if (predicateType === undefined) return cannot("gh verifies attestations only");
  const expected = ["--cert-identity", signer.identity, "--cert-oidc-issuer", signer.issuer, "-R", signer.repository];
  const given = ["--bundle", bundle, "--custom-trusted-root", sigstore.trustedRootLines];
  const type = ["--predicate-type", predicateType, ...(algorithm === undefined ? [] : ["--digest-alg", algorithm])];
  return toAnswer(
    await runClient(sigstore, [commandOf("gh"), "attestation", "verify", file, ...given, ...expected, ...type]),
  );
};
