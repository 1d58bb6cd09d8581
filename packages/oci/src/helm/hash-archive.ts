import { createHash } from "node:crypto";
import { compareDigests, type DigestSet, type ReleaseObject, type Warning } from "@colophon/core";
import type { Http } from "@colophon/http";
import { OciError } from "../error.ts";
import { answered, type OciReason } from "../reason.ts";
import { accessDenied, errorOfFailure, errorOfStatus } from "../registry/failure.ts";
import { differs } from "./registry-chart.ts";

/** Charts have some kilobytes; those with everything they depend on inside have some megabytes. */
const MOST_BYTES = 512 * 1024 * 1024;

export type HashedArchive =
  | { readonly digest: DigestSet; readonly warnings: readonly Warning[] }
  | { readonly reason: OciReason };

/**
 * Reads the archive of a chart in a classic repository, at most 512 MB, and hashes it with SHA-256 and SHA-512. Where
 * the index claims another digest, `index-digest-differs` warns of it.
 */
export async function hashArchive(http: Http, object: ReleaseObject): Promise<HashedArchive> {
  const read = await answered(`archive of ${object.name} ${object.version}`, () => fetchDigest(http, object));
  if (!read.ok) return { reason: read.reason };
  const digest = read.value;
  const isOther = compareDigests(digest, object.digest) === "differ";
  return { digest, warnings: isOther ? [differs({ digest }, object.digest)] : [] };
}

async function fetchDigest(http: Http, { helm }: ReleaseObject): Promise<DigestSet> {
  if (helm?.archiveUrl === undefined) {
    throw new OciError("ANSWER_UNREADABLE", "the index tells no https URL of it", {
      hint: "Ask the repository's owner to write its index again (helm repo index --url).",
    });
  }
  const request = { url: helm.archiveUrl, maxBytes: MOST_BYTES, timeoutMs: 600_000 };
  const answer = await http.fetchStream(request, async (body, { code }) => (code === 200 ? await hash(body) : null));
  if (answer.outcome === "failed") throw errorOfFailure(answer.reason);
  const { value, code } = answer;
  if (value !== null) return value;
  const hint = "Ask the repository's owner: its index lists an archive that it does not serve.";
  if (code === 401 || code === 403) throw accessDenied(String(code), hint);
  if (code === 404) throw new OciError("BLOB_MISSING", "the repository does not serve it (404)", { hint });
  throw errorOfStatus({ code, bytes: new Uint8Array() }, "it", true);
}

async function hash(body: AsyncIterable<Uint8Array>): Promise<DigestSet> {
  const hashes = { sha256: createHash("sha256"), sha512: createHash("sha512") };
  for await (const chunk of body) for (const each of Object.values(hashes)) each.update(chunk);
  return { sha256: hashes.sha256.digest("hex"), sha512: hashes.sha512.digest("hex") };
}
