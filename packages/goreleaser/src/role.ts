import { type Artifact } from "./artifact.ts";

/**
 * What becomes of an artifact.
 * `asset`: uploaded to the release, and in its checksum file. `sidecar`: uploaded as well, never in the checksum file.
 * `image`: pushed to a container registry. `elsewhere`: published, but neither with the release nor as an image.
 * `local`: a step on the way, such as a binary that is published inside an archive. `unknown`: of a type that is not known.
 */
export type ArtifactRole = "asset" | "sidecar" | "image" | "elsewhere" | "local" | "unknown";

/** By `type`, for the numbers have shifted between versions. The types of GoReleaser Pro are those of its documentation. */
export const ROLES: ReadonlyMap<string, ArtifactRole> = new Map<string, ArtifactRole>([
  ["Archive", "asset"],
  ["DMG", "asset"],
  ["File", "asset"],
  ["Flatpak", "asset"],
  ["Linux Package", "asset"],
  ["MSI", "asset"],
  ["MSIX", "asset"],
  ["MacOS Package", "asset"],
  ["Makeself Package", "asset"],
  ["NSIS", "asset"],
  ["SBOM", "asset"],
  ["Source", "asset"],
  ["Source Dist", "asset"],
  ["Source RPM", "asset"],
  ["Wheel", "asset"],
  ["Certificate", "sidecar"],
  ["Checksum", "sidecar"],
  ["Signature", "sidecar"],
  ["Docker Image", "image"],
  ["Docker Manifest", "image"],
  ["Published Docker Image", "image"],
  ["Brew Tap", "elsewhere"],
  ["Chocolatey", "elsewhere"],
  ["Homebrew Cask", "elsewhere"],
  ["Homebrew Formula", "elsewhere"],
  ["Krew Plugin Manifest", "elsewhere"],
  ["NPM Package", "elsewhere"],
  ["Nixpkg", "elsewhere"],
  ["PKGBUILD", "elsewhere"],
  ["SRCINFO", "elsewhere"],
  ["Scoop Manifest", "elsewhere"],
  ["Snap", "elsewhere"],
  ["Winget Manifest", "elsewhere"],
  ["App Bundle", "local"],
  ["C Archive Library", "local"],
  ["C Header", "local"],
  ["C Shared Library", "local"],
  ["Metadata", "local"],
]);

/** Where one type stands for several things, the number tells them apart: these are the same in every version. */
const UPLOADED_BINARY = 2;
const BUILT_BINARIES: readonly (number | undefined)[] = [4, 5];
const IMAGE_BEFORE_PUSH = 9;

/**
 * Says what becomes of an artifact. With `release.include_meta` GoReleaser uploads `metadata.json` too, and the images
 * of a snapshot are listed though they were not pushed: neither shows in `artifacts.json`.
 */
export function roleOf({ type, internal_type }: Artifact): ArtifactRole {
  if (type === "Binary") {
    if (internal_type === UPLOADED_BINARY) return "asset";
    return BUILT_BINARIES.includes(internal_type) ? "local" : "unknown";
  }
  if (type === "Docker Image" && internal_type === IMAGE_BEFORE_PUSH) return "local";
  return ROLES.get(type) ?? "unknown";
}
