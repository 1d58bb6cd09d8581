import type { CertificateAuthority } from "./authority.ts";
import { toGitHubClaims, type GitHubIdentity, type NamedIdentity, type TokenClaims } from "./identity.ts";

const FULCIO = "1.3.6.1.4.1.57264.1";

/** Fulcio's extensions by the last arc of their OID; 1 to 6 hold the bare text, the later ones a UTF8String. */
const EXTENSIONS: Readonly<Record<number, string>> = {
  1: "{iss}",
  2: "{event_name}",
  3: "{sha}",
  4: "{workflow}",
  5: "{repository}",
  6: "{ref}",
  8: "{iss}",
  9: "https://github.com/{job_workflow_ref}",
  10: "{job_workflow_sha}",
  11: "{runner_environment}",
  12: "https://github.com/{repository}",
  13: "{sha}",
  14: "{ref}",
  15: "{repository_id}",
  16: "https://github.com/{repository_owner}",
  17: "{repository_owner_id}",
  18: "https://github.com/{workflow_ref}",
  19: "{workflow_sha}",
  20: "{event_name}",
  21: "https://github.com/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
  22: "{repository_visibility}",
};

/** Name and extensions of a certificate. */
export interface CertificateContent {
  readonly subjectAltName: string;
  readonly extensions: { oid: string; value: string; legacy: boolean }[];
}

/** What Fulcio writes for the claims of a token (fulcio, docs/oid-info.md); for GitHub the name is the job's workflow. */
export function toCertificateContent(claims: TokenClaims): CertificateContent {
  const extensions = Object.entries(EXTENSIONS).flatMap(([arc, template]) => {
    const value = fill(template, claims);
    return value === undefined ? [] : [{ oid: `${FULCIO}.${arc}`, value, legacy: Number(arc) <= 6 }];
  });
  const jobWorkflow = fill("https://github.com/{job_workflow_ref}", claims);
  return { subjectAltName: jobWorkflow ?? claims["sub"] ?? "", extensions };
}

/** Issues a certificate, with its signed certificate timestamp, for an identity. DER. */
export async function issueCertificate(
  ca: CertificateAuthority,
  identity: GitHubIdentity | NamedIdentity,
  publicKey: Buffer,
): Promise<Buffer> {
  const content = "repository" in identity ? toCertificateContent(toGitHubClaims(identity)) : toNamedContent(identity);
  return ca.issue(content, publicKey);
}

function toNamedContent(identity: NamedIdentity): CertificateContent {
  const { subjectAltName, extensions } = toCertificateContent({ iss: identity.issuer, sub: identity.subject });
  const further = Object.entries(identity.extensions ?? {}).map(([oid, value]) => ({ oid, value, legacy: false }));
  return { subjectAltName, extensions: [...extensions, ...further] };
}

function fill(template: string, claims: TokenClaims): string | undefined {
  let complete = true;
  const text = template.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
    const claim = claims[name];
    complete &&= claim !== undefined;
    return claim ?? "";
  });
  return complete ? text : undefined;
}
