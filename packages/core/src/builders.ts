import type { SignerIdentity } from "./ports.ts";
import { isFullSemverTag } from "./semver-tag.ts";
import {
  GITHUB_ISSUER,
  GITLAB_ISSUER,
  isEnterpriseIssuer,
  isTenantWorkflow,
  ownerOf,
  parseWorkflowIdentity,
} from "./signer.ts";
import { matchesText, parseGlob } from "./text-match.ts";

/** A row that the configuration adds: this signer, for this builder, is worth that level. Texts with `*` are anchored globs. */
export interface ConfiguredBuilder {
  readonly issuer?: string;
  readonly identity?: string;
  /** Id of a configured key, instead of issuer and identity. */
  readonly keyId?: string;
  readonly builderId: string;
  readonly level: number;
}

/** (issuer, signer identity, builder id) → the most that provenance can claim (SLSA v1.2, Build track). */
export interface BuilderTable {
  readonly configured: readonly ConfiguredBuilder[];
}

export const DEFAULT_BUILDERS: BuilderTable = { configured: [] };

const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator";
/** Workflows of slsa-github-generator that sign what they themselves built. */
const GENERATORS = new Set([
  "generator_generic_slsa3.yml",
  "generator_container_slsa3.yml",
  "builder_go_slsa3.yml",
  "builder_container-based_slsa3.yml",
]);
/** Workflows that sign for a builder which called them, and name that builder. */
const DELEGATORS = new Set(["delegator_generic_slsa3.yml", "delegator_lowperms-generic_slsa3.yml"]);
/** Repositories whose builders, behind a delegator, are the SLSA project's own. */
const DELEGATING_BUILDERS = new Set([GENERATOR, "https://github.com/slsa-framework/example-trw"]);

/** Ids that npm itself writes for a build on GitHub Actions, in the order of its history. */
const NPM_BUILDERS =
  /^https:\/\/github\.com\/(?:npm\/cli@\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?|actions\/runner(?:\/(?:github-hosted|self-hosted))?)$/;

export type BuilderVerdict =
  | { readonly listed: true; readonly level: number }
  | { readonly listed: false; readonly unlisted: "issuer" | "identity" | "builder" };

/**
 * Looks a signer up. `builderId` is null for predicates that name no builder.
 * `acceptedIssuer` is an issuer that the user named; an enterprise's own issuer of GitHub's counts only then.
 */
export function lookUpBuilder(
  table: BuilderTable,
  signer: SignerIdentity,
  builderId: string | null,
  acceptedIssuer?: string,
): BuilderVerdict {
  const configured = table.configured.find((row) => matchesRow(row, signer, builderId));
  if (configured !== undefined) return { listed: true, level: configured.level };
  if (signer.kind === "key") return { listed: false, unlisted: "identity" };
  const enterprise = isEnterpriseIssuer(signer.issuer) && signer.issuer === acceptedIssuer;
  if (signer.issuer === GITHUB_ISSUER || enterprise) return lookUpGitHub(signer, builderId);
  if (signer.issuer === GITLAB_ISSUER) return lookUpGitLab(signer, builderId);
  return { listed: false, unlisted: "issuer" };
}

type Certificate = Extract<SignerIdentity, { kind: "certificate" }>;

function lookUpGitHub(signer: Certificate, builderId: string | null): BuilderVerdict {
  const workflow = parseWorkflowIdentity(signer.subject);
  if (workflow === null) return { listed: false, unlisted: "identity" };
  const file = workflow.path.replace(/^\.github\/workflows\//, "");
  if (workflow.repository === GENERATOR && isFullSemverTag(workflow.ref)) {
    if (GENERATORS.has(file)) return onBuilder(builderId === null || builderId === signer.subject, 3);
    if (DELEGATORS.has(file)) return lookUpDelegated(builderId);
  }
  if (!isTenantWorkflow(signer)) return { listed: false, unlisted: "identity" };
  const named = builderId === null || NPM_BUILDERS.test(builderId) || isOfSameOwner(builderId, signer);
  return onBuilder(named, 2);
}

/** A delegator vouches for the id of the builder that called it; what that builder is worth depends on whose it is. */
function lookUpDelegated(builderId: string | null): BuilderVerdict {
  const builder = builderId === null ? null : parseWorkflowIdentity(builderId);
  const onGitHub = builder?.repository.startsWith("https://github.com/") === true;
  if (builder === null || !onGitHub || !isFullSemverTag(builder.ref)) return { listed: false, unlisted: "builder" };
  return { listed: true, level: DELEGATING_BUILDERS.has(builder.repository) ? 3 : 2 };
}

function lookUpGitLab(signer: Certificate, builderId: string | null): BuilderVerdict {
  if (!isTenantWorkflow(signer)) return { listed: false, unlisted: "identity" };
  const runners = `${signer.claims.sourceRepositoryUri}/-/runners/`;
  return onBuilder(
    builderId === null || (builderId.startsWith(runners) && /^\d+$/.test(builderId.slice(runners.length))),
    2,
  );
}

/** A tenant may name any workflow of its own as its builder. */
function isOfSameOwner(builderId: string, signer: Certificate): boolean {
  const owner = parseWorkflowIdentity(builderId)?.owner;
  return owner !== undefined && owner === ownerOf(signer.claims.sourceRepositoryUri ?? "");
}

function onBuilder(holds: boolean, level: number): BuilderVerdict {
  return holds ? { listed: true, level } : { listed: false, unlisted: "builder" };
}

function matchesRow(row: ConfiguredBuilder, signer: SignerIdentity, builderId: string | null): boolean {
  if (builderId !== null && !matchesText(parseGlob(row.builderId), builderId)) return false;
  if (signer.kind === "key") return signer.scope === "configured" && row.keyId === signer.keyId;
  if (row.issuer === undefined || row.identity === undefined || row.issuer !== signer.issuer) return false;
  return matchesText(parseGlob(row.identity), signer.subject);
}
