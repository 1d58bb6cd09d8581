import type { JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { created, fail, toJson } from "./answers.ts";
import { distTagsOf, type RegistryPackage } from "./package-data.ts";

/** A dist-tag request: `tag` is absent where the list is asked for, `body` holds a version in JSON. */
export interface DistTagRequest {
  readonly method: string;
  readonly tag: string | undefined;
  readonly body: string;
}

/** Answers `/-/package/:name/dist-tags[/:tag]`, and tells the package as it is afterwards. */
export function changeDistTags(
  pkg: RegistryPackage,
  { method, tag, body }: DistTagRequest,
): { readonly reply: Reply; readonly changed?: RegistryPackage } {
  const distTags = distTagsOf(pkg);
  if (tag === undefined) return { reply: method === "GET" ? toJson({ ...distTags }) : fail(405, "method not allowed") };
  if (method === "DELETE") {
    const kept = Object.fromEntries(Object.entries(distTags).filter(([name]) => name !== tag));
    return { reply: toJson({ ok: true }), changed: { ...pkg, distTags: kept } };
  }
  const version = method === "PUT" ? readText(body) : undefined;
  if (version === undefined) return { reply: fail(405, "method not allowed") };
  if (pkg.versions?.some((known) => known.version === version) !== true) {
    return { reply: fail(404, `version not found: ${version}`) };
  }
  return { reply: created({ ok: true }), changed: { ...pkg, distTags: { ...distTags, [tag]: version } } };
}

function readText(body: string): string | undefined {
  try {
    const value = JSON.parse(body) as JsonValue;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
