import { compareDigests, type DigestSet, type Plan, type Reason } from "@colophon/core";

const MOST_NAMED = 10;

/** Names what is not any more what was prepared, or is not there: nothing is signed that is known not to be published. */
export function findChanged({ subjects }: Plan, now: ReadonlyMap<string, DigestSet>): Reason | undefined {
  const changed = subjects.filter(({ name, digest, from }) => {
    const found = now.get(name);
    return from === "given" ? false : found === undefined || compareDigests(digest, found) !== "match";
  });
  if (changed.length === 0) return undefined;
  const names = changed.slice(0, MOST_NAMED).map(({ name }) => JSON.stringify(name));
  const more = changed.length > MOST_NAMED ? ` and ${changed.length - MOST_NAMED} more` : "";
  return {
    code: "subject-changed",
    message: `changed or gone since the emission was prepared: ${names.join(", ")}${more}`,
    hint: "Prepare it again, after everything that writes these files has ended.",
  };
}
