import picomatch from "picomatch";
import { isObject } from "@colophon/core";
import { EASSETSMISSED, EOUTPUTCOMMITTED } from "./definitions/errors.ts";
import type { Context } from "./context.ts";
import { configOf, entriesOf, GIT, GITHUB, OWN_NAME } from "./plugins.ts";
import { releaseError, type SemanticReleaseError } from "./release-error.ts";

/** Names that stand for those of a release, which `prepare` alone knows. */
const EXAMPLES = ["provenance.sigstore.json", "package-1.0.0.tgz.sigstore.json"];

/**
 * Whether the GitHub release takes our bundles up. Where it has no assets, none are looked for: `listsNone`.
 * `names`: of the bundles, in the output folder.
 */
export function checkAssets(
  context: Context,
  outputDir: string,
  names: readonly string[] = EXAMPLES,
): { readonly errors: readonly SemanticReleaseError[]; readonly listsNone: boolean } {
  const config = configOf(GITHUB, context);
  if (config === undefined) return { errors: [], listsNone: false };
  const { assets } = config;
  const written: readonly unknown[] = assets === undefined || assets === null ? [] : [assets].flat();
  if (written.length === 0) return { errors: [], listsNone: true };
  const groups = written.map((one) => patternsOf(isObject(one) ? one["path"] : one));
  const missed = names
    .map((name) => `${outputDir}/${name}`)
    .find((path) => !groups.some((group) => covers(group, path)));
  if (missed === undefined) return { errors: [], listsNone: false };
  const shown = JSON.stringify(written).replaceAll("`", "'");
  return { errors: [releaseError(EASSETSMISSED, { path: missed, assets: shown, outputDir })], listsNone: false };
}

/**
 * Whether the release commit takes the output folder along. `@semantic-release/git` commits what its `assets` match, ignored
 * by git or not; listed before this plugin, it finds nothing there yet.
 */
export function checkCommitted(context: Context, outputDir: string): readonly SemanticReleaseError[] {
  const entries = entriesOf(context);
  const own = entries.findIndex(({ name }) => name === OWN_NAME);
  return entries.slice(own + 1).flatMap(({ name, config }) => {
    const { assets = [] } = config;
    if (name !== GIT) return [];
    const groups = [assets].flat().map((one: unknown) => patternsOf(isObject(one) ? one["path"] : one));
    if (!groups.some((group) => covers(group, `${outputDir}/plan.json`))) return [];
    return [releaseError(EOUTPUTCOMMITTED, { outputDir, assets: JSON.stringify(assets).replaceAll("`", "'") })];
  });
}

function patternsOf(written: unknown): readonly string[] {
  return [written].flat().filter((one) => typeof one === "string");
}

/**
 * As @semantic-release/github globs: the path of a folder stands for all that is in it, though a glob that matches the
 * folder does not, and `!` takes out of its own group alone.
 */
function covers(group: readonly string[], path: string): boolean {
  const isMatch = (pattern: string): boolean => {
    const plain = pattern.replace(/^(?:\.\/)+|\/+$/g, "");
    return path.startsWith(`${plain}/`) || picomatch(plain, { dot: true })(path);
  };
  const isLeftOut = group.some((one) => one.startsWith("!") && isMatch(one.slice(1)));
  return !isLeftOut && group.some((one) => !one.startsWith("!") && isMatch(one));
}
