import {
  expectationFor,
  judge,
  type BuilderTable,
  type Expectation,
  type Facts,
  type ReleaseObject,
  type Store,
  type Verdict,
  type Verifier,
} from "@colophon/core";
import { gather } from "./gather.ts";
import { oldestFirst } from "./order.ts";

export type FirstVerified = NonNullable<Facts["firstVerified"]>;

export interface JudgePorts {
  readonly stores: readonly Store[];
  readonly verifier: Verifier;
  readonly keyedRegistries: () => Promise<readonly string[]>;
}

/** Most older versions that are asked about to find the first verified one. */
const MOST_ASKED = 10;

/**
 * The first version of the object's package that verifies, among older ones that were not asked for themselves: what is
 * held of a version must not depend on which others were asked for.
 */
export async function findFirstVerified(
  object: ReleaseObject,
  others: readonly ReleaseObject[],
  { expectation, builders }: { readonly expectation: Expectation; readonly builders: BuilderTable },
  ports: JudgePorts,
): Promise<FirstVerified | undefined> {
  if (expectation.sourceRepository !== undefined) return undefined;
  const candidates = others
    .filter((other) => other.npm?.attestations === "advertised" && oldestFirst(other, object) < 0)
    .toSorted(oldestFirst)
    .slice(0, MOST_ASKED);
  for (const older of candidates) {
    const { answers, authentications } = await gather([older], ports.stores, ports.verifier, () => undefined);
    const facts: Facts = { keyedRegistries: authentications.size === 0 ? [] : await ports.keyedRegistries() };
    const wanted = expectationFor(older, expectation);
    const verdict = judge(older, answers.get(older.id) ?? [], authentications, wanted, builders, facts);
    const held = holdFrom(undefined, older, verdict);
    if (held !== undefined) return held;
  }
  return undefined;
}

/** What is held after one more version, oldest first; a repository id is taken from the first that tells one. */
export function holdFrom(
  held: FirstVerified | undefined,
  object: ReleaseObject,
  verdict: Verdict,
): FirstVerified | undefined {
  const repository = verdict.source?.repository;
  if (verdict.status !== "verified" || repository === undefined) return held;
  const { sourceRepositoryId: repositoryId } = verdict;
  if (held === undefined) return { version: object.version ?? object.id, repository, repositoryId };
  return held.repositoryId === null && held.repository === repository ? { ...held, repositoryId } : held;
}
