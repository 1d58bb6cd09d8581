import { expectationFor, judgeWithMembers, type Facts, type ReleaseObject, type Verdict } from "@colophon/core";
import { findFirstVerified, holdFrom, type FirstVerified, type JudgePorts } from "./first-verified.ts";
import type { Gathered } from "./gather.ts";
import type { CoverageRequest } from "./measure.ts";
import { oldestFirst } from "./order.ts";

/**
 * Judges every object, the oldest first, for what is held of a package is the source of its first verified version.
 * `history` are versions that were not asked for; of them the oldest are asked about until one verifies.
 */
export async function judgeAll(
  objects: readonly ReleaseObject[],
  history: readonly ReleaseObject[],
  { answers, authentications }: Gathered,
  request: Pick<CoverageRequest, "expectation" | "builders">,
  ports: JudgePorts,
): Promise<ReadonlyMap<string, Verdict>> {
  const { expectation, builders } = request;
  const keyedRegistries = authentications.size === 0 ? [] : await ports.keyedRegistries();
  const verdicts = new Map<string, Verdict>();
  for (const [name, own] of Map.groupBy(objects, (object) => object.name)) {
    const sorted = own.toSorted(oldestFirst);
    let others = history.filter((object) => object.name === name);
    let held: FirstVerified | undefined;
    for (const object of sorted) {
      if (held === undefined && answers.get(object.id)?.some(hasProofs) === true) {
        held = await findFirstVerified(object, others, request, ports);
        others = others.filter((other) => oldestFirst(other, object) > 0);
      }
      const facts: Facts = { keyedRegistries, ...(held === undefined ? {} : { firstVerified: held }) };
      const wanted = expectationFor(object, expectation);
      const verdict = judgeWithMembers(object, answers, authentications, wanted, builders, facts);
      verdicts.set(object.id, verdict);
      held = holdFrom(held, object, verdict);
    }
  }
  return verdicts;
}

function hasProofs(answer: { readonly status: string; readonly found?: readonly unknown[] }): boolean {
  return (answer.found?.length ?? 0) > 0;
}
