import { posix } from "node:path";
import { arrayAt, CoreError, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import { COMMIT, LINE } from "../form.ts";
import { isAbsolute, isInside } from "../path.ts";

/** A file that a task's hash was taken over. */
export interface TaskInput {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** SHA-1 of the git blob. */
  readonly gitBlob: string;
}

/** Where a task's outputs came from: `MISS`, it ran; else the cache that they were taken from. */
export interface TaskRun {
  readonly taskId: string;
  readonly cache: "MISS" | "LOCAL" | "REMOTE";
}

/** What is used of a turborepo run summary. Everything else stays out: it tells of users, machines and secrets. */
export interface RunSummary {
  readonly turboVersion: string;
  /** Commit that was checked out, where turborepo saw one. */
  readonly commit?: string;
  /** Sorted by path; no two the same. */
  readonly inputs: readonly TaskInput[];
  /** Sorted by id. */
  readonly tasks: readonly TaskRun[];
}

const HINT = "Make it with `turbo run --summarize`, turborepo 2, and hand it on as it is.";
const MAX_BYTES = 67_108_864;
const MAX_TASKS = 10_000;
const LONGEST_ID = 512;
/** Provenance past 16 MB is refused by those that keep it; so many descriptors are about a quarter of that. */
const MAX_INPUTS = 40_000;

/**
 * Reads a run summary, version 1 (`turbo run --summarize`, `.turbo/runs/<id>.json`); `where` names it in messages.
 * Throws `run-summary-invalid`, as for the summary of a dry run.
 */
export function parseRunSummary(bytes: Uint8Array, where: string): RunSummary {
  const fail: Fail = (why, hint = HINT) => {
    throw new BuildError("run-summary-invalid", `${where} ${why}`, { hint });
  };
  if (bytes.byteLength > MAX_BYTES) fail(`is larger than ${MAX_BYTES} bytes`);
  const summary = parse(bytes, where);
  const version = stringAt(summary, "version");
  if (version !== "1") fail(`is no run summary of version 1, but of ${quote(version ?? "none")}`);
  if (objectAt(summary, "execution") === undefined) {
    fail("is of a dry run", "Give the summary of the run that built the artifacts.");
  }
  const turboVersion = stringAt(summary, "turboVersion") ?? "";
  if (!/^[\w.+-]{1,64}$/.test(turboVersion)) fail("names no turboVersion");
  const tasks = arrayAt(summary, "tasks") ?? fail("has no list of tasks");
  if (tasks.length > MAX_TASKS) fail(`has more than ${MAX_TASKS} tasks`);
  const commit = stringAt(objectAt(summary, "scm"), "sha");
  if (commit !== undefined && !COMMIT.test(commit)) fail(`is of ${quote(commit)}, which is no commit`);
  return {
    turboVersion,
    ...(commit !== undefined && { commit }),
    inputs: inputsOf(summary, tasks, fail),
    tasks: tasks.map((task) => runOf(task, fail)).toSorted((left, right) => compare(left.taskId, right.taskId)),
  };
}

type Fail = (why: string, hint?: string) => never;

function runOf(task: unknown, fail: Fail): TaskRun {
  const taskId = stringAt(task, "taskId") ?? fail("has a task without taskId");
  if (taskId.length > LONGEST_ID || !LINE.test(taskId)) fail(`has the task ${quote(taskId)}, which is no id`);
  const cache = cacheOf(objectAt(task, "cache")) ?? fail(`does not tell whether ${quote(taskId)} came from a cache`);
  return { taskId, cache };
}

/** The inputs of the run as a whole and of its tasks; their names are relative to the folder of their package. */
function inputsOf(summary: JsonObject, tasks: readonly unknown[], fail: Fail): TaskInput[] {
  const inputs = new Map<string, TaskInput>();
  const collect = (files: JsonObject | undefined, folder: string): void => {
    for (const [name, gitBlob] of Object.entries(files ?? {})) {
      const path = posix.join(folder, name);
      if (isAbsolute(name) || !isInside(path)) fail(`has the input ${quote(name)}, which is not inside the repository`);
      if (typeof gitBlob !== "string" || !/^[0-9a-f]{40}$/.test(gitBlob))
        return fail(`has no git blob for ${quote(path)}`);
      inputs.set(`${path}\0${gitBlob}`, { path, gitBlob });
    }
    if (inputs.size > MAX_INPUTS) fail(`has more than ${MAX_INPUTS} inputs`, "Attest without the run summary.");
  };
  collect(objectAt(objectAt(summary, "globalCacheInputs"), "files"), "");
  for (const task of tasks) {
    collect(objectAt(task, "inputs"), (stringAt(task, "directory") ?? "").replaceAll("\\", "/"));
  }
  return [...inputs.entries()].toSorted(([left], [right]) => compare(left, right)).map(([, input]) => input);
}

function parse(bytes: Uint8Array, where: string): JsonObject {
  try {
    const value = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), where);
    if (isObject(value)) return value;
  } catch (cause) {
    const message = cause instanceof CoreError ? cause.message : `${where} is not UTF-8`;
    throw new BuildError("run-summary-invalid", message, { hint: HINT, cause });
  }
  throw new BuildError("run-summary-invalid", `${where} is not a JSON object`, { hint: HINT });
}

/** A hit whose source is not told counts as a remote one. */
function cacheOf(cache: JsonObject | undefined): TaskRun["cache"] | undefined {
  const status = stringAt(cache, "status");
  if (status === "MISS") return "MISS";
  if (status !== "HIT") return undefined;
  return stringAt(cache, "source") === "LOCAL" ? "LOCAL" : "REMOTE";
}

/** By code units, the same on every machine. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
