import { randomUUID } from "node:crypto";
import type { Reply, Request } from "../loopback-server.ts";
import { fail, NOT_ALLOWED } from "./answers.ts";
import { toDigest } from "./content.ts";
import type { Repository } from "./store.ts";

/** Uploads under way: what came so far. */
export type Uploads = Map<string, Buffer>;

/** Answers requests for `/v2/<name>/blobs/<digest>`. */
export function answerBlob({ blobs }: Repository, digest: string, { method }: Request): Reply {
  const blob = blobs.get(digest);
  if (method !== "GET" && method !== "HEAD" && method !== "DELETE") return NOT_ALLOWED;
  if (blob === undefined) return fail(404, "BLOB_UNKNOWN");
  if (method === "DELETE") {
    blobs.delete(digest);
    return { status: 202 };
  }
  const headers = { "content-type": "application/octet-stream", "docker-content-digest": digest };
  return { status: 200, headers, body: blob };
}

/**
 * Answers requests for `/v2/<name>/blobs/uploads/[<id>]` (OCI distribution specification, "Pushing blobs"): in one
 * request, in two, in chunks. A mount from another repository becomes an upload, as the specification leaves open.
 */
export function answerUpload(
  repository: Repository,
  uploads: Uploads,
  { name, id }: { readonly name: string; readonly id: string },
  request: Request,
): Reply {
  const { method, bytes, path } = request;
  const digest = new URLSearchParams(path.split("?")[1]).get("digest");
  if (method === "POST" && id === "") {
    if (digest !== null) return finish(repository, name, digest, bytes);
    const started = randomUUID();
    uploads.set(started, Buffer.alloc(0));
    return toProgress(202, name, started, 0);
  }
  const before = uploads.get(id);
  if (before === undefined) return fail(404, "BLOB_UPLOAD_UNKNOWN");
  switch (method) {
    case "PATCH": {
      const from = /^(\d+)-/u.exec(request.headers["content-range"] ?? "")?.[1];
      if (from !== undefined && Number(from) !== before.byteLength) return toProgress(416, name, id, before.byteLength);
      const received = Buffer.concat([before, bytes]);
      uploads.set(id, received);
      return toProgress(202, name, id, received.byteLength);
    }
    case "PUT":
      uploads.delete(id);
      return finish(repository, name, digest ?? "", Buffer.concat([before, bytes]));
    case "GET":
      return toProgress(204, name, id, before.byteLength);
    case "DELETE":
      uploads.delete(id);
      return { status: 204 };
    default:
      return NOT_ALLOWED;
  }
}

function finish({ blobs }: Repository, name: string, digest: string, bytes: Uint8Array): Reply {
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  if (toDigest(bytes, algorithm) !== digest) return fail(400, "DIGEST_INVALID");
  blobs.set(digest, bytes);
  return { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest } };
}

/** The location has a query, to which a client has to add the digest. */
function toProgress(status: number, name: string, id: string, length: number): Reply {
  const location = `/v2/${name}/blobs/uploads/${id}?_state=${length}`;
  return { status, headers: { location, range: `0-${Math.max(0, length - 1)}` } };
}
