import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { admit, prepare, type Admission, type PrepareRequest } from "@colophon/attest";
import { statementFiles, type Emission } from "@colophon/config/emission";
import { parsePlan, parseStrictJson, type Plan, type Warning } from "@colophon/core";
import { readNamedFile } from "../artifact.ts";
import type { Invocation } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import type { Subjects } from "./subjects.ts";

export interface PlanRequest {
  readonly invocation: Invocation;
  readonly emission: Emission;
  readonly subjects: Subjects;
  /** What an earlier run wrote. */
  readonly prepared: Plan | undefined;
}

/** The plan of --seal. Throws UsageError, or as `parsePlan` does. */
export async function readPrepared({ options, cwd }: Invocation): Promise<Plan | undefined> {
  const path = options.text("seal");
  return path === undefined ? undefined : parsePlan(await readText(path, cwd));
}

/** The plan that an earlier run wrote, or a new one. */
export async function planOf(request: PlanRequest): Promise<Plan> {
  const { invocation, emission, subjects: read, prepared } = request;
  const { options, version } = invocation;
  const admission: Admission = {
    ...(emission.publicLog === undefined ? {} : { publicLog: emission.publicLog }),
    allowPublicLog: options.has("allow-public-log"),
    depositoriesOf: emission.depositoriesOf,
  };
  if (prepared !== undefined) {
    await admit(prepared, admission);
    return prepared;
  }
  const { subjects, groupOf } = read;
  const warnings = [...read.warnings, ...warnOfDeposits(request)];
  const says = await readMeaning(request, subjects.length > 0);
  const grouped = groupOf === undefined ? {} : { groupOf };
  return await prepare({ subjects, warnings, says, toolVersion: version, ...grouped }, statementFiles, admission);
}

/** What is attested and attached nowhere, nobody finds beside the image. */
function warnOfDeposits({ emission }: PlanRequest): Warning[] {
  if (emission.images === undefined || emission.isBesideImages) return [];
  const message =
    "the attestation is attached to no image: name --deposit oci, or attach what lies in the output folder";
  return [{ code: "not-attached", message }];
}

async function readMeaning(
  { invocation, emission }: PlanRequest,
  hasSubjects: boolean,
): Promise<PrepareRequest["says"]> {
  const { options, cwd } = invocation;
  const statement = options.text("statement");
  if (statement !== undefined) return { statement: await readText(statement, cwd) };
  const [predicate, type] = [options.text("predicate"), options.text("predicate-type")];
  if ((predicate === undefined) !== (type === undefined))
    throw new UsageError("--predicate and --predicate-type go together");
  if (predicate !== undefined && type !== undefined)
    return { predicate: { type, value: parseStrictJson(await readText(predicate, cwd), predicate) } };
  const summary = options.text("turbo-summary");
  const build = await emission.describe({
    // Nothing to attest is the caller's mistake, and worth no token.
    withToken: hasSubjects,
    ...(summary === undefined
      ? {}
      : { runSummary: { bytes: await readNamedFile(summary, cwd), name: basename(summary) } }),
    acceptRemoteCache: options.has("accept-remote-cache"),
  });
  return { build };
}

async function readText(path: string, cwd: string): Promise<string> {
  const bytes = await readNamedFile(path, cwd);
  if (!isUtf8(bytes))
    throw new UsageError(`${JSON.stringify(path)} is not a text in UTF-8`, "Write it as JSON in UTF-8.");
  return new TextDecoder().decode(bytes);
}
