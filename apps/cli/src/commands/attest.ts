import { resolve } from "node:path";
import { emit, publicEntryUrl, receiptOfFailure, writePlan, type SealPorts } from "@colophon/attest";
import {
  failureOf,
  imagesOfPlan,
  leaveReceipt,
  metadataOf,
  openEmission,
  type Emission,
} from "@colophon/config/emission";
import type { NotDone, Plan, Receipt } from "@colophon/core";
import { renderJson, renderPlanText, renderReceiptText } from "@colophon/report";
import { observeSubjects } from "../attest/observe.ts";
import { OUTPUT_OPTIONS, SIGNER_OPTIONS, SUBJECT_OPTIONS } from "../attest/options.ts";
import { checkOutputFile, writeOutputFile } from "../attest/output-file.ts";
import { planOf, readPrepared } from "../attest/plan.ts";
import { emissionOf } from "../attest/emission.ts";
import { imagesIn, readSubjects, type Subjects } from "../attest/subjects.ts";
import type { Command, Invocation } from "../command.ts";
import { readEnvironment, type Environment } from "../environment.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { ExitError } from "../exit-error.ts";
import { UsageError } from "../usage-error.ts";

export const ATTEST: Command = {
  usage: "[<path | glob | oci://ref@digest>…] [options]",
  summary:
    "Signs provenance of files and images, and reads back what was signed. Exit 0 sealed, 1 refused, 3 not reached.",
  options: { ...SUBJECT_OPTIONS, ...SIGNER_OPTIONS, ...OUTPUT_OPTIONS },
  run: runAttest,
};

const DEFAULT_OUTPUT = "dist/colophon";

async function runAttest(invocation: Invocation): Promise<ExitCode> {
  const { options, cwd } = invocation;
  refuseContradictions(invocation);
  const environment = await readEnvironment(invocation);
  const output = options.text("output");
  if (output !== undefined) await checkOutputFile(output, cwd);
  const shown = options.text("output-dir") ?? DEFAULT_OUTPUT;
  const folder = { path: resolve(cwd, shown), shown };
  let subjects: Subjects = { subjects: [], warnings: [] };
  let emission: Emission | undefined;
  let sealed: Sealed | undefined;
  try {
    const prepared = await readPrepared(invocation);
    const images = [...imagesIn(options), ...(prepared === undefined ? [] : imagesOfPlan(prepared))];
    emission = await openEmission({ ...emissionOf(invocation, environment, folder), images });
    subjects = await readSubjects(options, cwd, folder.path, emission.images);
    const plan = await planOf({ invocation, emission, subjects, prepared });
    if (output !== undefined && plan.statements.length > 1)
      throw new UsageError(`--output names one file, and there are ${plan.statements.length} statements`);
    if (options.texts("deposit").some((one) => /^oci(?:=|$)/.test(one)) && emission.images === undefined)
      throw new UsageError("--deposit oci puts attestations beside images, and no image is named", "Name one: oci://…");
    await emission.checkKey();
    if (options.has("dry-run")) return showPlan(plan, invocation);
    if (options.has("prepare")) {
      await writePlan(plan, await emission.open());
      return showPlan(plan, invocation);
    }
    sealed = await sealPlan(plan, emission, invocation, environment);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    await tellFailure(failure, subjects, folder.path, emission, invocation);
    const { status, reason, isAnswer } = failure;
    const details = { ...reason, cause: error };
    if (status === "unreachable") throw new ExitError("incomplete", reason.code, reason.message, details);
    throw isAnswer ? new ExitError("notMet", reason.code, reason.message, details) : error;
  } finally {
    await emission?.close();
  }
  return await showReceipt(sealed, invocation);
}

/** A receipt of what failed before anything was signed. */
async function tellFailure(
  { status, reason }: NotDone,
  { subjects }: Subjects,
  outputFolder: string,
  emission: Emission | undefined,
  { options, now, version, stdout }: Invocation,
): Promise<void> {
  const about = { now, requests: () => emission?.requests() ?? {}, toolVersion: version };
  const receipt = receiptOfFailure(reason, status === "unreachable" ? "incomplete" : "refused", subjects, about);
  if (options.has("json")) stdout(renderJson(receipt));
  if (!options.has("dry-run")) await leaveReceipt(receipt, outputFolder);
}

interface Sealed {
  readonly receipt: Receipt;
  /** Of the first statement; absent where none was made. */
  readonly bundle?: Uint8Array;
}

async function sealPlan(
  plan: Plan,
  emission: Emission,
  invocation: Invocation,
  environment: Environment,
): Promise<Sealed> {
  const ports = await emission.open();
  const observe: SealPorts["observe"] = async (subjects) => {
    const images = subjects.filter(({ from }) => from === "registry");
    const others = subjects.filter(({ from }) => from !== "registry");
    const found = await observeSubjects(others, invocation, environment);
    return new Map([...found, ...((await emission.images?.observe(images)) ?? [])]);
  };
  const receipt = await emit(plan, { ...ports, observe }, metadataOf(await emission.git, invocation.now()));
  const bundle = await ports.folder.read(receipt.statements[0]?.bundle ?? "");
  return { receipt, ...(bundle === undefined ? {} : { bundle }) };
}

function refuseContradictions({ options }: Invocation): void {
  const given = (...names: string[]): string[] =>
    names.filter((name) => options.has(name) || options.text(name) !== undefined || options.texts(name).length > 0);
  const subjects = [...(options.positionals.length > 0 ? ["files"] : []), ...given("checksums", "subject").map(dashed)];
  for (const one of given("statement", "seal")) {
    const others = [...subjects, ...given("predicate", one === "seal" ? "statement" : "seal").map(dashed)];
    if (others.length > 0) throw new UsageError(`--${one} and ${others[0]} exclude each other`);
  }
  const [first, second] = given("dry-run", "prepare", "seal");
  if (second !== undefined) throw new UsageError(`--${first} and --${second} exclude each other`);
}

function dashed(name: string): string {
  return `--${name}`;
}

function showPlan(plan: Plan, { options, stdout, color }: Invocation): ExitCode {
  stdout(options.has("json") ? renderJson(plan) : renderPlanText(plan, { color }));
  return EXIT.met;
}

async function showReceipt({ receipt, bundle }: Sealed, invocation: Invocation): Promise<ExitCode> {
  const { options, cwd, stdout, stderr, color } = invocation;
  const output = options.text("output");
  if (output !== undefined && bundle !== undefined) await writeOutputFile(output, cwd, bundle);
  const text = renderReceiptText(receipt, { color });
  if (options.has("json")) stdout(renderJson(receipt));
  else if (options.has("release-json")) {
    stderr(text);
    stdout(`${JSON.stringify({ name: "Provenance", url: bundle === undefined ? null : publicEntryUrl(bundle) })}\n`);
  } else stdout(text);
  return { sealed: EXIT.met, refused: EXIT.notMet, incomplete: EXIT.incomplete }[receipt.status];
}
