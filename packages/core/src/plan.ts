import type { DigestSet } from "./digest.ts";
import { CoreError } from "./error.ts";
import type { Warning } from "./release-object.ts";
import { parseStatement, subjectLabel } from "./statement.ts";
import { arrayAt, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "./strict-json.ts";

/** One thing that is to be attested. */
export interface PlannedSubject {
  /** What the statement calls it; its digest where that gives it no name. */
  readonly name: string;
  readonly digest: DigestSet;
  /** Whether its bytes were hashed here, as a file or as a registry serves them, or what is said of it is taken over. */
  readonly from: "file" | "checksums" | "given" | "registry";
  /** Of a file: relative to the folder where the emission was prepared, with forward slashes. */
  readonly path?: string;
  /** Of an image in a registry: those that have to lead to it when it is signed. */
  readonly tags?: readonly string[];
}

export interface PlannedStatement {
  /** Names of files in the output folder. */
  readonly files: { readonly bundle: string; readonly envelope: string; readonly draft: string };
  /** Names of its subjects. */
  readonly subjects: readonly string[];
  /** The in-toto statement: the text that is signed, byte for byte. */
  readonly payload: string;
}

/** What will be signed: one job, step or host hands it to the next as `plan.json`. Nothing in it was signed yet. */
export interface Plan {
  readonly schemaVersion: "1";
  readonly tool: { readonly name: "colophon"; readonly version: string };
  readonly predicateType: string;
  /** SLSA Build level that the platform can back; absent where it is not provenance of this build. */
  readonly level?: number;
  /** Of the source repository, where not everybody may read it: what is signed does not go to a public log unasked. */
  readonly visibility?: "private" | "internal";
  /** What a release tool calls the release that it was prepared for, such as its tag; no other seals it. */
  readonly release?: string;
  readonly subjects: readonly PlannedSubject[];
  readonly statements: readonly PlannedStatement[];
  readonly warnings: readonly Warning[];
}

/** Reads a `plan.json`. Throws PLAN_MALFORMED, STATEMENT_MALFORMED, or JSON_INVALID for text that is not strict JSON. */
export function parsePlan(text: string): Plan {
  const value = parseStrictJson(text, "the plan");
  if (!isObject(value)) throw malformed("it is not an object");
  if (value["schemaVersion"] !== "1") throw malformed(`schemaVersion is ${JSON.stringify(value["schemaVersion"])}`);
  const { level, visibility } = value;
  const plan: Plan = {
    schemaVersion: "1",
    tool: { name: "colophon", version: textAt(objectAt(value, "tool") ?? {}, "version") },
    predicateType: textAt(value, "predicateType"),
    ...(typeof level === "number" ? { level } : {}),
    ...(visibility === undefined ? {} : { visibility: parseVisibility(visibility) }),
    ...(value["release"] === undefined ? {} : { release: textAt(value, "release") }),
    subjects: listAt(value, "subjects").map(parseSubject),
    statements: listAt(value, "statements").map(parsePlannedStatement),
    warnings: listAt(value, "warnings").map((one) => ({ code: textAt(one, "code"), message: textAt(one, "message") })),
  };
  checkSubjects(plan);
  return plan;
}

/** Every statement is about planned subjects with the planned digests, and every planned subject is in one. */
function checkSubjects({ subjects, statements }: Plan): void {
  const planned = new Map(subjects.map(({ name, digest }) => [name, JSON.stringify(sorted(digest))]));
  if (planned.size !== subjects.length) throw malformed("two subjects have one name");
  const covered = new Set<string>();
  for (const subject of statements.flatMap(({ payload }) => parseStatement(payload).subject)) {
    const name = subjectLabel(subject);
    if (planned.get(name) !== JSON.stringify(sorted(subject.digest)))
      throw malformed(`the statement about ${JSON.stringify(name)} is about something else than was planned`);
    covered.add(name);
  }
  const first = subjects.find(({ name }) => !covered.has(name));
  if (first !== undefined) throw malformed(`no statement is about ${JSON.stringify(first.name)}`);
}

function sorted(digest: DigestSet): unknown {
  return Object.entries(digest).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function parseVisibility(value: unknown): "private" | "internal" {
  if (value === "private" || value === "internal") return value;
  throw malformed("visibility is not one of its values");
}

const ORIGINS = ["file", "checksums", "given", "registry"] as const satisfies readonly PlannedSubject["from"][];

function parseSubject(value: JsonObject): PlannedSubject {
  const text = textAt(value, "from");
  const from = ORIGINS.find((one) => one === text);
  if (from === undefined) throw malformed("from is not one of its values");
  const digest = objectAt(value, "digest") ?? {};
  const path = stringAt(value, "path");
  const tags = arrayAt(value, "tags");
  if (tags?.every((tag) => typeof tag === "string") === false) throw malformed("tags is not a list of strings");
  return {
    name: textAt(value, "name"),
    digest: Object.fromEntries(Object.keys(digest).map((algorithm) => [algorithm, textAt(digest, algorithm)])),
    from,
    ...(path === undefined ? {} : { path }),
    ...(tags === undefined ? {} : { tags: tags.map(String) }),
  };
}

function parsePlannedStatement(value: JsonObject): PlannedStatement {
  const files = objectAt(value, "files") ?? {};
  return {
    files: { bundle: textAt(files, "bundle"), envelope: textAt(files, "envelope"), draft: textAt(files, "draft") },
    subjects: (arrayAt(value, "subjects") ?? []).map(String),
    payload: textAt(value, "payload"),
  };
}

function listAt(value: JsonObject, key: string): readonly JsonObject[] {
  const list = arrayAt(value, key);
  if (list === undefined || !list.every(isObject)) throw malformed(`${key} is not a list of objects`);
  return list;
}

function textAt(value: JsonObject, key: string): string {
  const text = stringAt(value, key);
  if (text === undefined) throw malformed(`${key} is not a string`);
  return text;
}

function malformed(why: string): CoreError {
  return new CoreError("PLAN_MALFORMED", `not a plan: ${why}`, { hint: "Prepare the emission again." });
}
