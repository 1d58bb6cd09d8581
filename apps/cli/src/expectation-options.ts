import { parseGlob, parsePattern, type Expectation } from "@colophon/core";
import type { OptionDefinitions, Options } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Options that say what provenance must show; each ranks above the configuration. */
export const EXPECTATION_OPTIONS = {
  "source-repository": { type: "string", value: "URI", help: "Repository that it must be built from, exactly" },
  "source-ref": { type: "string", value: "REF", help: "Full ref, such as refs/tags/v1.2.3" },
  "source-branch": { type: "string", value: "B", help: "Branch: short for --source-ref refs/heads/B" },
  "source-tag": { type: "string", value: "T", help: "Tag: short for --source-ref refs/tags/T" },
  "source-versioned-tag": { type: "string", value: "V", help: "Tag or any below it: v13.0 accepts v13.0.30" },
  "source-digest": { type: "string", value: "HEX", help: "Commit id" },
  "builder-id": { type: "string", value: "URI", help: "Builder; without @ref, at any full semver tag" },
  "signer-workflow": { type: "string", value: "URI", help: "Workflow that signed: path, owner/repo/path or URI" },
  "runner-environment": { type: "string", value: "E", help: "github-hosted or self-hosted" },
  "predicate-type": { type: "string", value: "URI", help: "Accept this predicate instead of SLSA provenance" },
  "package-name": { type: "string", value: "NAME", help: "npm package that it must be about" },
  "package-version": { type: "string", value: "V", help: "Version of that package" },
  "certificate-identity": { type: "string", value: "S", help: "Signer's identity, exactly; needs the issuer" },
  "certificate-identity-pattern": {
    type: "string",
    value: "RE",
    help: "Signer's identity as anchored regular expression (RE2)",
  },
  "certificate-oidc-issuer": { type: "string", value: "URI", help: "Issuer of the signer's identity, exactly" },
} as const satisfies OptionDefinitions;

/** The configured expectation, with what the options say on top. Throws UsageError and CoreError. */
export async function readExpectation(options: Options, configured: Expectation): Promise<Expectation> {
  const repository = options.text("source-repository");
  const versionedTag = options.text("source-versioned-tag");
  const digest = options.text("source-digest");
  const builderId = options.text("builder-id");
  const workflow = options.text("signer-workflow");
  const runner = options.text("runner-environment");
  const predicateType = options.text("predicate-type");
  const packageName = options.text("package-name");
  const packageVersion = options.text("package-version");
  return {
    ...configured,
    ...(repository === undefined
      ? {}
      : { basis: "configured", compareRepository: "exact", sourceRepository: withScheme(repository) }),
    ...readRef(options),
    ...(versionedTag === undefined ? {} : { sourceVersionedTag: versionedTag }),
    ...(digest === undefined ? {} : { sourceDigest: readCommit(digest) }),
    ...(builderId === undefined ? {} : { builderId }),
    ...(workflow === undefined ? {} : { signerWorkflow: workflow }),
    ...(runner === undefined ? {} : { runnerEnvironment: runner }),
    ...(predicateType === undefined ? {} : { predicateTypes: [predicateType] }),
    ...(packageName === undefined ? {} : { packageName }),
    ...(packageVersion === undefined ? {} : { packageVersion }),
    ...(await readIdentity(options)),
  };
}

/** `github.com/owner/repo` is taken for https. */
function withScheme(repository: string): string {
  const uri = /^[a-z][a-z0-9+.-]*:/i.test(repository) ? repository : `https://${repository}`;
  if (URL.parse(uri) === null) throw new UsageError(`--source-repository ${JSON.stringify(repository)} is not a URI`);
  return uri;
}

function readRef(options: Options): Pick<Expectation, "sourceRef"> | object {
  const [ref, branch, tag] = ["source-ref", "source-branch", "source-tag"].map((name) => options.text(name));
  if ([ref, branch, tag].filter((given) => given !== undefined).length > 1) {
    throw new UsageError("--source-ref, --source-branch and --source-tag exclude each other");
  }
  if (branch !== undefined) return { sourceRef: { exact: `refs/heads/${branch}` } };
  if (tag !== undefined) return { sourceRef: { exact: `refs/tags/${tag}` } };
  return ref === undefined ? {} : { sourceRef: parseGlob(ref) };
}

function readCommit(digest: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(digest)) return digest.toLowerCase();
  throw new UsageError(`--source-digest ${JSON.stringify(digest.slice(0, 80))} is not a whole commit id`);
}

/** An identity means something only together with who vouches for it. */
async function readIdentity(options: Options): Promise<Pick<Expectation, "identity" | "issuer">> {
  const exact = options.text("certificate-identity");
  const pattern = options.text("certificate-identity-pattern");
  const issuer = options.text("certificate-oidc-issuer");
  if (exact !== undefined && pattern !== undefined) {
    throw new UsageError("--certificate-identity and --certificate-identity-pattern exclude each other");
  }
  if ((exact !== undefined || pattern !== undefined) && issuer === undefined) {
    throw new UsageError("an identity needs its issuer", "Add --certificate-oidc-issuer URI.");
  }
  return {
    ...(exact === undefined ? {} : { identity: { exact } }),
    ...(pattern === undefined ? {} : { identity: await parsePattern(pattern) }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}
