import type { Reply, Request } from "../loopback-server.ts";
import { fail, NOT_ALLOWED } from "./answers.ts";
import { toDigest } from "./content.ts";
import { listParts, readManifest, subjectOf, type Repository } from "./store.ts";

/** Where a manifest lies: `/v2/<name>/manifests/<reference>`. */
export interface ManifestRoute {
  readonly name: string;
  /** Tag or digest. */
  readonly reference: string;
  /** Whether what refers to a subject is listed. */
  readonly hasReferrers: boolean;
}

const TAG = /^\w[\w.-]{0,127}$/u;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/u;

/** Answers requests for a manifest (OCI distribution specification, "Pulling", "Pushing" and "Deleting Manifests"). */
export function answerManifest(repository: Repository, route: ManifestRoute, request: Request): Reply {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return pull(repository, route.reference);
    case "PUT":
      return push(repository, route, request);
    case "DELETE":
      return remove(repository, route.reference);
    default:
      return NOT_ALLOWED;
  }
}

function pull({ manifests, tags }: Repository, reference: string): Reply {
  const digest = tags.get(reference) ?? reference;
  const manifest = manifests.get(digest);
  if (manifest === undefined) return fail(404, "MANIFEST_UNKNOWN");
  const { mediaType, bytes } = manifest;
  return { status: 200, headers: { "content-type": mediaType, "docker-content-digest": digest }, body: bytes };
}

function push(repository: Repository, { name, reference, hasReferrers }: ManifestRoute, request: Request): Reply {
  const { bytes, headers } = request;
  const isDigest = DIGEST.test(reference);
  if (!isDigest && !TAG.test(reference)) return fail(400, "MANIFEST_INVALID", `${reference} is no tag and no digest`);
  const digest = toDigest(bytes, reference.startsWith("sha512:") ? "sha512" : "sha256");
  if (isDigest && digest !== reference) return fail(400, "DIGEST_INVALID");
  const manifest = readManifest(bytes);
  const mediaType = headers["content-type"];
  if (manifest === undefined || mediaType === undefined) return fail(400, "MANIFEST_INVALID");
  const { blobs, manifests, tags } = repository;
  const missing = listParts(manifest).find((part) => !blobs.has(part) && !manifests.has(part));
  if (missing !== undefined) return fail(400, "MANIFEST_BLOB_UNKNOWN", `${missing} is not in the repository`);
  manifests.set(digest, { mediaType, bytes });
  if (!isDigest) tags.set(reference, digest);
  const subject = subjectOf(manifest);
  const told = subject !== "" && hasReferrers ? { "oci-subject": subject } : {};
  const location = `/v2/${name}/manifests/${digest}`;
  return { status: 201, headers: { location, "docker-content-digest": digest, ...told } };
}

/** A tag goes alone; with a manifest go its tags. */
function remove(repository: Repository, reference: string): Reply {
  const { manifests, tags } = repository;
  if (!tags.delete(reference)) {
    if (!manifests.delete(reference)) return fail(404, "MANIFEST_UNKNOWN");
    for (const [tag, digest] of tags) if (digest === reference) tags.delete(tag);
  }
  return { status: 202 };
}
