import { createHash } from "node:crypto";
import type { DigestSet } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { NpmConfig } from "./config/read-config.ts";
import { reasonOfFailure, reasonOfStatus, type NpmReason } from "./reason.ts";

const MAX_BYTES = 512 * 1024 * 1024;

export interface TarballReference {
  readonly name: string;
  readonly version: string | null;
  readonly npm?: { readonly tarballUrl?: string };
}

/**
 * Reads an object's tarball, at most 512 MB, and hashes it with SHA-256 and SHA-512. Credentials go to its registry
 * alone; a tarball on another host must be public and on https. `headers`: further ones of the request.
 */
export async function fetchTarballDigest(
  { http, config }: { readonly http: Http; readonly config: NpmConfig },
  object: TarballReference,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly digest: DigestSet } | { readonly reason: NpmReason }> {
  const registry = config.registryFor(object.name);
  const what = `tarball of ${object.name}@${object.version}`;
  const url = URL.parse(object.npm?.tarballUrl ?? "");
  if (url === null) return { reason: noTarball(`${what}: the registry tells no URL`) };
  if (url.protocol !== "https:" && url.host !== new URL(registry.url).host) {
    return { reason: noTarball(`${what}: its URL is on another host than its registry, ${url.host}, and not https`) };
  }
  const request = {
    url: url.href,
    headers,
    maxBytes: MAX_BYTES,
    timeoutMs: 600_000,
    ...(registry.credentials !== undefined && { credentials: registry.credentials }),
  };
  const answer = await http.fetchStream(request, async (body, { code }) => (code === 200 ? hash(body) : null));
  if (answer.outcome === "failed") return { reason: reasonOfFailure(what, answer.reason) };
  if (answer.value !== null) return { digest: answer.value };
  const authorized = registry.credentials !== undefined;
  return { reason: reasonOfStatus(answer.code, { what, registry: registry.url, authorized }) };
}

async function hash(body: AsyncIterable<Uint8Array>): Promise<DigestSet> {
  const hashes = { sha256: createHash("sha256"), sha512: createHash("sha512") };
  for await (const chunk of body) for (const each of Object.values(hashes)) each.update(chunk);
  return { sha256: hashes.sha256.digest("hex"), sha512: hashes.sha512.digest("hex") };
}

function noTarball(message: string): NpmReason {
  return { code: "answer-unreadable", message, hint: "Ask the registry's operator." };
}
