import { repositoryUriOf, sameRepository, stringAt, type Problem } from "@colophon/core";
import type { PackageManifest } from "./manifest.ts";
import { show } from "./show.ts";

export interface ManifestExpectation {
  readonly expectedName?: string;
  readonly expectedVersion?: string;
  /** The https URI of the repository that is built, as the build's identity spells it. */
  readonly sourceRepository?: string;
}

const MOST_NAMED = 100;

/**
 * What the registry would refuse, or nobody could install: `package-name-differs`, `package-version-differs`,
 * `repository-undeclared`, `repository-differs`, `unresolved-specifier`. The registry compares repositories by their
 * exact spelling.
 */
export function checkManifest(manifest: PackageManifest, expectation: ManifestExpectation): readonly Problem[] {
  const { expectedName, expectedVersion, sourceRepository } = expectation;
  return [
    ...checkText("name", manifest.name, expectedName),
    ...checkText("version", manifest.version, expectedVersion),
    ...(sourceRepository === undefined ? [] : checkRepository(manifest.repository, sourceRepository)),
    ...checkSpecifiers(manifest.unresolved),
  ];
}

function checkText(field: "name" | "version", found: string | undefined, expected: string | undefined): Problem[] {
  if (expected === undefined || found === expected) return [];
  const told = found === undefined ? "none" : `"${show(found)}"`;
  const message = `the ${field} in package.json is ${told}, not "${show(expected)}"`;
  return [{ code: `package-${field}-differs`, message, hint: "Check that it is the package that was meant." }];
}

function checkRepository(repository: unknown, source: string): Problem[] {
  const declared = repositoryUriOf(repository);
  const line = lineFor(source, stringAt(repository, "directory"));
  const hint = `Write ${line} into the package.json that is published, and pack again.`;
  if (declared === null) {
    const has = repository === undefined ? "has no repository" : "has a repository that names no source repository";
    const message = `package.json ${has}; the registry takes provenance of ${show(source)} only where it says so`;
    return [{ code: "repository-undeclared", message, hint }];
  }
  if (sameRepository(declared, source, "exact")) return [];
  const message = `package.json says that the repository is ${show(declared)}, the build is of ${show(source)}`;
  return [{ code: "repository-differs", message, hint }];
}

/** As npm itself writes it. */
function lineFor(source: string, directory: string | undefined): string {
  const repository = { type: "git", url: `git+${source}.git`, ...(directory !== undefined && { directory }) };
  return show(`"repository": ${JSON.stringify(repository)}`);
}

function checkSpecifiers(unresolved: readonly string[]): Problem[] {
  if (unresolved.length === 0) return [];
  const named = unresolved.slice(0, MOST_NAMED).map(show).join(", ");
  const more = unresolved.length > MOST_NAMED ? ` and ${unresolved.length - MOST_NAMED} more` : "";
  const message = `package.json has specifiers that mean nothing outside of its workspace: ${named}${more}`;
  const hint = "Pack with the workspace's own package manager (pnpm pack, yarn pack), which replaces them.";
  return [{ code: "unresolved-specifier", message, hint }];
}
