import type { BuildClaims, SignerIdentity } from "@colophon/core";
import type { X509Certificate } from "@sigstore/core";

/** Fulcio's arc (fulcio/docs/oid-info.md). */
const FULCIO = "1.3.6.1.4.1.57264.1";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const UTF8_STRING = 0x0c;

const CLAIMS: readonly (readonly [keyof BuildClaims, number])[] = [
  ["buildSignerUri", 9],
  ["buildSignerDigest", 10],
  ["runnerEnvironment", 11],
  ["sourceRepositoryUri", 12],
  ["sourceRepositoryDigest", 13],
  ["sourceRepositoryRef", 14],
  ["sourceRepositoryId", 15],
  ["sourceRepositoryOwnerUri", 16],
  ["sourceRepositoryOwnerId", 17],
  ["buildConfigUri", 18],
  ["buildConfigDigest", 19],
  ["buildTrigger", 20],
  ["runInvocationUri", 21],
  ["sourceRepositoryVisibility", 22],
];

/**
 * Who a Fulcio certificate names and what it states of the build. Undefined where it has no issuer, or
 * not exactly one subject alternative name that is a URI or an e-mail address.
 */
export function readSigner(certificate: X509Certificate): SignerIdentity | undefined {
  const issuer = readDerText(certificate, 8) ?? readRawText(certificate, 1);
  const subject = readSubject(certificate);
  if (issuer === undefined || subject === undefined) return undefined;
  return { kind: "certificate", issuer, subject, claims: readClaims(certificate, issuer) };
}

function readClaims(certificate: X509Certificate, issuer: string): BuildClaims {
  const claims: { -readonly [Name in keyof BuildClaims]: string } = isGitHub(issuer) ? readLegacy(certificate) : {};
  for (const [name, number] of CLAIMS) {
    const text = readDerText(certificate, number);
    if (text !== undefined) claims[name] = text;
  }
  return claims;
}

/** Certificates from before mid 2023 have GitHub's own claims alone, 1.2–1.6, as plain text. */
function readLegacy(certificate: X509Certificate): { -readonly [Name in keyof BuildClaims]: string } {
  const claims: { -readonly [Name in keyof BuildClaims]: string } = {};
  const [trigger, sha, repository, ref] = [2, 3, 5, 6].map((number) => readRawText(certificate, number));
  if (trigger !== undefined) claims.buildTrigger = trigger;
  if (sha !== undefined) claims.sourceRepositoryDigest = sha;
  if (repository !== undefined) claims.sourceRepositoryUri = `https://github.com/${repository}`;
  if (ref !== undefined) claims.sourceRepositoryRef = ref;
  return claims;
}

/** Also an enterprise's issuer, which has a slug behind the host. */
function isGitHub(issuer: string): boolean {
  return (
    issuer === "https://token.actions.githubusercontent.com" ||
    issuer.startsWith("https://token.actions.githubusercontent.com/")
  );
}

function readSubject(certificate: X509Certificate): string | undefined {
  const names = certificate.extension(SUBJECT_ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  const [name] = names;
  if (name === undefined || names.length !== 1) return undefined;
  if (!name.tag.isContextSpecific(1) && !name.tag.isContextSpecific(6)) return undefined;
  return toText(name.value);
}

/** An extension of version 2 holds a DER UTF8String. */
function readDerText(certificate: X509Certificate, number: number): string | undefined {
  const inner = certificate.extension(`${FULCIO}.${number}`)?.valueObj.subs ?? [];
  const [text] = inner;
  if (text === undefined || inner.length !== 1) return undefined;
  return text.tag.isUniversal() && text.tag.number === UTF8_STRING ? toText(text.value) : undefined;
}

function readRawText(certificate: X509Certificate, number: number): string | undefined {
  const value = certificate.extension(`${FULCIO}.${number}`)?.value;
  return value === undefined ? undefined : toText(value);
}

function toText(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("utf8");
  return text === "" || text.includes("\uFFFD") ? undefined : text;
}
