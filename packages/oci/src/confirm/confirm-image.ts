import type { Warning } from "@colophon/core";
import { OciError } from "../error.ts";
import { registryLocation, tagLocation } from "../location.ts";
import { membersIn } from "../members.ts";
import { lookUntil, type Patience } from "../patience.ts";
import { valueOf, type Answered } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { partOf } from "./part-of.ts";

/** What was pushed, as its builder or a user says. */
export interface PushedReference extends Repository {
  /** Every one of them must lead to it. */
  readonly tags: readonly string[];
  /** `sha256:<hex>` or `sha512:<hex>`; absent: what the tags lead to now. */
  readonly digest?: string;
}

/** What a registry has of it. */
export interface ConfirmedImage {
  readonly repository: Repository;
  /** Those that lead to it. */
  readonly tags: readonly string[];
  /** Of the index, or of the image of one platform. */
  readonly digest: string;
  /** Digests of what the platforms get of an index; BuildKit's attestations are not among them. */
  readonly platforms: readonly string[];
  readonly warnings: readonly Warning[];
}

/** Of these the last passes by no waiting: some registries serve a config or layer where a manifest was asked for. */
const ABSENT: ReadonlySet<string> = new Set(["NO_SUCH_OBJECT", "REPOSITORY_UNKNOWN", "MANIFEST_INVALID"]);

/**
 * Finds in the registry what was pushed, by digest and by every tag, with patience for one that lags. A digest that is
 * that of a config or layer, and a tag that leads elsewhere, are refused; a tag that stays away is worth a warning.
 * Throws DIGEST_IS_NOT_MANIFEST or TAG_MOVED, and whatever the registry makes of a request.
 */
export async function confirmImage(
  registry: Registry,
  pushed: PushedReference,
  patience: Patience,
): Promise<ConfirmedImage> {
  const { tags, digest: _, ...repository } = pushed;
  const seen = await lookUntilThere(registry, repository, pushed, patience);
  const { image } = seen;
  if (image instanceof OciError) throw image;
  for (const tag of tags) {
    const found = seen.tags.get(tag);
    if (found !== undefined && found !== image.digest) throw moved(repository, tag, found, image.digest);
  }
  const { platforms, warnings } = await readPlatforms(registry, repository, image);
  const away = tags.filter((tag) => seen.tags.get(tag) === undefined);
  return {
    repository,
    tags: tags.filter((tag) => !away.includes(tag)),
    digest: image.digest,
    platforms,
    warnings: [
      ...warnings,
      ...away.map((tag) => ({
        code: "tag-not-there",
        message: `${tagLocation(repository, tag)} is not there; ${image.digest} is attested`,
      })),
      ...(pushed.digest === undefined ? [fromTag(repository, tags, image.digest)] : []),
    ],
  };
}

interface Seen {
  readonly image: FetchedManifest | OciError;
  /** The digest that each tag leads to, as far as it is there. */
  readonly tags: ReadonlyMap<string, string | undefined>;
}

async function lookUntilThere(
  registry: Registry,
  repository: Repository,
  pushed: PushedReference,
  patience: Patience,
): Promise<Seen> {
  const lookOnce = async (): Promise<Seen> => {
    const seen = await look(registry, repository, pushed);
    if (seen.image instanceof OciError) await refuseParts(registry, repository, pushed, seen);
    return seen;
  };
  const isEnough = ({ image, tags }: Seen): boolean =>
    image instanceof OciError
      ? image.code === "MANIFEST_INVALID"
      : [...tags.values()].every((found) => found !== undefined && found === (pushed.digest ?? found));
  return await lookUntil(lookOnce, isEnough, patience);
}

async function look(registry: Registry, repository: Repository, { tags, digest }: PushedReference): Promise<Seen> {
  const found = await Promise.all(
    tags.map(async (tag) => [tag, unlessAbsent(await registry.resolve({ ...repository, tag }))] as const),
  );
  const leads = new Map(found.map(([tag, one]) => [tag, one instanceof OciError ? undefined : one.digest]));
  const name = digest ?? [...leads.values()].find((one) => one !== undefined);
  const first = found.find(([, one]) => one instanceof OciError)?.[1];
  if (name === undefined) return { image: first as OciError, tags: leads };
  return { image: unlessAbsent(await registry.manifest(repository, name)), tags: leads };
}

/** That something is not there may pass; any other failure is thrown. */
function unlessAbsent<T>(answer: Answered<T>): T | OciError {
  try {
    return valueOf(answer);
  } catch (error) {
    if (error instanceof OciError && ABSENT.has(error.code)) return error;
    throw error;
  }
}

/** Builders print the digest of a config as readily as that of what they push. */
async function refuseParts(
  registry: Registry,
  repository: Repository,
  { digest }: PushedReference,
  { tags }: Seen,
): Promise<void> {
  if (digest === undefined) return;
  for (const there of new Set([...tags.values()].filter((found) => found !== undefined))) {
    const image = unlessAbsent(await registry.manifest(repository, there));
    if (image instanceof OciError) continue;
    const part = await partOf(registry, repository, image, digest);
    if (part === undefined) continue;
    const message = `${digest} is that of a ${part.replace("-", " ")} of ${registryLocation(repository, image.digest)}, not of a manifest`;
    throw new OciError("DIGEST_IS_NOT_MANIFEST", message, { hint: `Give the manifest's digest: ${image.digest}.` });
  }
}

async function readPlatforms(
  registry: Registry,
  repository: Repository,
  { manifest, digest: own }: FetchedManifest,
): Promise<Pick<ConfirmedImage, "platforms" | "warnings">> {
  const members = membersIn(manifest, own);
  if (members === undefined) return { platforms: [], warnings: [] };
  if ("tooMany" in members) {
    const message = `${registryLocation(repository, own)} has ${members.tooMany} platforms, too many to attest`;
    throw new OciError("TOO_LARGE", message, { hint: "Attest them one by one, by their digests." });
  }
  const listed = members.listed.map(({ digest }) => digest);
  const answers = await Promise.all(listed.map((digest) => registry.manifest(repository, digest)));
  const absent = listed.filter((_, index) => unlessAbsent(answers[index]!) instanceof OciError);
  return {
    platforms: listed.filter((digest) => !absent.includes(digest)),
    warnings: absent.map((digest) => ({
      code: "platform-not-there",
      message: `${registryLocation(repository, digest)} is listed by ${own}, and is not there to be attested`,
    })),
  };
}

function moved(repository: Repository, tag: string, found: string, digest: string): OciError {
  const message = `${tagLocation(repository, tag)} leads to ${found}, not to ${digest}`;
  return new OciError("TAG_MOVED", message, {
    hint: "Something else was pushed there meanwhile, or this is one platform of an index: give the digest that the tag leads to.",
  });
}

function fromTag(repository: Repository, tags: readonly string[], digest: string): Warning {
  const where = tags.map((tag) => tagLocation(repository, tag)).join(", ");
  const message = `no builder said what it pushed: ${digest} is what ${where} leads to now`;
  return { code: "digest-from-tag", message };
}
