import type { JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { toJson } from "./answers.ts";
import { IMAGE_INDEX } from "./content.ts";
import { listReferrers, type Repository } from "./store.ts";

/**
 * How the `Link` to the next page is written: `</path>; rel="next"`, the same with the whole address, `rel=next`
 * unquoted, without the angle brackets, or left out though there are more pages.
 */
export type LinkForm = "relative" | "absolute" | "unquoted" | "no-brackets" | "none";

/** How lists come in pages. */
export interface PagingOptions {
  /** Default `relative`. */
  readonly link?: LinkForm;
  /** Most entries of a page, whatever was asked for. Default: as many as were asked for, or all. */
  readonly pageSize?: number;
}

/** The request for a list: the address that it was sent to, its query among it. */
interface ListRequest extends PagingOptions {
  readonly url: URL;
}

/** Answers `/v2/<name>/tags/list`, in lexical order. */
export function answerTags({ tags }: Repository, name: string, request: ListRequest): Reply {
  const { page, headers } = toPage([...tags.keys()].toSorted(), (tag) => tag, request);
  return toJson({ name, tags: page }, { headers });
}

/** Answers `/v2/<name>/referrers/<digest>`; a digest that nothing is known of has none. */
export function answerReferrers(repository: Repository, digest: string, request: ListRequest): Reply {
  const wanted = request.url.searchParams.get("artifactType");
  const all = listReferrers(repository, digest).filter((found) => wanted === null || found.artifactType === wanted);
  const { page, headers } = toPage(all, (found) => found.digest, request);
  const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: page as unknown as JsonValue };
  const filtered = wanted === null ? {} : { "oci-filters-applied": "artifactType" };
  return toJson(index, { type: IMAGE_INDEX, headers: { ...headers, ...filtered } });
}

function toPage<T>(
  all: readonly T[],
  keyOf: (entry: T) => string,
  { url, link = "relative", pageSize = Infinity }: ListRequest,
): { page: T[]; headers: Record<string, string> } {
  const asked = url.searchParams.get("n") ?? "";
  const size = Math.min(/^\d+$/u.test(asked) ? Number(asked) : Infinity, pageSize);
  const last = url.searchParams.get("last") ?? "";
  const rest = all.filter((entry) => keyOf(entry) > last);
  const page = rest.slice(0, size);
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length || link === "none") return { page, headers: {} };
  const next = new URL(url);
  next.searchParams.set("last", keyOf(end));
  return { page, headers: { link: toLink(next, link) } };
}

function toLink(next: URL, form: Exclude<LinkForm, "none">): string {
  const path = `${next.pathname}${next.search}`;
  switch (form) {
    case "relative":
      return `<${path}>; rel="next"`;
    case "absolute":
      return `<${next.href}>; rel="next"`;
    case "unquoted":
      return `<${path}>; rel=next`;
    case "no-brackets":
      return `${path}; rel="next"`;
  }
}
