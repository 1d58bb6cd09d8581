import { checkManifest, type RegistryProvenance } from "@colophon/config/emission";
import type { BuildDescription, Problem } from "@colophon/core";
import { PublishError } from "./error.ts";
import type { PackedPackage, Packed } from "./packages.ts";

/**
 * Refuses what the registry would refuse after everything is signed, and what nobody could install: a tarball of another
 * package, another repository than the build's, specifiers of a workspace. Throws PACKAGE_UNFIT.
 */
export function checkPackages(
  packages: readonly PackedPackage[],
  packed: readonly Packed[],
  { source }: Pick<BuildDescription, "source">,
): void {
  const problems = packages.flatMap(({ manifest, publication: { name, version } }, index): Problem[] => {
    const meant = packed[index]?.from?.manifest;
    const found = checkManifest(manifest, {
      ...expected("expectedName", meant?.["name"]),
      ...expected("expectedVersion", meant?.["version"]),
      ...expected("sourceRepository", source?.repository),
    });
    const isPrivate = manifest.private
      ? [{ code: "package-private", message: "it is marked private", hint: "Take `private` out of what is packed." }]
      : [];
    return [...isPrivate, ...found].map((one) => ({ ...one, message: `${name}@${version}: ${one.message}` }));
  });
  const names = packages.map(({ publication }) => publication.id);
  const twice = names.find((id, index) => names.indexOf(id) !== index);
  if (twice !== undefined)
    problems.push({ code: "package-twice", message: `${twice} is named twice`, hint: "Name each tarball once." });
  if (problems.length > 0) throw new PublishError("PACKAGE_UNFIT", "nothing was published", { problems });
}

/** Refuses what npm, or the registry, would refuse of provenance after it is signed. Throws PACKAGE_UNFIT. */
export function checkProvenance(
  provenance: RegistryProvenance,
  packages: readonly PackedPackage[],
  { warnings }: Pick<BuildDescription, "warnings">,
): void {
  if (provenance === "none") return;
  const hint = "Run the job on a runner of the platform's own, or leave it out (--provenance none).";
  const selfHosted = warnings.find(({ code }) => code === "runner-not-hosted");
  const problems: Problem[] = selfHosted === undefined ? [] : [{ ...selfHosted, hint }];
  if (provenance === "bundle") {
    const asking = packages.filter(({ manifest }) => manifest.publishConfig.provenance !== undefined);
    for (const { publication } of asking)
      problems.push({
        code: "provenance-configured",
        message: `${publication.name}@${publication.version}: publishConfig.provenance is set, beside which npm takes no bundle`,
        hint: "Take it out of the package.json that is published.",
      });
  }
  if (problems.length > 0) throw new PublishError("PACKAGE_UNFIT", "nothing was published", { problems });
}

function expected<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: string } {
  return (typeof value === "string" ? { [key]: value } : {}) as { readonly [K in Key]?: string };
}
