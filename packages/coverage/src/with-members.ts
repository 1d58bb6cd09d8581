import type { ReleaseObject } from "@colophon/core";

/**
 * What the stores are asked about: the objects, and behind each image index its members. One that is published by
 * itself as well, or in several indexes, is asked about once, in all places where it lies.
 */
export function withMembers(objects: readonly ReleaseObject[]): readonly ReleaseObject[] {
  const asked = new Map<string, ReleaseObject>();
  for (const object of objects.flatMap((one) => [one, ...(one.members ?? []).map((member) => member.object)])) {
    const known = asked.get(object.id);
    const locations = [...new Set([...(known?.locations ?? []), ...object.locations])];
    asked.set(object.id, known === undefined ? object : { ...known, locations });
  }
  return [...asked.values()];
}
