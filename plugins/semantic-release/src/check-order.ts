import { EPLUGINORDER, EPLUGINTWICE } from "./definitions/errors.ts";
import type { Context } from "./context.ts";
import { entriesOf, GITHUB, NPM, OWN_NAME, showPlugins } from "./plugins.ts";
import { releaseError, type SemanticReleaseError } from "./release-error.ts";

/** What is published, or changes a file that is, comes first; what makes a release page takes up what is there by then. */
const ORDER = [
  [NPM, OWN_NAME],
  ["@semantic-release/changelog", OWN_NAME],
  [OWN_NAME, GITHUB],
] as const;

/** Whether the plugins are listed so that each finds what it needs. A plugin that is listed by its path is not known. */
export function checkOrder(context: Context): readonly SemanticReleaseError[] {
  const names = entriesOf(context).map(({ name }) => name);
  const plugins = showPlugins(context);
  const own = names.indexOf(OWN_NAME);
  if (own === -1) return [];
  const twice = names.lastIndexOf(OWN_NAME) === own ? [] : [releaseError(EPLUGINTWICE, { plugins })];
  const wrong = ORDER.flatMap(([before, after]) => {
    const isWrong = names.includes(before) && names.includes(after) && names.indexOf(before) > names.lastIndexOf(after);
    return isWrong ? [releaseError(EPLUGINORDER, { before, after, plugins })] : [];
  });
  return [...twice, ...wrong];
}
