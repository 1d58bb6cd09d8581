import { arrayAt, isObject } from "@colophon/core";
import type { Descriptor } from "../descriptor.ts";
import { OciError } from "../error.ts";
import { parseJson } from "../json.ts";
import { parseManifest } from "../manifest.ts";
import { formatRepository, isTag, type Repository } from "../reference.ts";
import type { Connection } from "./connection.ts";
import type { RegistryAnswer } from "./exchange.ts";
import { errorOfStatus, says, unreadable } from "./failure.ts";
import { fetchManifest, refuseHtml } from "./fetch-manifest.ts";
import { readPages, type Pages } from "./pages.ts";

const PAGE = 1000;

/** All tags of a repository, each once. Throws OciError where nothing can be had. */
export async function listTags(connection: Connection, repository: Repository): Promise<Pages<string>> {
  return await readPages(connection, repository, {
    path: `tags/list?n=${PAGE}`,
    accept: "application/json",
    read: (answer) => readTags(answer, connection.known.has(formatRepository(repository))),
    keyOf: (tag) => tag,
    // Some registries cut lists short and tell no next page. Behind a whole list is nothing, or the same once more.
    guessNext: (page) => (page.length === 0 ? undefined : `tags/list?n=${PAGE}&last=${page.at(-1)}`),
  });
}

function readTags(answer: RegistryAnswer, isKnown: boolean): readonly string[] {
  if (answer.code !== 200) throw errorOfStatus(answer, "its tags", isKnown);
  refuseHtml(answer, "its tags");
  const list = readList(answer);
  const isNone = isObject(list) && list["tags"] === null;
  const tags = isNone ? [] : arrayAt(list, "tags");
  if (tags === undefined) throw unreadable("its tags: the answer has no list of them");
  return tags.map((tag) => {
    if (typeof tag === "string" && isTag(tag)) return tag;
    throw unreadable(`its tags: ${JSON.stringify(tag)?.slice(0, 160)} is none`);
  });
}

function readList({ bytes }: RegistryAnswer): unknown {
  try {
    return parseJson(bytes, "its tags");
  } catch (error) {
    if (error instanceof OciError) throw unreadable(error.message, error);
    throw error;
  }
}

/** What may refer to a manifest, by the registry's API or as clients note it where there is none. */
export interface Referrers extends Pages<Descriptor> {
  readonly from: "api" | "tag";
}

/**
 * The descriptors of what may be about a manifest (OCI distribution specification, "Listing Referrers"). They say
 * nothing for sure: only a manifest whose own `subject` has the digest is about it. Throws OciError.
 */
export async function listReferrers(
  connection: Connection,
  repository: Repository,
  digest: string,
  tags?: ReadonlySet<string>,
): Promise<Referrers> {
  const name = formatRepository(repository);
  const list = (): Promise<Referrers> => askReferrers(connection, repository, digest, tags);
  const first = connection.firstReferrers.get(name);
  if (first === undefined) {
    const listed = list();
    connection.firstReferrers.set(
      name,
      listed.catch(() => undefined),
    );
    return await listed;
  }
  await first;
  return await list();
}

async function askReferrers(
  connection: Connection,
  repository: Repository,
  digest: string,
  tags: ReadonlySet<string> | undefined,
): Promise<Referrers> {
  const name = formatRepository(repository);
  const readTag = async (): Promise<Referrers> =>
    tags?.has(fallbackTag(digest)) === false
      ? { items: [], from: "tag" }
      : await readFallback(connection, repository, digest);
  if (connection.withoutReferrers.has(name)) return await readTag();
  const absent = new Error("the registry has no referrers API");
  let isFirst = true;
  try {
    const pages = await readPages(connection, repository, {
      path: `referrers/${digest}`,
      accept: "application/vnd.oci.image.index.v1+json",
      read: (answer) => {
        if (isFirst && (answer.code === 404 || answer.code === 405)) {
          // One that has the API, and says so of an image that it does not know, has it for others.
          if (says(answer.bytes, /^MANIFEST_/)) throw absent;
          if (connection.withReferrers.has(name)) throw missedReferrers(answer.code);
          if (!says(answer.bytes, /^NAME_/)) connection.withoutReferrers.add(name);
          throw absent;
        }
        isFirst = false;
        const listed = readReferrers(answer);
        showReferrers(connection, name);
        return listed;
      },
      keyOf: (descriptor) => descriptor.digest,
    });
    return { ...pages, from: "api" };
  } catch (error) {
    if (error !== absent) throw error;
    return await readTag();
  }
}

/** Whatever answers that were under way at once have said before. */
function showReferrers({ withReferrers, withoutReferrers }: Connection, name: string): void {
  withReferrers.add(name);
  withoutReferrers.delete(name);
}

/** An API that has answered is not gone with one look-up that fails, and what was not looked up is not absent. */
function missedReferrers(code: number): OciError {
  const message = `its referrers: the registry answers ${code}, and has listed those of others`;
  const hint = "Try again later; if it stays so, ask the registry's operator.";
  return new OciError("REGISTRY_UNAVAILABLE", message, { hint });
}

/** The tag under which clients list what refers to a manifest: `<algorithm>-<hex>`, of the latter 64 digits at most. */
export function fallbackTag(digest: string): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  return `${algorithm}-${hex.slice(0, 64)}`;
}

async function readFallback(connection: Connection, repository: Repository, digest: string): Promise<Referrers> {
  try {
    const { digest: found, manifest } = await fetchManifest(connection, repository, fallbackTag(digest));
    // Some registries answer for that tag with the image itself.
    const isList = manifest.kind === "index" && found !== digest;
    return { items: isList ? manifest.manifests : [], from: "tag" };
  } catch (error) {
    if (error instanceof OciError && error.code === "NO_SUCH_OBJECT") return { items: [], from: "tag" };
    throw error;
  }
}

function readReferrers(answer: RegistryAnswer): readonly Descriptor[] {
  if (answer.code !== 200) throw errorOfStatus(answer, "its referrers", true);
  refuseHtml(answer, "its referrers");
  const list = parseManifest(answer.bytes, "its referrers");
  if (list.kind === "index") return list.manifests;
  throw unreadable("its referrers: the answer is no image index");
}
