import type { Publication } from "@colophon/core";

/**
 * Publications in steps: each comes after all that it depends on. Packages that depend on each other, which npm allows,
 * are one step.
 */
export function orderPublications(publications: readonly Publication[]): Publication[][] {
  const steps: Publication[][] = [];
  let left = publications;
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const free = left.filter(({ name, after }) => after.every((one) => one === name || !names.has(one)));
    const step = free.length > 0 ? free : firstCircle(left);
    steps.push([...step]);
    left = left.filter((one) => !step.includes(one));
  }
  return steps;
}

/** The packages of which each reaches no package that does not reach it too. All of `left` depend on one of `left`. */
function firstCircle(left: readonly Publication[]): readonly Publication[] {
  const reached = new Map(left.map(({ name }) => [name, reach(name, left)]));
  const smallest = left.toSorted((one, other) => sizeOf(reached, one) - sizeOf(reached, other))[0];
  const circle = reached.get(smallest?.name ?? "") ?? new Set();
  return left.filter(({ name }) => circle.has(name));
}

function sizeOf(reached: ReadonlyMap<string, ReadonlySet<string>>, { name }: Publication): number {
  return reached.get(name)?.size ?? 0;
}

function reach(from: string, among: readonly Publication[]): ReadonlySet<string> {
  const byName = new Map(among.map((one) => [one.name, one]));
  const seen = new Set([from]);
  for (const name of seen) for (const next of byName.get(name)?.after ?? []) if (byName.has(next)) seen.add(next);
  return seen;
}
