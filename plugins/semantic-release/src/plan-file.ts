import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Folder } from "@colophon/attest";
import { parsePlan, type Plan } from "@colophon/core";
import { ENOPLAN } from "./definitions/errors.ts";
import type { ReleaseContext } from "./context.ts";
import type { Options } from "./options.ts";
import { releaseError } from "./release-error.ts";

const NAME = "plan.json";
const RESULTS = ["receipt.json", "artifacts.json", "metadata.json"];

/** Releases that this process prepared: it only tells that there was a plan, wherever that is now. */
const prepared = new Set<string>();

const keyOf = ({ outputDir }: Options, { cwd, nextRelease }: ReleaseContext): string =>
  `${resolve(cwd, outputDir)}\0${nextRelease.gitTag}`;

export function notePrepared(options: Options, context: ReleaseContext): void {
  prepared.add(keyOf(options, context));
}

export function wasPrepared(options: Options, context: ReleaseContext): boolean {
  return prepared.has(keyOf(options, context));
}

/** What was prepared for this release. Rejects with ENOPLAN where that is nothing, or for another release. */
export async function readPlan(
  { outputDir }: Options,
  { cwd, nextRelease: { gitTag } }: ReleaseContext,
): Promise<Plan> {
  const text = await readFile(resolve(cwd, outputDir, NAME), "utf8").catch(() => undefined);
  const plan = text === undefined ? undefined : parse(text);
  if (plan !== undefined && plan.release === gitTag) return plan;
  const found =
    text === undefined
      ? undefined
      : plan === undefined
        ? "no plan that can be read"
        : `of ${plan.release ?? "no release"}`;
  throw releaseError(ENOPLAN, { path: `${outputDir}/${NAME}`, release: gitTag, found });
}

/** Takes away what an earlier release left: a GitHub release would take it up as its own. */
export async function clearEarlier(folder: Folder, gitTag: string): Promise<void> {
  const bytes = await folder.read(NAME);
  const plan = bytes === undefined ? undefined : parse(Buffer.from(bytes).toString("utf8"));
  if (plan?.release === gitTag) return;
  const files = plan?.statements.flatMap((one) => Object.values(one.files)) ?? [];
  for (const name of [...files, ...RESULTS, NAME]) await folder.remove(name);
}

function parse(text: string): Plan | undefined {
  try {
    return parsePlan(text);
  } catch {
    return undefined;
  }
}
