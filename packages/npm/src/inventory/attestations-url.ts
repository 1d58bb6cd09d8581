import { packagePath } from "../package-path.ts";

/** Where a registry keeps what it serves besides packages. */
const ENDPOINT = "/-/npm/";

interface AttestationsSource {
  /** With a slash at its end. */
  readonly registryUrl: string;
  readonly packageName: string;
  readonly version: string;
  /** `dist.attestations.url` as the packument has it. */
  readonly told: string | undefined;
}

/**
 * Puts the URL of a version's attestations on the registry that was asked, whatever host the packument names: the
 * path from `/-/npm/` on, as it is written, behind the registry's own path. Where there is no such path, it is the
 * public registry's (`-/npm/v1/attestations/<name>@<version>`).
 */
export function attestationsUrl({ registryUrl, packageName, version, told }: AttestationsSource): string {
  const base = registryUrl.replace(/\/+$/, "");
  const url = told === undefined ? null : URL.parse(told, registryUrl);
  // The path of another scheme can hold `..` still, and then leads out of the registry.
  const path = url?.protocol === "https:" || url?.protocol === "http:" ? url.pathname : "";
  const at = path.lastIndexOf(ENDPOINT);
  if (at !== -1) return `${base}${path.slice(at)}`;
  return `${base}${ENDPOINT}v1/attestations/${packagePath(packageName)}@${encodeURIComponent(version)}`;
}
