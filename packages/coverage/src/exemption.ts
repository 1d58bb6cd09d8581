import { npmPurl, parsePurl, type ReleaseObject } from "@colophon/core";
import semver from "semver";

/** Objects that stay in the denominator but leave the gate, with a reason, up to a day. */
export interface Exemption {
  /** A purl whose version may be a range (`pkg:npm/widget@<2`); without a version, every version. */
  readonly object: string;
  readonly reason: string;
  /** RFC 3339 date; the last day on which it holds. */
  readonly expires: string;
}

export interface Exemptions {
  readonly exemptions: readonly Exemption[];
  /** RFC 3339 date from which on provenance is expected; what was published before is exempt. */
  readonly startDate?: string;
}

/** Why the object is exempt on that day, or undefined. `expires` is null for what came before the start date. */
export function exemptionOf(
  object: ReleaseObject,
  { exemptions, startDate }: Exemptions,
  now: Date,
): { readonly reason: string; readonly expires: string | null } | undefined {
  const found = exemptions.find((exemption) => !isExpired(exemption, now) && covers(exemption, object));
  if (found !== undefined) return { reason: found.reason, expires: found.expires };
  const early = startDate !== undefined && object.publishedAt !== null && object.publishedAt.slice(0, 10) < startDate;
  return early
    ? { reason: `published before ${startDate}, from when provenance is expected`, expires: null }
    : undefined;
}

export function isExpired(exemption: Exemption, now: Date): boolean {
  return now.toISOString().slice(0, 10) > exemption.expires;
}

function covers(exemption: Exemption, object: ReleaseObject): boolean {
  const { namespace, name, version: range, type } = parsePurl(exemption.object);
  const packageName = namespace === undefined ? name : `${namespace}/${name}`;
  if (type !== "npm" || !object.channels.includes("npm") || packageName !== object.name)
    return exemption.object === object.id;
  if (range === undefined || object.version === null) return range === undefined;
  return (
    npmPurl(packageName, range) === object.id || semver.satisfies(object.version, range, { includePrerelease: true })
  );
}
