import type { DigestSet } from "./digest.ts";
import { isStrong } from "./digest.ts";
import { CoreError } from "./error.ts";
import { arrayAt, isObject, objectAt, parseStrictJson, stringAt } from "./strict-json.ts";

export const STATEMENT_V0_1 = "https://in-toto.io/Statement/v0.1";
export const STATEMENT_V1 = "https://in-toto.io/Statement/v1";

/** DSSE payload type of an in-toto statement (in-toto attestation spec v1, envelope). */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Most subjects that are read from one statement: ten times what GitHub accepts. */
export const MAX_SUBJECTS = 10_240;

export interface Subject {
  readonly name?: string;
  readonly digest: DigestSet;
}

/** An in-toto statement, v0.1 or v1, in one form. */
export interface Statement {
  readonly type: typeof STATEMENT_V0_1 | typeof STATEMENT_V1;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/**
 * Reads an in-toto statement (spec/v1/statement.md, spec/v0.1). Unknown fields are ignored.
 * Throws STATEMENT_MALFORMED, or JSON_INVALID for text that is not strict JSON.
 */
export function parseStatement(text: string): Statement {
  const value = parseStrictJson(text, "the statement");
  if (!isObject(value)) throw malformed("it is not an object");
  const type = stringAt(value, "_type");
  if (type !== STATEMENT_V0_1 && type !== STATEMENT_V1)
    throw malformed(`_type is ${JSON.stringify(type?.slice(0, 100) ?? null)}`);
  const subjects = arrayAt(value, "subject");
  if (subjects === undefined || subjects.length === 0) throw malformed("it has no subject");
  if (subjects.length > MAX_SUBJECTS) throw malformed(`it has ${subjects.length} subjects, more than ${MAX_SUBJECTS}`);
  const predicateType = stringAt(value, "predicateType");
  if (predicateType === undefined || predicateType === "") throw malformed("it has no predicateType");
  return { type, subject: subjects.map(parseSubject), predicateType, predicate: value["predicate"] ?? null };
}

/**
 * What tells a subject from the others: its name, or its digest where the name is left out or `_`, as it may be of any
 * number of them (spec/v1/statement.md, subject).
 */
export function subjectLabel({ name = "", digest }: Subject): string {
  return name === "" || name === "_" ? (Object.entries(digest)[0]?.join(":") ?? name) : name;
}

function parseSubject(value: unknown, index: number): Subject {
  if (!isObject(value)) throw malformed(`subject[${index}] is not an object`);
  const digest: Record<string, string> = {};
  for (const [algorithm, hex] of Object.entries(objectAt(value, "digest") ?? {})) {
    // Null is as good as absent, and an algorithm that is not known must not get in the way (spec/v1/digest_set.md).
    if (typeof hex === "string") digest[algorithm] = isStrong(algorithm) ? hex.toLowerCase() : hex;
    else if (isStrong(algorithm) && hex !== null)
      throw malformed(`subject[${index}].digest.${algorithm} is not a string`);
  }
  const name = stringAt(value, "name");
  return name === undefined ? { digest } : { name, digest };
}

function malformed(why: string): CoreError {
  return new CoreError("STATEMENT_MALFORMED", `not an in-toto statement: ${why}`, {
    hint: "Sign an in-toto Statement v1 with at least one subject and a predicateType.",
  });
}
