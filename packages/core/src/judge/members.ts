import type { BuilderTable } from "../builders.ts";
import type { Expectation } from "../expectation.ts";
import type { Answer } from "../ports.ts";
import type { Member, ObjectId, ReleaseObject, Warning } from "../release-object.ts";
import type { Authentications } from "./authentications.ts";
import type { Facts } from "./context.ts";
import { judge } from "./judge.ts";
import type { Failure, JudgedMember, Source, Status, Verdict } from "./verdict.ts";

/** A member with the verdict on it. */
interface Judged {
  readonly member: Member;
  readonly verdict: Verdict;
}

/** Judges an object, and where it is an image index each of its members by the same expectation. Pure, as `judge` is. */
export function judgeWithMembers(
  object: ReleaseObject,
  answers: ReadonlyMap<ObjectId, readonly Answer[]>,
  authentications: Authentications,
  expectation: Expectation,
  builders: BuilderTable,
  facts: Facts,
): Verdict {
  const judgeOne = (one: ReleaseObject): Verdict =>
    judge(one, answers.get(one.id) ?? [], authentications, expectation, builders, facts);
  const own = judgeOne(object);
  if (object.members === undefined) return own;
  return judgeMembers(
    own,
    object.members.map((member) => ({ member, verdict: judgeOne(member.object) })),
  );
}

/**
 * The verdict on an image index by those on itself and on its members (design §3): proof of the index or of every
 * member verifies it. The order of the statuses stays: proof of every member is a proof that matches, so that a
 * broken one of the index takes nothing from it, as with one beside another of the same object. Then what could not
 * be asked and could complete that proof makes it `unknown`; then what accuses a member accuses the index; then
 * what is there of a member is there of the index.
 */
export function judgeMembers(own: Verdict, judged: readonly Judged[]): Verdict {
  const members = judged.map(describeMember);
  if (own.status === "verified") return { ...own, provenBy: "index", members };
  const unproven = judged.filter(({ verdict }) => verdict.status !== "verified");
  if (unproven.length === 0 && judged.length > 0) return { ...proveByMembers(own, judged), members };
  const status = statusOf(own.status, unproven);
  const failure = status === own.status ? own.failure : failureOf(unproven, status);
  const isPartly = unproven.length < judged.length && status === own.status;
  const told = failure !== undefined && isPartly ? nameUnproven(failure, unproven) : failure;
  return { ...own, status, ...(told !== undefined && { failure: told }), members };
}

/** Of an index that neither its own proof nor its members' verify. */
function statusOf(own: Status, unproven: readonly Judged[]): Status {
  const theirs = unproven.map(({ verdict }) => verdict.status);
  if (own === "unknown" || theirs.length === 0) return own;
  if (theirs.every((status) => status === "unknown")) return "unknown";
  return (["mismatch", "present"] as const).find((status) => own === status || theirs.includes(status)) ?? own;
}

function describeMember({ member: { platform, object }, verdict }: Judged): JudgedMember {
  const { status, level, failure, evidence } = verdict;
  const { id, digest } = object;
  return { platform, id, digest, status, level, ...(failure !== undefined && { reason: failure }), evidence };
}

/** No more than all of them prove: the least level, and what they agree on. */
function proveByMembers(index: Verdict, judged: readonly Judged[]): Verdict {
  const { failure: _, ...own } = index;
  const verdicts = judged.map(({ verdict }) => verdict);
  const levels = verdicts.flatMap(({ level }) => level ?? []);
  const signedAt = agreed(verdicts, (verdict) => verdict.signedAt);
  return {
    ...own,
    status: "verified",
    provenBy: "platforms",
    level: levels.length === verdicts.length ? Math.min(...levels) : null,
    source: agreedSource(verdicts),
    sourceRepositoryId: agreed(verdicts, (verdict) => verdict.sourceRepositoryId) ?? null,
    builder: agreed(verdicts, (verdict) => verdict.builder) ?? null,
    workflow: agreed(verdicts, (verdict) => verdict.workflow) ?? null,
    predicateType: agreed(verdicts, (verdict) => verdict.predicateType) ?? null,
    ...(signedAt !== undefined && { signedAt }),
    warnings: distinct([own, ...verdicts].flatMap(({ warnings }) => warnings)),
  };
}

function agreedSource(verdicts: readonly Verdict[]): Source | null {
  const parts = (["repository", "ref", "commit"] as const).flatMap((part) => {
    const value = agreed(verdicts, ({ source }) => source?.[part]);
    return value === undefined ? [] : [[part, value] as const];
  });
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

function agreed<T>(verdicts: readonly Verdict[], of: (verdict: Verdict) => T | undefined): T | undefined {
  const [first, ...others] = new Set(verdicts.map(of));
  return others.length === 0 ? first : undefined;
}

function distinct(warnings: readonly Warning[]): readonly Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

/** The first reason for that status, and the members that it holds for. */
function failureOf(judged: readonly Judged[], status: Status): Failure | undefined {
  const [first, ...others] = judged.filter(({ verdict }) => verdict.status === status);
  const failure = first?.verdict.failure;
  if (first === undefined || failure === undefined) return undefined;
  const same = others.filter(({ verdict }) => verdict.failure?.code === failure.code);
  return { ...failure, message: `${nameAll([first, ...same])}: ${failure.message}` };
}

function nameUnproven(failure: Failure, unproven: readonly Judged[]): Failure {
  const message = `${failure.message}; nothing proves ${nameAll(unproven)}, unlike its other platforms`;
  const hint = "Attest these platforms too, or the index itself.";
  return { ...failure, message, ...(failure.code === "no-provenance" && { hint }) };
}

const NAMES_SHOWN = 5;

function nameAll(judged: readonly Judged[]): string {
  const names = judged.slice(0, NAMES_SHOWN).map(({ member }) => nameOf(member));
  const more = judged.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

/** By its platform, else by its digest, cut. */
function nameOf({ platform, object }: Member): string {
  return (
    platform ??
    Object.entries(object.digest).map(([name, hex]) => `${name}:${hex.slice(0, 12)}`)[0] ??
    object.id
  ).slice(0, 60);
}
