import { lookUpBuilder } from "../builders.ts";
import type { Expectation, Fault } from "../expectation.ts";
import type { BuildClaims, SignerIdentity } from "../ports.ts";
import type { Provenance } from "../provenance/form.ts";
import { isFullSemverTag } from "../semver-tag.ts";
import { isEnterpriseIssuer, parseWorkflowIdentity } from "../signer.ts";
import { objectAt, stringAt } from "../strict-json.ts";
import { describeMatch, matchesText } from "../text-match.ts";
import type { JudgeContext } from "./context.ts";

/** Triggers under which the code of a stranger may run. */
export const UNTRUSTED_TRIGGERS: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_target",
  "merge_request_event",
  "external_pull_request_event",
]);

/**
 * Who signed: issuer, identity, runner, trigger, workflow. A key tells none of these, so that whatever is expected of
 * them does not hold for it.
 */
export function checkSigner(
  signer: SignerIdentity,
  provenance: Provenance | null,
  { expectation }: JudgeContext,
): Fault[] {
  const { subject, issuer, claims } = signer.kind === "certificate" ? signer : NOTHING_TOLD;
  const faults = checkKey(signer, expectation);
  if (expectation.issuer !== undefined && expectation.issuer !== issuer) {
    faults.push(differs("issuer", "signed with an identity of another issuer", expectation.issuer, issuer));
  }
  const { identity, runnerEnvironment, signerWorkflow } = expectation;
  if (identity !== undefined && (subject === undefined || !matchesText(identity, subject))) {
    faults.push(differs("identity", "signed by another identity", describeMatch(identity), subject));
  }
  if (runnerEnvironment !== undefined && runnerEnvironment !== claims.runnerEnvironment) {
    faults.push(differs("runner", "built in another runner environment", runnerEnvironment, claims.runnerEnvironment));
  }
  const trigger = claims.buildTrigger ?? triggerOf(provenance);
  if (trigger !== undefined && UNTRUSTED_TRIGGERS.has(trigger)) {
    faults.push({
      check: "trigger",
      kind: "lesser",
      code: "trigger-untrusted",
      message: `the run was triggered by ${trigger}, which may run a stranger's code`,
      hint: "Build releases on a push, a tag, a release event or by hand.",
    });
  }
  const isExpected =
    subject !== undefined && isWorkflow(subject, signerWorkflow ?? subject, claims.sourceRepositoryUri);
  if (signerWorkflow !== undefined && !isExpected) {
    faults.push(differs("workflow", "signed by another workflow", signerWorkflow, subject));
  }
  return faults;
}

function checkKey(signer: SignerIdentity, { configuredKey }: Expectation): Fault[] {
  if (!configuredKey || (signer.kind === "key" && signer.scope === "configured")) return [];
  const found = signer.kind === "key" ? `key ${signer.keyId}` : signer.subject;
  return [differs("identity", "not signed with the given key", "the given key", found)];
}

const NOTHING_TOLD: { subject?: undefined; issuer?: undefined; claims: BuildClaims } = { claims: {} };

/** What the predicate admits of its trigger, where no certificate tells it: GitHub's buildTypes and generators. */
function triggerOf(provenance: Provenance | null): string | undefined {
  const internal = provenance?.internalParameters;
  return (
    stringAt(objectAt(internal, "github"), "event_name") ??
    stringAt(internal, "GITHUB_EVENT_NAME") ??
    stringAt(internal, "github_event_name")
  );
}

/**
 * `expected` is a path in the source repository, `owner/repo/path`, or a full URI; with `@ref` the ref counts too.
 * A path of three or more segments is tried as both of the first two.
 */
function isWorkflow(subject: string, expected: string, sourceRepository: string | undefined): boolean {
  if (subject === expected) return true;
  const workflow = parseWorkflowIdentity(subject);
  if (workflow === null) return false;
  const [path, ref] = splitRef(expected);
  if (ref !== undefined && ref !== workflow.ref) return false;
  const base = `${workflow.repository}/${workflow.path}`;
  if (path.startsWith("https://")) return path.replace(/(?<=.{8})\/\//, "/") === base;
  const isInSource = workflow.path === path && workflow.repository === sourceRepository;
  return isInSource || base === `${URL.parse(workflow.repository)?.origin}/${path}`;
}

function splitRef(workflow: string): [string, string | undefined] {
  const at = workflow.indexOf("@");
  return at === -1 ? [workflow, undefined] : [workflow.slice(0, at), workflow.slice(at + 1)];
}

export interface LevelAnswer {
  readonly level: number | null;
  readonly faults: readonly Fault[];
}

/**
 * The builder and what it is worth. A signer that the user named is accepted whether or not the table lists it: its
 * level is then the table's, else 1 for provenance, and null for any other predicate.
 */
export function checkBuilder(
  signer: SignerIdentity,
  provenance: Provenance | null,
  context: JudgeContext,
): LevelAnswer {
  const { expectation, builders } = context;
  const builderId = provenance?.builderId ?? null;
  const faults = checkBuilderId(builderId, provenance, signer, context);
  const found = lookUpBuilder(builders, signer, builderId, expectation.issuer);
  const named =
    signer.kind === "key"
      ? signer.scope === "configured"
      : expectation.identity !== undefined && expectation.issuer !== undefined;
  if (!found.listed && !named) faults.push(unlisted(found.unlisted, signer, builderId));
  const listed = found.listed ? found.level : 1;
  const selfHosted = isSelfHosted(signer, provenance);
  // A self-hosted runner is no hosted build platform (SLSA v1.2 `hosted`), whatever the builder is worth otherwise.
  const level = provenance === null ? null : selfHosted ? Math.min(listed, 1) : listed;
  if (faults.length === 0) faults.push(...checkLevel(level, expectation.leastLevel, selfHosted));
  return { level, faults };
}

function checkLevel(level: number | null, least: number | undefined, selfHosted: boolean): Fault[] {
  if (least === undefined || (level ?? 0) >= least) return [];
  return [
    {
      check: "level",
      kind: "lesser",
      code: selfHosted ? "runner-not-hosted" : "level-too-low",
      message: `SLSA Build level ${level ?? "none"} is less than asked for`,
      expected: String(least),
      actual: String(level ?? "none"),
    },
  ];
}

/** By the certificate, or by the builder's own admission. */
export function isSelfHosted(signer: SignerIdentity, provenance: Provenance | null): boolean {
  const told = signer.kind === "certificate" ? signer.claims.runnerEnvironment : undefined;
  return told === "self-hosted" || provenance?.builderId.endsWith("/self-hosted") === true;
}

function checkBuilderId(
  actual: string | null,
  provenance: Provenance | null,
  signer: SignerIdentity,
  { expectation }: JudgeContext,
): Fault[] {
  const expected = expectation.builderId;
  if (expected === undefined || (actual !== null && sameBuilder(expected, actual, provenance, signer))) return [];
  return [differs("builder", "built by another builder", expected, actual ?? undefined)];
}

/**
 * Without `@ref` an id means that builder at any full semver tag. In v0.2 npm wrote the short id of the runner, which
 * the certificate's runner environment completes; in v1 the short id would be another builder.
 */
function sameBuilder(expected: string, actual: string, provenance: Provenance | null, signer: SignerIdentity): boolean {
  if (expected === actual) return true;
  const at = actual.indexOf("@");
  if (!expected.includes("@") && at !== -1 && actual.slice(0, at) === expected)
    return isFullSemverTag(actual.slice(at + 1));
  const runner = signer.kind === "certificate" ? signer.claims.runnerEnvironment : undefined;
  const short = "https://github.com/actions/runner";
  return provenance?.version === "0.2" && actual === short && runner !== undefined && expected === `${short}/${runner}`;
}

function unlisted(what: "issuer" | "identity" | "builder", signer: SignerIdentity, builderId: string | null): Fault {
  if (what === "builder") {
    return {
      check: "builder",
      kind: "lesser",
      code: "builder-unlisted",
      message: "the builder is not one that this signer is known to speak for",
      actual: builderId ?? "(not told)",
      hint: "Add a row to `builders` in the configuration if you trust it.",
    };
  }
  const subject = signer.kind === "certificate" ? signer.subject : `key ${signer.keyId}`;
  const issuer = signer.kind === "certificate" ? signer.issuer : "";
  const slug = what === "issuer" && isEnterpriseIssuer(issuer);
  return {
    check: what,
    kind: "lesser",
    code: what === "issuer" ? "issuer-unlisted" : "signer-unlisted",
    message:
      what === "issuer" ? "the signer's issuer is not on the builder table" : "the signer is not on the builder table",
    actual: what === "issuer" ? issuer : subject,
    hint: slug
      ? `Accept this enterprise's issuer with --certificate-oidc-issuer ${issuer}, or \`expect: { issuer: "${issuer}" }\` in the configuration.`
      : "Name it with --certificate-identity and --certificate-oidc-issuer, or add a row to `builders` in the configuration.",
  };
}

function differs(check: Fault["check"], message: string, expected: string, actual: string | undefined): Fault {
  return { check, kind: "contradicts", code: `${check}-differs`, message, expected, actual: actual ?? "(not told)" };
}
