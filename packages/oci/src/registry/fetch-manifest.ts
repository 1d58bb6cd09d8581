import { digestOf, parseDigest } from "../digest.ts";
import { OciError } from "../error.ts";
import { KINDS, parseManifest, type Manifest } from "../manifest.ts";
import { formatRepository, type Reference, type Repository } from "../reference.ts";
import type { Connection } from "./connection.ts";
import { exchange, type RegistryAnswer } from "./exchange.ts";
import { errorOfStatus, unreadable } from "./failure.ts";

/** A manifest as a registry serves it, its bytes checked against its digest. */
export interface FetchedManifest {
  /** `sha256:<hex>` or `sha512:<hex>`. */
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** What a tag or digest leads to. `from`: the registry says so, or the bytes were read. */
export interface Resolved extends Pick<FetchedManifest, "digest"> {
  readonly from: "registry" | "bytes";
}

/** Registries take manifests up to 4 MB (OCI distribution specification, "Pushing Manifests"). */
const MOST_BYTES = 4 * 1024 * 1024;
const ACCEPT = Object.keys(KINDS).join(", ");

/** Asks for the digest by HEAD, and where that does not tell, by GET. Throws OciError. */
export async function resolveReference(connection: Connection, reference: Reference): Promise<Resolved> {
  const name = reference.digest ?? reference.tag ?? "latest";
  const path = `manifests/${name}`;
  const head = await exchange(connection, reference, { path, method: "HEAD", accept: ACCEPT, maxBytes: 0 });
  const digest = head.code === 200 ? digestIn(head) : undefined;
  if (digest !== undefined && (reference.digest ?? digest) === digest) return { digest, from: "registry" };
  const fetched = await readManifest(connection, reference, name);
  return { digest: fetched.digest, from: "bytes" };
}

/** Reads an index or manifest of at most 4 MB by its tag or digest. Throws OciError. */
export async function fetchManifest(
  connection: Connection,
  repository: Repository,
  name: string,
): Promise<FetchedManifest> {
  const held = connection.manifests.get(`${formatRepository(repository)}@${name}`);
  return held ?? (await readManifest(connection, repository, name));
}

/** From the registry in any case: what was read before may be gone. */
async function readManifest(connection: Connection, repository: Repository, name: string): Promise<FetchedManifest> {
  const place = `${formatRepository(repository)}@`;
  const answer = await exchange(connection, repository, {
    path: `manifests/${name}`,
    accept: ACCEPT,
    maxBytes: MOST_BYTES,
  });
  if (answer.code !== 200) throw errorOfStatus(answer, name, connection.known.has(formatRepository(repository)));
  refuseHtml(answer, name);
  const { bytes } = answer;
  const told = name.includes(":") ? name : (digestIn(answer) ?? digestOf(bytes));
  const digest = digestOf(bytes, parseDigest(told, name).algorithm);
  if (digest !== told) {
    throw new OciError("DIGEST_MISMATCH", `${name}: the registry serves other bytes than ${told}: ${digest}`, {
      hint: "Ask again, without the proxy or mirror between; if it stays so, ask the registry's operator.",
    });
  }
  const manifest = parseManifest(bytes, name);
  const fetched = { digest, mediaType: mediaTypeOf(manifest, answer), size: bytes.byteLength, bytes, manifest };
  connection.manifests.add(place + digest, fetched);
  return fetched;
}

/** Pages for people, as sign-in pages of proxies are, come with status 200 too. */
export function refuseHtml({ headers }: RegistryAnswer, what: string): void {
  if (/^\s*text\/html\b/i.test(headers["content-type"] ?? "")) throw unreadable(`${what}: the answer is a web page`);
}

/** `Docker-Content-Digest`, where it is one. */
function digestIn({ headers }: RegistryAnswer): string | undefined {
  const told = headers["docker-content-digest"];
  return told !== undefined && /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(told) ? told : undefined;
}

/** Its own, else the header's: charts that Helm pushes do not tell theirs. */
function mediaTypeOf({ mediaType, kind }: Manifest, { headers }: RegistryAnswer): string {
  const [served = ""] = (headers["content-type"] ?? "").split(";", 1);
  const fallback = Object.hasOwn(KINDS, served) && KINDS[served] === kind ? served : undefined;
  return mediaType ?? fallback ?? `application/vnd.oci.image.${kind}.v1+json`;
}
