import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { compareDigests, type Authentication, type DigestSet } from "@colophon/core";
import { authenticateBundle } from "./authenticate.ts";
import { digestOf } from "./digest.ts";
import { requireFiles, USAGE } from "./usage.ts";

/** Why the bundle is refused; undefined where it is accepted. */
export async function verifyBundle(args: string[]): Promise<string | undefined> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      staging: { type: "boolean" },
      bundle: { type: "string" },
      "certificate-identity": { type: "string" },
      "certificate-oidc-issuer": { type: "string" },
      key: { type: "string" },
      "trusted-root": { type: "string" },
    },
  });
  const {
    bundle,
    key,
    "trusted-root": root,
    "certificate-identity": identity,
    "certificate-oidc-issuer": issuer,
  } = values;
  const [subject] = positionals;
  const named = key === undefined ? identity !== undefined && issuer !== undefined : identity === undefined;
  if (bundle === undefined || subject === undefined || !named) throw new Error(USAGE);
  requireFiles(values.staging, { "--trusted-root": root });
  const digest = await readDigest(subject);
  const trusted = {
    ...(root === undefined ? {} : { root }),
    keys: key === undefined ? [] : [await readFile(key, "utf8")],
  };
  const found = await authenticateBundle(await readFile(bundle), bundle, digest, trusted);
  return typeof found === "string" ? found : findFault(found, digest, identity, issuer);
}

async function readDigest(subject: string): Promise<DigestSet> {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(subject)?.[1];
  return hex !== undefined && !existsSync(subject) ? { sha256: hex } : digestOf(await readFile(subject));
}

function findFault(
  found: Authentication,
  digest: DigestSet,
  identity: string | undefined,
  issuer: string | undefined,
): string | undefined {
  if (!found.ok) return `${found.check}: ${found.message}`;
  const { signer, statement } = found;
  if (identity !== undefined) {
    if (signer.kind !== "certificate") return "the bundle is not signed with a certificate";
    if (signer.subject !== identity) return `signed by ${signer.subject}`;
    if (signer.issuer !== issuer) return `signed with an identity of ${signer.issuer}`;
  }
  const isSubject =
    statement === undefined || statement.subject.some((one) => compareDigests(one.digest, digest) === "match");
  return isSubject ? undefined : "the artifact is no subject of the statement";
}
