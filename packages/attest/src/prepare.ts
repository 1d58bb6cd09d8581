import {
  compareDigests,
  hasStrongDigest,
  parseStatement,
  subjectLabel,
  type BuildDescription,
  type Plan,
  type PlannedStatement,
  type PlannedSubject,
  type Warning,
} from "@colophon/core";
import { admit, type Admission } from "./admit.ts";
import { AttestError } from "./error.ts";
import { splitSubjects } from "./split.ts";
import { formatStatement, provenanceOf, type Predicate } from "./statement.ts";

export interface PrepareRequest {
  readonly subjects: readonly PlannedSubject[];
  /** A build makes SLSA provenance; a text is a whole in-toto statement, whose subjects are the ones. */
  readonly says:
    | { readonly build: BuildDescription }
    | { readonly predicate: Predicate }
    | { readonly statement: string };
  readonly toolVersion: string;
  /** Subjects of different keys go different ways, in statements of their own; without it, all go one way. */
  readonly groupOf?: (subject: PlannedSubject) => string;
  /** Nothing to attest is no mistake: subjects are still to come, see `joinPlans`. */
  readonly isPart?: boolean;
  /** What was worth saying of the subjects before. */
  readonly warnings?: readonly Warning[];
}

/** Names of the files for a statement about these subjects. */
export type NameFiles = (subjects: readonly string[]) => { readonly bundle: string; readonly envelope: string };

/**
 * Describes what will be signed, and checks everything that can fail without a trace. Signs and writes nothing.
 * Throws AttestError, or CoreError for a statement that is none.
 */
export async function prepare(request: PrepareRequest, nameFiles: NameFiles, admission: Admission): Promise<Plan> {
  const plan = toPlan(request, nameFiles);
  await admit(plan, admission);
  return plan;
}

function toPlan(request: PrepareRequest, nameFiles: NameFiles): Plan {
  const given = "statement" in request.says ? subjectsOf(request.says.statement) : request.subjects;
  if (given.length === 0 && request.isPart !== true) throw nothing();
  const subjects = mergeSubjects(given);
  return {
    schemaVersion: "1",
    tool: { name: "colophon", version: request.toolVersion },
    ...describe(request, subjects, nameFiles),
    subjects,
    warnings: [
      ...(request.warnings ?? []),
      ...("build" in request.says ? request.says.build.warnings : []),
      ...warnOf(subjects),
    ],
  };
}

function describe(
  { says, groupOf = () => "" }: PrepareRequest,
  subjects: readonly PlannedSubject[],
  nameFiles: NameFiles,
): Pick<Plan, "predicateType" | "level" | "visibility" | "statements"> {
  if ("statement" in says) {
    const names = subjects.map(({ name }) => name);
    const { predicateType } = parseStatement(says.statement);
    return { predicateType, statements: [plannedStatement(names, says.statement, nameFiles(names))] };
  }
  const predicate = "build" in says ? provenanceOf(says.build) : says.predicate;
  const overhead = Buffer.byteLength(formatStatement([], predicate));
  const groups = [...Map.groupBy(subjects, groupOf).values()];
  const statements = groups.flatMap((group) => {
    const files = nameFiles(group.map(({ name }) => name));
    const lists = splitSubjects(group, overhead);
    return lists.map((list, index) => {
      const names = list.map(({ name }) => name);
      const own = lists.length === 1 ? files : number(files, index);
      return plannedStatement(names, formatStatement(list, predicate), own);
    });
  });
  return { predicateType: predicate.type, ...("build" in says ? factsOf(says.build) : {}), statements };
}

function factsOf({ level, visibility }: BuildDescription): Pick<Plan, "level" | "visibility"> {
  return { level, ...(visibility === "private" || visibility === "internal" ? { visibility } : {}) };
}

function plannedStatement(
  subjects: readonly string[],
  payload: string,
  files: { readonly bundle: string; readonly envelope: string },
): PlannedStatement {
  return { files: { ...files, draft: files.bundle.replace(/\.sigstore\.json$/, ".draft.json") }, subjects, payload };
}

/** `provenance-2.sigstore.json` beside the first. */
function number<Files extends Readonly<Record<string, string>>>(files: Files, index: number): Files {
  const renamed = Object.entries(files).map(([key, name]) => [key, name.replace(/^([^.]+)/, `$1-${index + 1}`)]);
  return Object.fromEntries(renamed) as Files;
}

function subjectsOf(statement: string): PlannedSubject[] {
  return parseStatement(statement).subject.map((subject) => ({
    name: subjectLabel(subject),
    digest: subject.digest,
    from: "given",
  }));
}

/** One subject for each name; the same file named twice is one, two files of one name are an error. */
function mergeSubjects(subjects: readonly PlannedSubject[]): PlannedSubject[] {
  const byName = new Map<string, PlannedSubject>();
  for (const subject of subjects) {
    const { name, digest } = subject;
    if (!hasStrongDigest(digest)) {
      throw new AttestError("SUBJECT_WEAK", `${JSON.stringify(name)} has no digest that proves anything`, {
        hint: "Give its sha256, sha384 or sha512.",
      });
    }
    const known = byName.get(name);
    if (known !== undefined && !isSame(known, subject)) throw conflict(known, subject);
    byName.set(name, known === undefined ? subject : { ...known, digest: { ...known.digest, ...digest } });
  }
  return [...byName.values()];
}

function nothing(): AttestError {
  return new AttestError("SUBJECTS_MISSING", "there is nothing to attest", {
    hint: "Name files, images (oci://…), a checksum file (--checksums), or digests (--subject NAME=sha256:HEX).",
  });
}

/** What the user gives by several digests may be given one by one. */
function isSame(first: PlannedSubject, second: PlannedSubject): boolean {
  const match = compareDigests(first.digest, second.digest);
  return match === "match" || (match === "nothing-in-common" && first.from === "given" && second.from === "given");
}

function conflict(first: PlannedSubject, second: PlannedSubject): AttestError {
  const shown = ({ path, digest }: PlannedSubject): string => path ?? Object.entries(digest)[0]?.join(":") ?? "";
  const message = `two different things are called ${JSON.stringify(first.name)}: ${shown(first)} and ${shown(second)}`;
  return new AttestError("SUBJECT_CONFLICT", message, {
    hint: "Give each a name of its own, or attest them one by one.",
  });
}

function warnOf(subjects: readonly PlannedSubject[]): Warning[] {
  const [first, ...others] = subjects.filter(({ digest }) => digest["sha256"] === undefined);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return [
    {
      code: "subject-without-sha256",
      message: `${JSON.stringify(first.name)}${more} is named without a sha256, by which most verifiers look`,
    },
  ];
}
