import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ExpectedSigner, GitHubRun, Question } from "./client.ts";

// Verifies one bundle with the libraries that a version of sigstore-js brings. Exit 0 verified, 1 not.

export interface SigstoreJsQuestion extends Question {
  readonly signer: Exclude<ExpectedSigner, GitHubRun>;
  readonly alias: "sigstore-4" | "sigstore-5";
  readonly trustedRoot: string;
}

/** The parts used of `@sigstore/bundle`, `@sigstore/protobuf-specs` and `@sigstore/verify`, alike in both versions. */
interface Libraries {
  readonly bundleFromJSON: (json: unknown) => unknown;
  readonly TrustedRoot: { readonly fromJSON: (json: unknown) => unknown };
  readonly toTrustMaterial: (root: unknown, keys?: () => { publicKey: KeyObject; validFor: () => boolean }) => unknown;
  readonly toSignedEntity: (bundle: unknown, artifact?: Buffer) => unknown;
  readonly Verifier: new (
    material: unknown,
    thresholds: { ctlogThreshold: number; tlogThreshold: number; tsaThreshold: number },
  ) => { readonly verify: (entity: unknown, policy?: unknown) => unknown };
}

const { alias, bundle, file, signer, predicateType, trustedRoot } = JSON.parse(
  process.argv[2] ?? "",
) as SigstoreJsQuestion;
const require = createRequire(createRequire(import.meta.url).resolve(alias));
const names = ["@sigstore/bundle", "@sigstore/protobuf-specs", "@sigstore/verify"];
const libraries = Object.assign({}, ...names.map((name) => require(name) as object)) as Libraries;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const root = libraries.TrustedRoot.fromJSON(readJson(trustedRoot));
const isKeyless = signer.kind === "certificate";
const least = isKeyless || signer.logged ? 1 : 0;
const material = libraries.toTrustMaterial(
  root,
  isKeyless ? undefined : () => ({ publicKey: createPublicKey(readFileSync(signer.publicKey)), validFor: () => true }),
);
const verifier = new libraries.Verifier(material, {
  ctlogThreshold: isKeyless ? 1 : 0,
  tlogThreshold: least,
  tsaThreshold: least,
});
const policy = isKeyless
  ? {
      // The library takes the name for a regular expression.
      subjectAlternativeName: `^${signer.identity.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")}$`,
      extensions: { issuer: signer.issuer },
    }
  : undefined;
try {
  const artifact = predicateType === undefined ? readFileSync(file) : undefined;
  verifier.verify(libraries.toSignedEntity(libraries.bundleFromJSON(readJson(bundle)), artifact), policy);
} catch (error) {
  const code = error instanceof Error && "code" in error ? `${String(error.code)}: ` : "";
  process.stderr.write(`${code}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
