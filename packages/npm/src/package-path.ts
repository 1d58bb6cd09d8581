/**
 * A package's path below its registry, as npm asks for it: the scope's slash is `%2f` (npm-package-arg,
 * `escapedName`). Undefined for what is no package's name, so that a name never leads to another path.
 */
export function packagePath(packageName: string): string | undefined {
  const match = /^(?:@([^/]+)\/)?([^/]+)$/.exec(packageName);
  if (match === null || packageName.length > 214 || !packageName.isWellFormed()) return undefined;
  const [, scope, name = ""] = match;
  const parts = scope === undefined ? [name] : [scope, name];
  if (parts.some((part) => part.startsWith(".") || encodeURIComponent(part) !== part)) return undefined;
  return scope === undefined ? name : `@${scope}%2f${name}`;
}
