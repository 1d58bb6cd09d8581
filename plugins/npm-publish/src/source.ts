import { toNpmBuild, type RegistryProvenance } from "@colophon/config/emission";
import type { BuildDescription } from "@colophon/core";
import { PublishError } from "./error.ts";

/** The build as the bundle tells it; one that goes along with npm is told as npm itself tells it. Throws BUNDLE_REFUSED. */
export function describeSource(build: BuildDescription, provenance: RegistryProvenance): BuildDescription {
  if (provenance !== "bundle") return build;
  const asNpm = toNpmBuild(build);
  if (asNpm !== null) return asNpm;
  throw new PublishError("BUNDLE_REFUSED", "npm takes a bundle of builds by GitHub Actions alone", {
    hint: "Leave it out: ours is kept in the output folder and where `deposit` says.",
  });
}
