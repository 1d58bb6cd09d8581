import {
  parseObjectReference,
  type CoverageResult,
  type Expectation,
  type Inventory,
  type Target,
} from "@colophon/core";
import { gate, measureCoverage, type CoverageRequest } from "@colophon/coverage";
import { renderCoverageJson, renderCoverageText, renderMissing, renderNotes } from "@colophon/report";
import { readImageName, type Npm, type Oci } from "@colophon/config";
import type { Command, Invocation } from "../command.ts";
import { npmOf, ociOf, readEnvironment, trustOf, type Environment } from "../environment.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXPECTATION_OPTIONS, readExpectation } from "../expectation-options.ts";
import { createProgress } from "../progress.ts";
import { targetsOfProject } from "../project-targets.ts";
import { readThresholds } from "../thresholds.ts";
import type { Options } from "../options.ts";
import { UsageError } from "../usage-error.ts";

const { "source-repository": repository, "signer-workflow": workflow, "builder-id": builder } = EXPECTATION_OPTIONS;

export const COVERAGE: Command = {
  usage: "[<object>…] [options]",
  summary: "Counts which published objects carry provenance that verifies, and says why the others do not.",
  options: {
    latest: { type: "boolean", help: "Only the latest release" },
    since: { type: "string", value: "DATE|adoption", help: "Only what was published since then" },
    channel: { type: "string", value: "C", help: "Only this channel" },
    missing: { type: "boolean", help: "Print the ids of all that are not verified, one a line" },
    prereleases: { type: "boolean", help: "A prerelease may be the latest release" },
    "source-repository": repository,
    "signer-workflow": workflow,
    "builder-id": builder,
    "least-level": { type: "string", value: "N", help: "Least SLSA Build level" },
    hash: { type: "boolean", help: "Download and hash what has no digest" },
    "fail-under": { type: "string", multiple: true, value: "PCT|CHANNEL=PCT", help: "Exit 1 below this coverage" },
    "allow-unknown": { type: "boolean", help: "What could not be decided does not fail" },
    "max-requests": { type: "string", value: "N", help: "Send the registries no more requests than this" },
  },
  run: runCoverage,
};

async function runCoverage(invocation: Invocation): Promise<ExitCode> {
  const { options, stdout, stderr } = invocation;
  const thresholds = readThresholds(options.texts("fail-under"));
  const maxRequests = readCount(options, "max-requests");
  const environment = await readEnvironment(invocation);
  const trust = trustOf(invocation, environment, { build: invocation.build() });
  const npm = await npmOf(invocation, environment, maxRequests);
  const request = await readRequest(invocation, environment, npm);
  const images = request.targets.filter(({ channel }) => channel === "oci").map(({ name }) => name);
  const oci = images.length === 0 ? undefined : await ociOf(invocation, environment, images, maxRequests);
  const progress = createProgress(stderr, invocation.interactive);
  try {
    const { result, nothing } = await measureCoverage(request, {
      inventory: inventoryOf(npm, oci),
      stores: [npm.store, ...(oci === undefined ? [] : [oci.store])],
      verifier: trust.verifier,
      keyedRegistries: trust.keyedRegistries,
      ...(options.has("hash") ? { hash: npm.hash } : {}),
      now: invocation.now,
      requests: () => addRequests({ ...npm.requests(), ...oci?.requests() }, trust.requested()),
      warnings: trust.warnings,
      onProgress: progress.show,
    });
    progress.clear();
    const [reason] = nothing;
    if (reason !== undefined && nothing.length === request.targets.length)
      throw new UsageError(reason.message, reason.hint);
    if (options.has("json")) for (const part of renderCoverageJson(result)) stdout(part);
    else if (options.has("missing")) showMissing(result, invocation);
    else stdout(renderCoverageText(result, { color: invocation.color }));
    return gate(result, thresholds, options.has("allow-unknown"));
  } finally {
    progress.clear();
    await Promise.all([npm.close(), oci?.close(), trust.close()]);
  }
}

/** The list alone goes to stdout; that it may not be whole must be said all the same. */
function showMissing(result: CoverageResult, { stdout, stderr }: Invocation): void {
  stdout(renderMissing(result));
  const notes = renderNotes(result, { color: false });
  if (notes !== "") stderr(`${notes}\n`);
}

async function readRequest(invocation: Invocation, { config }: Environment, npm: Npm): Promise<CoverageRequest> {
  const { options, cwd, version } = invocation;
  const channel = options.text("channel");
  if (channel !== undefined && channel !== "npm" && channel !== "oci")
    throw new UsageError(`--channel ${JSON.stringify(channel)} is not read yet`, "npm and oci are.");
  const only = readOnly(options);
  const all =
    options.positionals.length === 0
      ? await targetsOfProject(cwd, npm.registryOf)
      : await Promise.all(options.positionals.map(toTarget));
  const targets = all.filter((one) => channel === undefined || one.channel === channel);
  if (targets.length === 0) throw new UsageError(`nothing that is named is of --channel ${channel}`);
  return {
    targets,
    expectation: withLevel(await readExpectation(options, config.expectation), readCount(options, "least-level")),
    builders: config.builders,
    exemptions: config.exemptions,
    ...(config.startDate === undefined ? {} : { startDate: config.startDate }),
    ...(only === undefined ? {} : { only }),
    prereleases: options.has("prereleases"),
    toolVersion: version,
  };
}

/** Each target is listed where it is published. */
function inventoryOf(npm: Npm, oci: Oci | undefined): Inventory {
  if (oci === undefined) return npm.inventory;
  const list: Inventory["list"] = (target, after) =>
    (target.channel === "oci" ? oci.inventory : npm.inventory).list(target, after);
  return { ...npm.inventory, list };
}

async function toTarget(text: string): Promise<Target> {
  const reference = parseObjectReference(text);
  if (reference.kind === "oci") {
    const { repository, tag, digest } = await readImageName(reference.name);
    const range = digest ?? tag;
    return { channel: "oci", name: repository, ...(range === undefined ? {} : { range }) };
  }
  if (reference.kind !== "npm") {
    throw new UsageError(
      `${JSON.stringify(text.slice(0, 200))} is nothing that coverage can list`,
      "Name packages like npm:name or npm:@scope/name@^1, and images like oci://registry/name.",
    );
  }
  const { name, range } = reference;
  return { channel: "npm", name, ...(range === undefined ? {} : { range }) };
}

function withLevel(expectation: Expectation, leastLevel: number | undefined): Expectation {
  return leastLevel === undefined ? expectation : { ...expectation, leastLevel };
}

function readOnly(options: Options): CoverageRequest["only"] {
  const since = options.text("since");
  if (options.has("latest")) {
    if (since !== undefined) throw new UsageError("--latest and --since exclude each other");
    return { latest: true };
  }
  if (since === undefined) return undefined;
  if (since === "adoption") return { sinceAdoption: true };
  if (!/^\d{4}-\d{2}-\d{2}(?:T.*)?$/.test(since) || Number.isNaN(Date.parse(since))) {
    throw new UsageError(`--since ${JSON.stringify(since)} is neither a date like 2026-01-31 nor "adoption"`);
  }
  return { since };
}

function readCount(options: Options, name: string): number | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} ${JSON.stringify(text)} is not a number`);
  return Number(text);
}

type Requests = ReturnType<Parameters<typeof measureCoverage>[1]["requests"]>;

function addRequests(counted: Requests, others: readonly string[]): Requests {
  const total: Record<string, { sent: number; cached: number; retried: number }> = { ...counted };
  for (const host of others) {
    const { sent, cached, retried } = total[host] ?? { sent: 0, cached: 0, retried: 0 };
    total[host] = { sent: sent + 1, cached, retried };
  }
  return total;
}
