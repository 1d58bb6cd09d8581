import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { defaultCacheDir, openTrust, readConfig } from "@colophon/config";
import { splitAttestations } from "@colophon/config/attestations";
import { compareDigests, type Authentication, type DigestSet, type Proof } from "@colophon/core";

// The command-line protocol of sigstore-conformance: exit 0 accepted, 1 refused, anything else a crash.

const USAGE =
  "usage: conformance verify-bundle --bundle FILE (--certificate-identity S --certificate-oidc-issuer URI | --key PEM) [--trusted-root FILE] FILE_OR_DIGEST";

async function verifyBundle(args: string[]): Promise<string | undefined> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
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
  const trust = openTrust({
    config: await readConfig(import.meta.dirname),
    ...(root === undefined ? {} : { trustedRootFile: root }),
    keys: key === undefined ? [] : [{ publicKey: await readFile(key, "utf8") }],
    offline: root !== undefined || process.env["COLOPHON_OFFLINE"] === "1",
    cacheDir: defaultCacheDir(process.env),
  });
  const digest = await digestOf(subject);
  let attestations;
  try {
    attestations = splitAttestations(await readFile(bundle), bundle);
  } catch (error) {
    return error instanceof Error ? error.message : "the bundle cannot be read";
  }
  const [attestation, ...more] = attestations;
  if (attestation === undefined || more.length > 0) return `${bundle} holds ${attestations.length} bundles`;
  const proof: Proof = { ...attestation, store: "file", location: bundle, filed: "object" };
  return findFault(await trust.verifier.authenticate(proof, digest), digest, identity, issuer);
}

async function digestOf(subject: string): Promise<DigestSet> {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(subject)?.[1];
  if (hex !== undefined && !existsSync(subject)) return { sha256: hex };
  const bytes = await readFile(subject);
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex");
  return { sha256: hash("sha256"), sha384: hash("sha384"), sha512: hash("sha512") };
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

const [command, ...args] = process.argv.slice(2);
if (command !== "verify-bundle") {
  process.stderr.write(`${command === "sign-bundle" ? "signing is not there yet" : USAGE}\n`);
  process.exit(2);
}
try {
  const fault = await verifyBundle(args);
  if (fault !== undefined) process.stderr.write(`refused: ${fault}\n`);
  process.exitCode = fault === undefined ? 0 : 1;
} catch (error) {
  // A key or trust root that cannot be used refuses the bundle; a fault of the call, or of this program, is no verdict.
  const refused = error instanceof Error && "code" in error && "hint" in error;
  process.stderr.write(`${refused ? "refused: " : ""}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = refused ? 1 : 2;
}
