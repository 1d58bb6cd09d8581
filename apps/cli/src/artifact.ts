import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { DigestSet, ReleaseObject } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/** All by which a subject may be named: a digest that is not taken could not match. */
const ALGORITHMS = ["sha256", "sha384", "sha512"];

/** A file as a release object, hashed while it is streamed. Throws UsageError where it cannot be read. */
export async function readArtifact(path: string, cwd: string): Promise<ReleaseObject> {
  const hashes = ALGORITHMS.map((algorithm) => [algorithm, createHash(algorithm)] as const);
  try {
    for await (const chunk of createReadStream(resolve(cwd, path))) {
      for (const [, hash] of hashes) hash.update(chunk as Buffer);
    }
  } catch (cause) {
    throw unreadable(JSON.stringify(path), cause);
  }
  const digest = Object.fromEntries(hashes.map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
  return objectOf(`file:${basename(path)}`, basename(path), digest);
}

/** Something of which nothing but a digest is known. */
export function artifactOfDigest(digest: DigestSet): ReleaseObject {
  const id = Object.entries(digest).map((pair) => pair.join(":"))[0] ?? "";
  return objectOf(id, id, digest);
}

function objectOf(id: string, name: string, digest: DigestSet): ReleaseObject {
  return {
    id,
    channels: ["file"],
    locations: [],
    digest,
    digestFrom: "bytes",
    name,
    version: null,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    deprecated: null,
  };
}

/** Most bytes of a file that is read whole: more than any list of attestations has. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Reads a file that the user named; messages show it as `shown`, by default its path. Throws UsageError. */
export async function readNamedFile(
  path: string,
  cwd: string,
  shown: string = JSON.stringify(path),
): Promise<Uint8Array> {
  try {
    const { size } = await stat(resolve(cwd, path));
    if (size > MAX_BYTES) throw new UsageError(`${shown} has ${size} bytes, more than ${MAX_BYTES}`);
    return await readFile(resolve(cwd, path));
  } catch (cause) {
    throw cause instanceof UsageError ? cause : unreadable(shown, cause);
  }
}

function unreadable(shown: string, cause: unknown): UsageError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
  const why: Record<string, string> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder",
    EACCES: "permission denied",
  };
  const hint =
    code === "ENOENT" ? "Objects that are not files are named npm:name[@version], pkg:npm/… or sha256:…" : undefined;
  return new UsageError(`${shown} cannot be read: ${why[code] ?? code}`, hint);
}
