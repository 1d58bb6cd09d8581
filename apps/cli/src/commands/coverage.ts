import type { CoverageResult, Expectation } from "@colophon/core";
import { gate, measureCoverage, type CoverageRequest } from "@colophon/coverage";
import { renderCoverageJson, renderCoverageText, renderMissing, renderNotes } from "@colophon/report";
import type { Npm } from "@colophon/config";
import type { Command, Invocation } from "../command.ts";
import { npmOf, readEnvironment, trustOf, type Environment } from "../environment.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXPECTATION_OPTIONS, readExpectation } from "../expectation-options.ts";
import { createProgress } from "../progress.ts";
import { openWorlds } from "../open-worlds.ts";
import { targetsOfProject } from "../project-targets.ts";
import { LISTED_CHANNELS, targetsOf, toTarget, type NamedTarget } from "../targets.ts";
import { readThresholds } from "../thresholds.ts";
import type { Options } from "../options.ts";
import { UsageError } from "../usage-error.ts";

const { "source-repository": repository, "signer-workflow": workflow, "builder-id": builder } = EXPECTATION_OPTIONS;

const CHANNELS_READ = `${LISTED_CHANNELS.slice(0, -1).join(", ")} and ${LISTED_CHANNELS.at(-1)} are.`;

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
  const worlds = await openWorlds(invocation, environment, npm, request.targets, maxRequests);
  const progress = createProgress(stderr, invocation.interactive);
  try {
    const { result, nothing } = await measureCoverage(request, {
      inventory: worlds.inventory,
      stores: worlds.stores,
      verifier: trust.verifier,
      keyedRegistries: trust.keyedRegistries,
      ...(options.has("hash") ? { hash: worlds.hash } : {}),
      now: invocation.now,
      requests: () => addRequests(worlds.requests(), trust.requested()),
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
    await Promise.all([worlds.close(), trust.close()]);
  }
}

/** The list alone goes to stdout; that it may not be whole must be said all the same. */
function showMissing(result: CoverageResult, { stdout, stderr }: Invocation): void {
  stdout(renderMissing(result));
  const notes = renderNotes(result, { color: false });
  if (notes !== "") stderr(`${notes}\n`);
}

async function readRequest(
  invocation: Invocation,
  { config }: Environment,
  npm: Npm,
): Promise<CoverageRequest & { readonly targets: readonly NamedTarget[] }> {
  const { options, cwd, version } = invocation;
  const asked = options.text("channel");
  const channel = LISTED_CHANNELS.find((one) => one === asked);
  if (asked !== channel) throw new UsageError(`--channel ${JSON.stringify(asked)} is not read yet`, CHANNELS_READ);
  const only = readOnly(options);
  const named =
    options.positionals.length === 0
      ? await targetsOfProject(cwd, npm.registryOf)
      : await Promise.all(options.positionals.map(toTarget));
  // The same may be named twice, as Docker Hub's images have several names.
  const all = [...new Map(named.map((target) => [JSON.stringify(target), target])).values()];
  const targets = channel === undefined ? all : targetsOf(all, channel);
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
