import { sign, type KeyPairKeyObjectResult } from "node:crypto";
import { arrayAt, objectAt, stringAt, type IdentityToken, type NotDone } from "@colophon/core";
import { quote } from "../refusal.ts";
import { AnswerFault, believe, parseJson } from "./answer.ts";
import { isNotDone, refused } from "./not-done.ts";
import { readCertificate, type LeafCertificate } from "./read-certificate.ts";
import type { Answered, Service } from "./service.ts";

/** The clocks of two machines are hardly ever the same, and a certificate begins when it is issued. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Asks Fulcio (API v2, `CreateSigningCertificate`) for a certificate of that P-256 key. The token is in the request's body and
 * nowhere else: not even the service's own words of refusal are repeated.
 */
export async function requestCertificate(
  fulcio: Service,
  token: IdentityToken,
  keys: KeyPairKeyObjectResult,
  now: Date,
): Promise<LeafCertificate | NotDone> {
  const subject = subjectOf(token);
  if (typeof subject !== "string") return subject;
  const content = keys.publicKey.export({ format: "pem", type: "spki" });
  const proofOfPossession = sign("sha256", Buffer.from(subject), keys.privateKey).toString("base64");
  const body = {
    credentials: { oidcIdentityToken: token.reveal() },
    publicKeyRequest: { publicKey: { algorithm: "ECDSA", content }, proofOfPossession },
  };
  const answer = await fulcio.ask({
    url: `${fulcio.baseUrl}/api/v2/signingCert`,
    method: "POST",
    body: { bytes: Buffer.from(JSON.stringify(body)), mediaType: "application/json" },
    accept: "application/json",
  });
  if (isNotDone(answer)) return answer;
  if (answer.code !== 200 && answer.code !== 201) return refusal(fulcio.host, answer.code, token.issuer);
  return believe(fulcio.host, () => readAnswer(fulcio.host, answer, keys, now));
}

/** What Fulcio wants signed: the challenge of the token's kind of issuer (fulcio, docs/how-certificate-issuing-works.md). */
function subjectOf({ claims, issuer }: IdentityToken): string | NotDone {
  const email = stringAt(claims, "email");
  const isVerified = claims["email_verified"] === true || claims["email_verified"] === "true";
  if (email !== undefined && email !== "") {
    if (isVerified) return email;
    const message = `the identity token of ${quote(issuer)} names an e-mail address that it does not call verified`;
    return refused("email-not-verified", message, "Verify the address with the issuer, or take another identity.");
  }
  const subject = stringAt(claims, "sub") ?? "";
  if (subject !== "") return subject;
  const message = `the identity token of ${quote(issuer)} has no subject`;
  return refused("subject-missing", message, "Take a token with the claim `sub`, or with `email`.");
}

function refusal(host: string, code: number, issuer: string): NotDone {
  if (code === 401 || code === 403) {
    const hint = "It may have expired, or be meant for another audience. Get a new one for the audience `sigstore`.";
    return refused("identity-token-refused", `${host} refused the identity token (${code})`, hint);
  }
  const message = `${host} issues no certificate (${code}) for the identity token of ${quote(issuer)}`;
  const hint =
    code === 400
      ? "The authority may not know that issuer, or the token may be for another audience than `sigstore`, or have expired."
      : "Check the URL of the certificate authority.";
  return refused("certificate-refused", message, hint);
}

function readAnswer(
  host: string,
  answer: Answered,
  keys: KeyPairKeyObjectResult,
  now: Date,
): LeafCertificate | NotDone {
  const value = parseJson(answer.bytes, "the answer");
  if (objectAt(value, "signedCertificateDetachedSct") !== undefined) {
    const message = `${host} gives the proof of the certificate's logging beside it, for which a bundle has no place`;
    return refused("sct-detached", message, "Have the authority put the SCT into the certificate.");
  }
  const chain = objectAt(objectAt(value, "signedCertificateEmbeddedSct"), "chain");
  const pem = arrayAt(chain, "certificates")?.[0];
  const leaf = typeof pem === "string" ? readCertificate(pem) : undefined;
  if (leaf === undefined) throw new AnswerFault("it holds no certificate");
  if (!leaf.publicKey.equals(keys.publicKey)) throw new AnswerFault("the certificate is for another key");
  const time = now.getTime();
  if (time + CLOCK_SKEW_MS < Date.parse(leaf.notBefore) || time >= Date.parse(leaf.notAfter)) {
    const message = `the certificate of ${host} is valid from ${leaf.notBefore} to ${leaf.notAfter}, and now it is ${now.toISOString()}`;
    return refused("certificate-not-valid-now", message, "Check the clock of this machine.");
  }
  return leaf;
}
