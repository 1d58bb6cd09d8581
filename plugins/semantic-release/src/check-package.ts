import { checkManifest, type readFolderManifest } from "@colophon/config/emission";
import { EOTHERPACKAGE, EREPOSITORYDIFFERS, EREPOSITORYUNDECLARED } from "./definitions/errors.ts";
import { fromReason, releaseError, type SemanticReleaseError } from "./release-error.ts";

type Manifest = Awaited<ReturnType<typeof readFolderManifest>>;

/**
 * What the registry would refuse of a package, or nobody could install, and a package that is another than the one that
 * is released. `file`: where the manifest lies, as the user would write it.
 */
export function checkPackage(
  manifest: Manifest,
  file: string,
  expected: { readonly name?: string; readonly version?: string; readonly sourceRepository?: string },
): readonly SemanticReleaseError[] {
  const { name, version, sourceRepository } = expected;
  const problems = checkManifest(manifest, {
    ...(name === undefined ? {} : { expectedName: name }),
    ...(version === undefined ? {} : { expectedVersion: version }),
    ...(sourceRepository === undefined ? {} : { sourceRepository }),
  });
  return problems.map((problem) => {
    const fault = { file, message: problem.message, hint: problem.hint };
    switch (problem.code) {
      case "repository-undeclared":
        return releaseError(EREPOSITORYUNDECLARED, fault);
      case "repository-differs":
        return releaseError(EREPOSITORYDIFFERS, fault);
      case "package-name-differs":
      case "package-version-differs":
        return releaseError(EOTHERPACKAGE, fault);
      default:
        return fromReason({ ...problem, message: `${file}: ${problem.message}` });
    }
  });
}
