import type { Attestation } from "@colophon/core";
import { digestOf } from "../digest.ts";
import { OciError } from "../error.ts";
import { registryLocation } from "../location.ts";
import { lookUntil, type Patience } from "../patience.ts";
import { reasonOf, valueOf, type Answered } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { openSearch } from "../store/find-in.ts";
import { gatherFromReferrers } from "../store/gather.ts";
import type { FoundAttestations } from "../survey.ts";
import { ownTag } from "../store/tag-names.ts";
import { EMPTY_CONFIG, toAttachment, toListEntry, type ListEntry } from "./attachment.ts";
import { checkFallbackTag, mendList } from "./fallback-list.ts";
import { readReferrers } from "./read-referrers.ts";

/** In a row, before anything is waited for. */
const MOST_PUTS = 10;

export interface AttachRequest {
  readonly registry: Registry;
  /** Where the bundle is attached. */
  readonly repository: Repository;
  /** Where the image lies, if that is another repository. */
  readonly home?: Repository;
  /** Digest of the image, index or other manifest that the bundle is attached to. */
  readonly subject: string;
  /** A Sigstore bundle. */
  readonly bundle: Attestation;
  /** RFC 3339, as the manifest tells when it was made. */
  readonly created: string;
  /** For a registry that lists only after a while what it took. */
  readonly patience: Patience;
}

export interface Attached {
  readonly location: string;
  /** Whether it was there already. */
  readonly was: "there" | "written";
  /**
   * Whether the registry's API lists it, or the list that clients keep where there is none; `own-tag`: neither did,
   * since others kept writing that list, and for now only readers who know our tags find it.
   */
  readonly listed: "api" | "fallback-tag" | "own-tag";
}

/**
 * Attaches a bundle to a manifest as cosign does, once: the same bundle there already stays as it is. Whether there is a
 * referrers API is asked before anything is written; what a registry says while it takes a manifest proves nothing.
 */
export async function attach(request: AttachRequest): Promise<Answered<Attached>> {
  try {
    return { ok: true, value: await attachBundle(request) };
  } catch (error) {
    if (error instanceof OciError) return { ok: false, reason: reasonOf(error) };
    throw error;
  }
}

async function attachBundle(request: AttachRequest): Promise<Attached> {
  const { registry, repository, home = repository, subject } = request;
  const fetched = valueOf(await registry.manifest(home, subject));
  const referrers = await readReferrers(registry, repository, subject);
  const from = referrers === undefined ? await begin(request) : referrers.from;
  if (referrers?.from === "tag") await checkFallbackTag(registry, repository, subject);
  // Where there is an API, it lists whatever was attached by it, and no tag needs to be looked for.
  const listed = { registry, repository, tags: new Set<string>() };
  const searched = referrers?.from === "tag" ? await openSearch(registry, repository) : listed;
  const there = referrers === undefined ? [] : await gatherFromReferrers(searched, subject, referrers);
  const existing = await findAttached(request, there);
  const was = existing === undefined ? "written" : "there";
  const entry = existing === undefined ? await write(request, fetched, from) : toListEntry(existing);
  const location = registryLocation(repository, entry.digest);
  if (from === "api") return { location, was, listed: "api" };
  const isListed = await mendList(registry, repository, subject, entry);
  return { location, was, listed: isListed ? "fallback-tag" : "own-tag" };
}

/** A repository may begin with its first blob, or else with its first manifest, which then tells of no API. */
async function begin({ registry, repository, subject }: AttachRequest): Promise<"api" | "tag"> {
  valueOf(await registry.upload(repository, EMPTY_CONFIG));
  return (await readReferrers(registry, repository, subject))?.from ?? "tag";
}

async function findAttached(
  { registry, repository, bundle }: AttachRequest,
  there: readonly FoundAttestations[],
): Promise<FetchedManifest | undefined> {
  const digest = digestOf(bundle.bytes);
  const found = there.find(({ layers }) =>
    layers.some((layer) => layer.digest === digest && layer.mediaType === bundle.mediaType),
  );
  return found === undefined ? undefined : valueOf(await registry.manifest(repository, found.digest));
}

/** Without the API under a tag of its own: what no tag leads to, and no list that may be overwritten, is deleted. */
async function write(request: AttachRequest, image: FetchedManifest, from: "api" | "tag"): Promise<ListEntry> {
  const { registry, repository, subject, bundle, created } = request;
  const { bytes, entry } = toAttachment(bundle, image, created);
  const blobs = [EMPTY_CONFIG, bundle.bytes].map((bytes) => registry.upload(repository, bytes));
  for (const uploaded of await Promise.all(blobs)) valueOf(uploaded);
  const name = from === "api" ? entry.digest : ownTag(subject, entry.digest);
  const put = async (): Promise<unknown> =>
    valueOf(await registry.put(repository, name, { bytes, mediaType: entry.mediaType }));
  await put();
  if (from === "api") await confirm(request, entry.digest, put);
  return entry;
}

/**
 * Reads back until the API lists the manifest, and once more. Registries keep that list by reading, adding and writing
 * too, and one that gets two manifests at once may forget either: then it is put again.
 */
async function confirm(request: AttachRequest, digest: string, put: () => Promise<unknown>): Promise<void> {
  const { registry, repository, subject, patience } = request;
  const isListed = async (): Promise<boolean> => {
    const { items } = valueOf(await registry.referrers(repository, subject));
    return items.some((item) => item.digest === digest);
  };
  const look = async (): Promise<boolean> => {
    for (let attempt = 0; attempt < MOST_PUTS; attempt += 1) {
      if ((await isListed()) && (await isListed())) return true;
      await put();
    }
    return false;
  };
  if (await lookUntil(look, (seen) => seen, patience)) return;
  const message = `${registryLocation(repository, digest)} was taken, and is not listed among what refers to ${subject}`;
  throw new OciError("REGISTRY_UNAVAILABLE", message, { hint: "Attach it again later." });
}
