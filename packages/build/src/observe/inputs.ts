import { posix } from "node:path";
import {
  CoreError,
  parseHexDigest,
  type BuildDescription,
  type ResourceDescriptor,
  type Warning,
} from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import type { RunSummary } from "../turborepo/run-summary.ts";
import { warningsOfCache } from "../turborepo/cache.ts";
import { isInside } from "../path.ts";
import type { Checkout } from "./git-facts.ts";

/** A file that fixes what was built from, such as a lockfile. */
export interface InputFile {
  /** Path relative to the root of the checkout. */
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Inputs {
  readonly checkout: Checkout;
  readonly files: readonly InputFile[];
  readonly runSummary: RunSummary | undefined;
}

/** Adds to a description what no platform tells: files, the tasks' inputs, and a checkout that is not its commit. */
export function addInputs(seen: BuildDescription, { checkout, files, runSummary }: Inputs): BuildDescription {
  const { buildDefinition } = seen;
  const workspace = workspaceOf(seen, checkout);
  const internal = {
    ...buildDefinition.internalParameters,
    ...(workspace !== undefined && { colophon_workspace: workspace }),
    ...(runSummary !== undefined && {
      colophon_turborepo: { version: runSummary.turboVersion, tasks: runSummary.tasks },
    }),
  };
  return {
    ...seen,
    buildDefinition: {
      ...buildDefinition,
      ...(Object.keys(internal).length > 0 && { internalParameters: internal }),
      resolvedDependencies: [
        ...buildDefinition.resolvedDependencies,
        ...files.map(describeFile),
        ...(runSummary?.inputs ?? []).map(({ path, gitBlob }) => ({ name: path, digest: { gitBlob } })),
      ],
    },
    warnings: [
      ...seen.warnings,
      ...warningsOfCheckout(seen, checkout),
      ...(runSummary === undefined ? [] : warningsOfCache(runSummary)),
    ],
  };
}

interface Workspace {
  readonly dirty?: true;
  readonly commit?: string;
}

function workspaceOf(seen: BuildDescription, { dirty, commit }: Checkout): Workspace | undefined {
  const other = isOtherCommit(seen, commit);
  if (dirty !== true && !other) return undefined;
  return { ...(dirty === true && { dirty }), ...(other && { commit }) };
}

function isOtherCommit({ source }: BuildDescription, commit: string | undefined): commit is string {
  return source !== undefined && commit !== undefined && commit !== source.commit;
}

function warningsOfCheckout(seen: BuildDescription, { dirty, commit }: Checkout): Warning[] {
  const warnings: Warning[] = [];
  if (dirty === true) {
    warnings.push({ code: "dirty-tree", message: "the files that were built are not those of the commit alone" });
  }
  if (isOtherCommit(seen, commit)) {
    const message = `the checkout is at ${commit}, but the platform runs for ${seen.source?.commit}`;
    warnings.push({ code: "built-from-other-commit", message });
  }
  return warnings;
}

function describeFile({ name, sha256 }: InputFile): ResourceDescriptor {
  if (posix.normalize(name) !== name || !isInside(name)) {
    throw new BuildError("input-invalid", `${quote(name)} is no path inside the checkout`, {
      hint: "Name it relative to the root, with forward slashes.",
    });
  }
  try {
    return { name, digest: parseHexDigest("sha256", sha256) };
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    throw new BuildError("input-invalid", `the digest of ${quote(name)} is no sha256 in hexadecimal`, {
      hint: "Give all of its 64 digits.",
      cause,
    });
  }
}
