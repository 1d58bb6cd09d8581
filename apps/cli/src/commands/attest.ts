import { resolve } from "node:path";
import { seal } from "@colophon/attest";
import {
  openDepositories,
  openEmission,
  openOutputFolder,
  readGitFacts,
  type Emission,
  type GitFacts,
  type Signing,
} from "@colophon/config/emission";
import type { Depository, Plan, Receipt } from "@colophon/core";
import { renderJson, renderPlanText, renderReceiptText } from "@colophon/report";
import { isUnreachable, leaveReceipt, reasonOf } from "../attest/failure.ts";
import { artifactsOf, metadataOf } from "../attest/manifest.ts";
import { observeFiles } from "../attest/observe.ts";
import { OUTPUT_OPTIONS, SIGNER_OPTIONS, SUBJECT_OPTIONS } from "../attest/options.ts";
import { checkOutputFile, writeOutputFile } from "../attest/output-file.ts";
import { planOf } from "../attest/plan.ts";
import { signingOf } from "../attest/signing.ts";
import { readSubjects, type Subjects } from "../attest/subjects.ts";
import type { Command, Invocation } from "../command.ts";
import { readEnvironment, trustOf, type Environment } from "../environment.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { IncompleteError } from "../incomplete-error.ts";
import { UsageError } from "../usage-error.ts";

export const ATTEST: Command = {
  usage: "[<path | glob>…] [options]",
  summary: "Signs provenance of files, and reads back what was signed. Exit 0 sealed, 1 refused, 3 not reached.",
  options: { ...SUBJECT_OPTIONS, ...SIGNER_OPTIONS, ...OUTPUT_OPTIONS },
  run: runAttest,
};

const DEFAULT_OUTPUT = "dist/colophon";

async function runAttest(invocation: Invocation): Promise<ExitCode> {
  const { options, cwd, env } = invocation;
  refuseContradictions(invocation);
  const environment = await readEnvironment(invocation);
  const output = options.text("output");
  if (output !== undefined) await checkOutputFile(output, cwd);
  const outputDir = options.text("output-dir") ?? DEFAULT_OUTPUT;
  const outputFolder = resolve(cwd, outputDir);
  // Git takes as long as all the rest, so it starts first; what it cannot tell it says without failing.
  const git = readGitFacts(cwd, env);
  let subjects: Subjects = { subjects: [], warnings: [] };
  let emission: Emission | undefined;
  let sealed: Sealed | undefined;
  try {
    const signing = await signingOf(invocation, environment);
    const depositories = await openDepositories(depositsOf(invocation, environment));
    emission = await openServices(signing, invocation, environment);
    subjects = await readSubjects(options, cwd, outputFolder);
    const plan = await planOf({ invocation, signing, emission, checks: depositories, subjects, git });
    if (output !== undefined && plan.statements.length > 1)
      throw new UsageError(`--output names one file, and there are ${plan.statements.length} statements`);
    if (options.has("dry-run")) return showPlan(plan, invocation);
    sealed = await emit(
      plan,
      { signing, emission, depositories, git, outputDir, outputFolder },
      invocation,
      environment,
    );
    if (sealed === undefined) return showPlan(plan, invocation);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    await leaveReceipt(reason, subjects.subjects, outputFolder, invocation, emission);
    throw isUnreachable(reason) ? new IncompleteError(reason.code, reason.message, { ...reason, cause: error }) : error;
  } finally {
    await emission?.close();
  }
  return await showReceipt(sealed, invocation);
}

async function openServices(
  signing: Signing,
  { options, cwd, env, now, version }: Invocation,
  { offline }: Environment,
): Promise<Emission> {
  const tokenFile = options.text("identity-token-file");
  const acceptedIssuer = options.text("identity-token-issuer");
  return await openEmission({
    signing,
    env,
    now,
    offline,
    userAgent: `colophon/${version}`,
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(cwd, tokenFile) }),
    ...(acceptedIssuer === undefined ? {} : { acceptedIssuer }),
  });
}

interface Means {
  readonly signing: Signing;
  readonly emission: Emission;
  readonly depositories: readonly Depository[];
  readonly git: Promise<GitFacts>;
  readonly outputDir: string;
  readonly outputFolder: string;
}

interface Sealed {
  readonly receipt: Receipt;
  /** Of the first statement; absent where none was made. */
  readonly bundle?: Uint8Array;
}

/** Writes the plan, and seals it unless it is only to be prepared. */
async function emit(
  plan: Plan,
  means: Means,
  invocation: Invocation,
  environment: Environment,
): Promise<Sealed | undefined> {
  const { signing, emission, depositories, git, outputDir, outputFolder } = means;
  const { options, cwd, now } = invocation;
  const folder = await openOutputFolder(outputFolder);
  const trust = trustOf(invocation, environment, { keys: signing.keys });
  try {
    await folder.write("plan.json", renderJson(plan));
    if (options.has("prepare")) return undefined;
    const receipt = await seal(plan, {
      ...emission,
      folder: { ...folder, location: outputDir },
      verifier: trust.verifier,
      depositories,
      observe: (subjects) => observeFiles(subjects, cwd),
      now,
    });
    await folder.write("receipt.json", renderJson(receipt));
    // The folder as GoReleaser's `dist`: everything that reads that can read this.
    await folder.write("artifacts.json", artifactsOf(plan, receipt, outputDir));
    await folder.write("metadata.json", metadataOf(await git, now()));
    const bundle = await folder.read(receipt.statements[0]?.bundle ?? "");
    return { receipt, ...(bundle === undefined ? {} : { bundle }) };
  } finally {
    await Promise.all([trust.close(), folder.close()]);
  }
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

function depositsOf({ options, cwd }: Invocation, { config }: Environment): readonly string[] {
  const flags = options.texts("deposit");
  if (flags.length === 0) return config.deposit;
  return flags.map((one) => one.replace(/^folder=(.+)$/s, (_, path: string) => `folder=${resolve(cwd, path)}`));
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
    stdout(`${JSON.stringify({ name: "Provenance", url: urlOf(bundle) })}\n`);
  } else stdout(text);
  return { sealed: EXIT.met, refused: EXIT.notMet, incomplete: EXIT.incomplete }[receipt.status];
}

/** Where the public log shows the entry, if it is there. */
function urlOf(bundle: Uint8Array | undefined): string | null {
  const { verificationMaterial } = JSON.parse(Buffer.from(bundle ?? "{}").toString("utf8")) as {
    verificationMaterial?: { tlogEntries?: { logIndex?: string; logId?: { keyId?: string } }[] };
  };
  const [entry] = verificationMaterial?.tlogEntries ?? [];
  return entry?.logId?.keyId === PUBLIC_REKOR ? `https://search.sigstore.dev/?logIndex=${entry.logIndex}` : null;
}

/** Id of the log rekor.sigstore.dev, as in the public-good trust root. */
const PUBLIC_REKOR = "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=";
