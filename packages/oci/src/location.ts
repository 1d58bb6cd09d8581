import type { Layout } from "./layout.ts";
import { formatRepository, parseReference, type Reference, type Repository } from "./reference.ts";

/** How a manifest in a layout is named to people: `oci-layout:<folder>@<digest>`. */
export function locationOf({ folder }: Layout, digest: string): string {
  return `oci-layout:${folder}@${digest}`;
}

/** How a manifest in a registry is named: `oci://<registry>/<repository>@<digest>`. */
export function registryLocation(repository: Repository, digest: string): string {
  return `oci://${formatRepository(repository)}@${digest}`;
}

/** The same by a tag: `oci://<registry>/<repository>:<tag>`. */
export function tagLocation(repository: Repository, tag: string): string {
  return `oci://${formatRepository(repository)}:${tag}`;
}

/** The same of what one platform gets, in the index that lists it: `oci://…@<digest of the index>#<digest>`. */
export function platformLocation(repository: Repository, index: string, digest: string): string {
  return `${registryLocation(repository, index)}#${digest}`;
}

/** A place in a registry. `index`: the digest of the index that lists the manifest. */
export interface Place extends Reference {
  readonly index?: string;
}

/** Reads one of the three; undefined for what lies elsewhere. Throws OciError where an `oci://` location names no image. */
export function parseLocation(location: string): Place | undefined {
  if (!location.startsWith("oci://")) return undefined;
  const [image = "", digest] = location.split("#");
  const reference = parseReference(image);
  if (digest === undefined || reference.digest === undefined) return reference;
  return { ...parseReference(`${formatRepository(reference)}@${digest}`), index: reference.digest };
}
