import { npmPurl, type Gap, type InventoryPage, type ReleaseObject, type Target, type Warning } from "@colophon/core";
import type { Packument } from "../packument/packument.ts";
import type { NpmReason } from "../reason.ts";
import { carriesAttestations, toReleaseObject } from "./release-object.ts";
import { isVersion, nearbyVersions, selectVersions } from "./select.ts";

export interface PageContext {
  readonly key: string;
  readonly target: Target;
  readonly registryUrl: string;
  readonly servedFor: string;
  readonly neverCarries: boolean;
}

/** What a packument says of a target: objects are the keys of `versions`, and of nothing else. */
export function buildPage(packument: Packument, context: PageContext): InventoryPage {
  const { target, registryUrl, servedFor, key } = context;
  const selection = selectVersions(target.range, packument);
  const matches = selection.matches ?? (() => false);
  const carries = context.neverCarries ? "never" : carriesAttestations(packument) ? "some" : "nothing-seen";
  const tags = Map.groupBy(packument.distTags, ([, version]) => version);
  const objectContext = { packageName: target.name, registryUrl, servedFor, packument, tags, carries } as const;
  const objectsWhere = (holds: (version: string) => boolean): ReleaseObject[] =>
    [...packument.versions]
      .filter(([version]) => holds(version))
      .map(([version, published]) => toReleaseObject(version, published, objectContext));
  const objects = objectsWhere(matches);
  const others = objectsWhere((version) => !matches(version));
  const gaps = [...packument.malformed]
    .filter(([version]) => matches(version))
    .map(([version, why]) => malformedGap(version, why, context));
  const withdrawn = withdrawnVersions(packument);
  const nothing = objects.length + gaps.length > 0 ? undefined : nothingFound(packument, withdrawn, target);
  return {
    key,
    objects,
    ...(others.length > 0 && { others }),
    withdrawn: withdrawn.filter((version) => matches(version)).map((version) => npmPurl(target.name, version)),
    gaps,
    warnings: danglingTags(packument, target),
    ...(nothing !== undefined && { nothing }),
  };
}

/** Versions that `time` still knows, or that are told as unpublished, and that are not there any more. */
function withdrawnVersions({ versions, malformed, publishedAt, unpublished }: Packument): string[] {
  const told = [...publishedAt.keys(), ...(unpublished?.versions ?? [])];
  const gone = told.filter((version) => isVersion(version) && !versions.has(version) && !malformed.has(version));
  return [...new Set(gone)];
}

function malformedGap(version: string, why: string, { target, registryUrl }: PageContext): Gap {
  const name = `${target.name}@${version.slice(0, 256)}`;
  const message = `${name} on ${registryUrl}: the registry's entry cannot be used: ${why}`;
  const reason: NpmReason = { code: "version-unreadable", message, hint: "Ask the registry's operator." };
  return { channel: "npm", target: name, reason };
}

function danglingTags({ distTags, versions, malformed }: Packument, { name }: Target): Warning[] {
  return [...distTags]
    .filter(([, version]) => !versions.has(version) && !malformed.has(version))
    .map(([tag, version]) => ({
      code: "dist-tag-dangling",
      message: `${name}: the dist-tag "${tag}" names ${version}, which is not published`,
    }));
}

function nothingFound(packument: Packument, withdrawn: readonly string[], { name, range }: Target): NpmReason {
  const { versions, malformed, unpublished } = packument;
  if (versions.size + malformed.size === 0) {
    const day = unpublished?.time === undefined ? "" : ` ${unpublished.time.slice(0, 10)}`;
    const gone = unpublished !== undefined || withdrawn.length > 0;
    const message = `${name}: ${gone ? `all versions withdrawn${day}` : "no version was ever published"}`;
    return { code: "nothing-published", message, hint: "Leave the package out of what is counted." };
  }
  const asked = range ?? "";
  const nearby = nearbyVersions(asked, versions.keys());
  const message = `${name}: ${whyAbsent(asked, packument, withdrawn)}`;
  return { code: "no-such-object", message, hint: `Versions that exist nearby: ${nearby.join(", ") || "none"}.` };
}

function whyAbsent(asked: string, packument: Packument, withdrawn: readonly string[]): string {
  if (withdrawn.includes(asked)) return `version ${asked} was withdrawn`;
  if (isVersion(asked)) return `there is no version ${asked}`;
  const selection = selectVersions(asked, packument);
  if (selection.matches !== null) return `no version is in the range "${asked}"`;
  if (selection.version === null) return `"${asked.slice(0, 200)}" is no version, no range and none of its dist-tags`;
  return `the dist-tag "${asked}" names ${selection.version}, which is not published`;
}
