import { GoreleaserError, groupImages, parseImageDigests } from "@colophon/goreleaser";
import { OciError } from "../error.ts";
import { invalid, quote } from "./failure.ts";
import { digestUnknown, type BuilderProblem, type Reading, type Told } from "./pushed-images.ts";

const BARE = /^[a-z0-9]{2,10}:[0-9A-Za-z]+$/;
const SYNC = /^([a-z0-9]{2,10}:[0-9A-Za-z]+) (\S+)$/;
const GORELEASER = /^(?:[0-9A-Fa-f]{40,128})? {2}\S+$/;
const REFERENCE = /^\S+$/;

/**
 * Reads a file of which every line is of one form: a digest alone (kaniko, Jib, skopeo, buildah, podman), a digest and
 * where it went (skopeo sync), a reference with its digest (ko, crane, kaniko), or GoReleaser's `digests.txt`.
 * Undefined for lines of no such form.
 */
export function readDigestLines(lines: readonly string[], where: string): Reading | undefined {
  const [first = ""] = lines;
  if (BARE.test(first)) return { from: "digest-file", told: lines.map((line) => ({ digest: line })), problems: [] };
  if (SYNC.test(first)) return readSync(lines, where);
  if (GORELEASER.test(first)) return readGoreleaser(lines.join("\n"), where);
  return REFERENCE.test(first) && /[/@]/.test(first) ? readReferences(lines, where) : undefined;
}

function readSync(lines: readonly string[], where: string): Reading {
  const told: Told[] = [];
  const problems: BuilderProblem[] = [];
  for (const line of lines) {
    const [, digest, destination] = SYNC.exec(line) ?? [];
    if (digest === undefined || destination === undefined) {
      throw invalid(where, `${quote(line)} is not as skopeo sync writes it`);
    }
    // A transport before it (containers-transports(5)); what has none is a reference, whose port may look like one.
    const [, transport] = /^(dir|docker|oci):(?=\/)/.exec(destination) ?? [];
    const name = destination.replace(/^docker:\/\//, "");
    if (transport === undefined || transport === "docker") told.push({ name, digest });
    else problems.push({ code: "image-not-pushed", message: `${where}: ${quote(destination)} is in no registry` });
  }
  return { from: "skopeo-sync", told, problems };
}

function readReferences(lines: readonly string[], where: string): Reading {
  const told: Told[] = [];
  const problems: BuilderProblem[] = [];
  for (const line of lines) {
    const at = line.indexOf("@");
    if (at === -1) problems.push(digestUnknown(line, where));
    else told.push({ name: line, digest: line.slice(at + 1) });
  }
  return { from: "image-references", told, problems };
}

function readGoreleaser(text: string, where: string): Reading {
  const told: Told[] = [];
  const problems: BuilderProblem[] = [];
  for (const { repository, tags, digest } of groupGoreleaser(text, where)) {
    const names = tags.length === 0 ? [repository] : tags.map((tag) => `${repository}:${tag}`);
    const [algorithm] = (["sha256", "sha512"] as const).filter((one) => digest[one] !== undefined);
    for (const name of names) {
      if (algorithm === undefined) problems.push(digestUnknown(name, where));
      else told.push({ name, digest: `${algorithm}:${digest[algorithm]}` });
    }
  }
  return { from: "goreleaser-digests", told, problems };
}

function groupGoreleaser(text: string, where: string): ReturnType<typeof groupImages> {
  try {
    return groupImages(parseImageDigests(text, where));
  } catch (error) {
    if (!(error instanceof GoreleaserError)) throw error;
    const { code, message, hint } = error;
    // All others name the file by themselves.
    if (code === "IMAGE_REFERENCE") throw invalid(where, message, hint, error);
    throw new OciError("BUILDER_OUTPUT_INVALID", message, { hint, cause: error });
  }
}
