import type { Gap, InventoryPage, ReleaseObject, Target, Warning } from "@colophon/core";
import { isChart } from "../chart.ts";
import { registryLocation } from "../location.ts";
import { membersIn } from "../members.ts";
import type { Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { isEvidence } from "../role.ts";
import { toImageObject, type Tagged } from "./image-object.ts";
import { toMember } from "./list-platforms.ts";
import { emptyPage, gapOf, keyOf } from "./page.ts";
import { selectTags } from "./select-tags.ts";
import { chartVersionIn } from "./tag-version.ts";

const PAGE = 100;

/** The pages of one repository that come behind the given key. */
export async function* listPages(
  registry: Registry,
  repository: Repository,
  target: Target,
  after: string | undefined,
): AsyncIterable<InventoryPage> {
  const { tagged, gaps, warnings, nothing } = await selectTags(registry, repository, target.range);
  const rest = tagged.filter(({ digest }) => after === undefined || keyOf(target, digest) > after);
  if (after === undefined && (rest.length === 0 || gaps.length + warnings.length > 0)) {
    yield { ...emptyPage(keyOf(target)), gaps, warnings, ...(nothing !== undefined && { nothing }) };
  }
  for (let start = 0; start < rest.length; start += PAGE) {
    const part = rest.slice(start, start + PAGE);
    const read = await Promise.all(part.map((one) => readObject(registry, repository, one, target.range)));
    yield {
      ...emptyPage(keyOf(target, part.at(-1)?.digest)),
      objects: read.flatMap(({ object }) => (object === undefined ? [] : [object])),
      gaps: read.flatMap(({ gap }) => (gap === undefined ? [] : [gap])),
      warnings: read.flatMap(({ warning }) => (warning === undefined ? [] : [warning])),
    };
  }
}

interface Read {
  readonly object?: ReleaseObject;
  readonly gap?: Gap;
  readonly warning?: Warning;
}

async function readObject(
  registry: Registry,
  repository: Repository,
  tagged: Tagged,
  range: string | undefined,
): Promise<Read> {
  const answer = await registry.manifest(repository, tagged.digest);
  if (!answer.ok) return { gap: gapOf(registryLocation(repository, tagged.digest), answer.reason) };
  if (isEvidence(answer.value.manifest)) return {};
  // What Helm itself would not list as a version is one only where it is named.
  const versions = tagged.tags.filter((tag) => chartVersionIn(tag) !== undefined);
  if (range === undefined && isChart(answer.value) && versions.length === 0) return {};
  const object = toImageObject(repository, tagged, answer.value);
  const { digest } = tagged;
  const members = membersIn(answer.value.manifest, digest);
  if (members === undefined) return { object };
  if ("tooMany" in members) return { object, warning: tooMany(repository, digest, members.tooMany) };
  return { object: { ...object, members: members.listed.map((entry) => toMember(repository, object, digest, entry)) } };
}

function tooMany(repository: Repository, digest: string, listed: number): Warning {
  const where = registryLocation(repository, digest);
  return {
    code: "platforms-too-many",
    message: `${where}: it lists ${listed} images, too many to be asked about one by one: only its own proof counts`,
  };
}
