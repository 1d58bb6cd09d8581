import type { PlannedSubject } from "@colophon/core";
import { AttestError } from "./error.ts";

/** Limits of GitHub's attestation store, which is the narrowest. */
const MOST_SUBJECTS = 1024;
export const MOST_BYTES: number = 16 * 1024 * 1024;

/**
 * Splits subjects into as few lists as statements may hold: 1,024 subjects and 16 MB each. The same subjects, in any
 * order, give the same lists. `overhead`: bytes of a statement without its subjects. Throws STATEMENT_TOO_LARGE.
 */
export function splitSubjects(subjects: readonly PlannedSubject[], overhead: number): PlannedSubject[][] {
  const lists: PlannedSubject[][] = [];
  let bytes = Infinity;
  for (const subject of subjects.toSorted(({ name: left }, { name: right }) => (left < right ? -1 : 1))) {
    const size = Buffer.byteLength(JSON.stringify({ name: subject.name, digest: subject.digest })) + 1;
    if (overhead + size > MOST_BYTES) {
      throw new AttestError("STATEMENT_TOO_LARGE", `the predicate has ${overhead} bytes, more than ${MOST_BYTES}`, {
        hint: "Put what is large into a file of its own, and name it with its digest.",
      });
    }
    if (bytes + size > MOST_BYTES || (lists.at(-1)?.length ?? 0) >= MOST_SUBJECTS) {
      lists.push([]);
      bytes = overhead;
    }
    lists.at(-1)?.push(subject);
    bytes += size;
  }
  return lists;
}
