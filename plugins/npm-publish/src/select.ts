import { resolve } from "node:path";
import { stringAt, type Warning } from "@colophon/core";
import type { ProjectPackage, ProjectPackages } from "@colophon/config";
import { PublishError } from "./error.ts";
import type { PublisherArguments } from "./publisher-arguments.ts";

export interface Selection {
  readonly packages: readonly ProjectPackage[];
  /** Of packages that are asked for and not published. */
  readonly warnings: readonly Warning[];
}

/** Which packages of the project are published. Throws NOTHING_TO_PUBLISH. */
export function selectPackages(
  { root, workspaces }: ProjectPackages,
  { packages: wanted, includeRoot }: Pick<PublisherArguments, "packages" | "includeRoot">,
  cwd: string,
): Selection {
  const roots = root === undefined ? [] : [root];
  const all = [...(includeRoot ? roots : []), ...workspaces];
  const asked =
    wanted === "here"
      ? roots
      : wanted === "all"
        ? all
        : wanted.named.map((name) => findNamed(name, [...roots, ...all], cwd));
  const skipped = asked.flatMap((one) => why(one) ?? []);
  const packages = [...new Set(asked)].filter((one) => why(one) === undefined);
  if (packages.length > 0) return { packages, warnings: skipped };
  const reasons = skipped.map(({ message }) => message).join("; ");
  throw new PublishError(
    "NOTHING_TO_PUBLISH",
    reasons === "" ? "no package.json is here, and no workspace" : `nothing is to be published: ${reasons}`,
    { hint: "Run it in the folder of a package, or select workspaces after the -- (--workspaces, -w NAME; pnpm: -r)." },
  );
}

function findNamed(name: string, among: readonly ProjectPackage[], cwd: string): ProjectPackage {
  const found = among.find(({ manifest, folder }) => manifest["name"] === name || folder === resolve(cwd, name));
  if (found !== undefined) return found;
  throw new PublishError("NOTHING_TO_PUBLISH", `${JSON.stringify(name)} is no package of this project`, {
    hint: "Name a workspace by its name or folder.",
  });
}

/** Why a package is not published at all. */
function why({ manifest, path }: ProjectPackage): Warning | undefined {
  const [name, version] = [stringAt(manifest, "name"), stringAt(manifest, "version")];
  const shown = name ?? (path || "this package");
  if (manifest["private"] === true)
    return { code: "package-private", message: `${shown} is private, and not published` };
  if (name === undefined || version === undefined)
    return { code: "package-unnamed", message: `${shown} has no name or no version, and is not published` };
  return undefined;
}
