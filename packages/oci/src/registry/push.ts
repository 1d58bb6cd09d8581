import type { Descriptor } from "../descriptor.ts";
import { digestOf } from "../digest.ts";
import { formatRepository, type Repository } from "../reference.ts";
import { originOf, type Connection } from "./connection.ts";
import { exchange, type RegistryAnswer } from "./exchange.ts";
import { errorOfStatus, unreadable } from "./failure.ts";

export type Uploaded = Pick<Descriptor, "digest" | "size">;

export interface WrittenManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

const MOST_ANSWER_BYTES = 64 * 1024;
const BYTES = "application/octet-stream";
const WRITE = { actions: "pull,push", maxBytes: MOST_ANSWER_BYTES } as const;

/** Writes a blob in one piece (OCI distribution specification, "POST then PUT"), unless it is there. Throws OciError. */
export async function uploadBlob(connection: Connection, repository: Repository, bytes: Uint8Array): Promise<Uploaded> {
  const digest = digestOf(bytes);
  const uploaded = { digest, size: bytes.byteLength };
  const head = await exchange(connection, repository, { ...WRITE, path: `blobs/${digest}`, method: "HEAD" });
  if (head.code === 200) return uploaded;
  const name = formatRepository(repository);
  const place = connection.uploads.get(name) ?? (await beginUpload(connection, repository));
  connection.uploads.delete(name);
  const path = `${place}${place.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
  const ended = await exchange(connection, repository, {
    ...WRITE,
    path,
    method: "PUT",
    body: { bytes, mediaType: BYTES },
  });
  if (ended.code !== 201) throw errorOfStatus(ended, "the upload of a blob", false);
  return uploaded;
}

/** Begins the upload that the next blob is written by, which tells whether this login may write. Throws OciError. */
export async function prepareUpload(connection: Connection, repository: Repository): Promise<void> {
  const name = formatRepository(repository);
  if (connection.uploads.has(name)) return;
  connection.uploads.set(name, await beginUpload(connection, repository));
}

async function beginUpload(connection: Connection, repository: Repository): Promise<string> {
  const body = { bytes: new Uint8Array(), mediaType: BYTES };
  const begun = await exchange(connection, repository, { ...WRITE, path: "blobs/uploads/", method: "POST", body });
  if (begun.code !== 202) throw errorOfStatus(begun, "the upload of a blob", false);
  return uploadPlace(begun, originOf(repository, connection.plainHttp));
}

/** Writes an index or manifest under a tag or its digest. Throws OciError. */
export async function putManifest(
  connection: Connection,
  repository: Repository,
  name: string,
  body: WrittenManifest,
): Promise<Uploaded> {
  const answer = await exchange(connection, repository, { ...WRITE, path: `manifests/${name}`, method: "PUT", body });
  if (answer.code < 200 || answer.code > 299) throw errorOfStatus(answer, name, false);
  return { digest: digestOf(body.bytes), size: body.bytes.byteLength };
}

/** Where the registry wants the bytes: on itself alone, since they come with its credentials. */
function uploadPlace({ headers, url }: RegistryAnswer, origin: string): string {
  const place = URL.parse(headers["location"] ?? "", url);
  if (headers["location"] === undefined || place?.host !== new URL(origin).host) {
    throw unreadable("it names no place of its own for an upload");
  }
  return `${origin}${place.pathname}${place.search}`;
}
