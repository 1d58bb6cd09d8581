import { lookUpBuilder } from "../builders.ts";
import type { Finding } from "../expectation.ts";
import type { SignerIdentity } from "../ports.ts";
import type { Provenance } from "../provenance/form.ts";
import { isFullSemverTag } from "../semver-tag.ts";
import { isEnterpriseIssuer, parseWorkflowIdentity } from "../signer.ts";
import { describeMatch, matchesText } from "../text-match.ts";
import type { JudgeContext } from "./context.ts";

/** Triggers under which the code of a stranger may run. */
const UNTRUSTED_TRIGGERS = new Set([
  "pull_request",
  "pull_request_target",
  "merge_request_event",
  "external_pull_request_event",
]);

/** Who signed: issuer, identity, runner, trigger, workflow. */
export function checkSigner(signer: SignerIdentity, { expectation }: JudgeContext): Finding[] {
  if (signer.kind === "key") return [];
  const findings: Finding[] = [];
  const { issuer, identity, runnerEnvironment, signerWorkflow } = expectation;
  if (issuer !== undefined && issuer !== signer.issuer) {
    findings.push(differs("issuer", "signed with an identity of another issuer", issuer, signer.issuer));
  }
  if (identity !== undefined && !matchesText(identity, signer.subject)) {
    findings.push(differs("identity", "signed by another identity", describeMatch(identity), signer.subject));
  }
  if (runnerEnvironment !== undefined && runnerEnvironment !== signer.claims.runnerEnvironment) {
    findings.push(
      differs("runner", "built in another runner environment", runnerEnvironment, signer.claims.runnerEnvironment),
    );
  }
  if (UNTRUSTED_TRIGGERS.has(signer.claims.buildTrigger ?? "")) {
    findings.push({
      check: "trigger",
      kind: "lesser",
      code: "trigger-untrusted",
      message: `the run was triggered by ${signer.claims.buildTrigger}, which may run a stranger's code`,
      hint: "Build releases on a push, a tag, a release event or by hand.",
    });
  }
  if (signerWorkflow !== undefined && !isWorkflow(signer.subject, signerWorkflow, signer.claims.sourceRepositoryUri)) {
    findings.push(differs("workflow", "signed by another workflow", signerWorkflow, signer.subject));
  }
  return findings;
}

/** `expected` is a path in the source repository, `owner/repo/path`, or a full URI; with `@ref` the ref counts too. */
function isWorkflow(subject: string, expected: string, sourceRepository: string | undefined): boolean {
  const workflow = parseWorkflowIdentity(subject);
  if (workflow === null) return subject === expected;
  const base = `${workflow.repository}/${workflow.path}`;
  const [path, ref] = splitRef(expected);
  if (ref !== undefined && ref !== workflow.ref) return false;
  if (path.startsWith("https://")) return path === base;
  if (path.startsWith(".")) return workflow.path === path && workflow.repository === sourceRepository;
  return base === `${new URL(workflow.repository).origin}/${path}`;
}

function splitRef(workflow: string): [string, string | undefined] {
  const at = workflow.indexOf("@");
  return at === -1 ? [workflow, undefined] : [workflow.slice(0, at), workflow.slice(at + 1)];
}

export interface LevelAnswer {
  readonly level: number | null;
  readonly findings: readonly Finding[];
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
  const findings = checkBuilderId(builderId, provenance, signer, context);
  const found = lookUpBuilder(builders, signer, builderId, expectation.issuer);
  const named =
    signer.kind === "key"
      ? signer.scope === "configured"
      : expectation.identity !== undefined && expectation.issuer !== undefined;
  if (!found.listed && !named) findings.push(unlisted(found.unlisted, signer, builderId));
  const listed = found.listed ? found.level : 1;
  const level = provenance === null ? null : capForRunner(listed, signer);
  const least = expectation.leastLevel;
  if (findings.length === 0 && least !== undefined && (level ?? 0) < least) {
    findings.push({
      check: "level",
      kind: "lesser",
      code: isSelfHosted(signer) ? "runner-not-hosted" : "level-too-low",
      message: `SLSA Build level ${level ?? "none"} is less than asked for`,
      expected: String(least),
      actual: String(level ?? "none"),
    });
  }
  return { level, findings };
}

function isSelfHosted(signer: SignerIdentity): boolean {
  return signer.kind === "certificate" && signer.claims.runnerEnvironment === "self-hosted";
}

/** A self-hosted runner is no hosted build platform (SLSA v1.2 `hosted`), whatever the builder says. */
function capForRunner(level: number, signer: SignerIdentity): number {
  return isSelfHosted(signer) ? Math.min(level, 1) : level;
}

function checkBuilderId(
  actual: string | null,
  provenance: Provenance | null,
  signer: SignerIdentity,
  { expectation }: JudgeContext,
): Finding[] {
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

function unlisted(what: "issuer" | "identity" | "builder", signer: SignerIdentity, builderId: string | null): Finding {
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

function differs(check: Finding["check"], message: string, expected: string, actual: string | undefined): Finding {
  return { check, kind: "contradicts", code: `${check}-differs`, message, expected, actual: actual ?? "(not told)" };
}
