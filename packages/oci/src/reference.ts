import { CoreError, formatPurl, parsePurl } from "@colophon/core";
import { HEX_LENGTH } from "./digest.ts";
import { OciError } from "./error.ts";

/** A repository of a registry. */
export interface Repository {
  /** `host` or `host:port` in small letters; Docker Hub's under each of its names is `docker.io`. */
  readonly registry: string;
  readonly repository: string;
}

/** What names an image: the digest counts where there is one. */
export interface Reference extends Repository {
  readonly tag?: string;
  readonly digest?: string;
}

const MAX_NAME = 255;
const HUB = "docker.io";
const HUB_ALIASES: ReadonlySet<string> = new Set([HUB, "index.docker.io", "registry-1.docker.io", "www.docker.io"]);
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::[0-9]{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const SCHEME = /^([a-z][a-z0-9+.-]{0,40}):\/\//i;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads `[oci://][registry/]repository[:tag][@digest]` as Docker does: without a registry it is Docker Hub, whose
 * images of one name are below `library/`; without tag and digest it is `latest`. Throws REFERENCE_INVALID,
 * REFERENCE_SCHEME, REFERENCE_UPPER_CASE, REFERENCE_TAG or REFERENCE_DIGEST.
 */
export function parseReference(text: string): Reference {
  const bare = withoutScheme(text);
  const at = bare.indexOf("@");
  const digest = at === -1 ? undefined : parseDigestPart(bare.slice(at + 1), text);
  const named = at === -1 ? bare : bare.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon === -1 ? undefined : parseTagPart(named.slice(colon + 1), text);
  const repository = parseName(colon === -1 ? named : named.slice(0, colon), text);
  const found = tag ?? (digest === undefined ? "latest" : undefined);
  return { ...repository, ...(found !== undefined && { tag: found }), ...(digest !== undefined && { digest }) };
}

/** Reads the name of a repository alone. Throws as `parseReference`, REFERENCE_TAG too where there is a tag. */
export function parseRepository(text: string): Repository {
  const bare = withoutScheme(text);
  if (!bare.includes("@") && !bare.includes(":", bare.lastIndexOf("/") + 1)) return parseName(bare, text);
  throw new OciError("REFERENCE_INVALID", `${show(text)} names an image, not a repository`, {
    hint: "Leave its tag and digest away.",
  });
}

/** `registry/repository`, as people and credential files name it. */
export function formatRepository({ registry, repository }: Repository): string {
  return `${registry}/${repository}`;
}

/** `registry/repository[:tag][@digest]`. */
export function formatReference({ tag, digest, ...repository }: Reference): string {
  return (
    formatRepository(repository) + (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`)
  );
}

/** The purl of an image by its digest (purl-spec, type `oci`). Its tag is no part of it, since tags move. */
export function imagePurl(repository: Repository, digest: string): string {
  const name = repository.repository.slice(repository.repository.lastIndexOf("/") + 1);
  const qualifiers = { repository_url: formatRepository(repository) };
  return formatPurl({ type: "oci", name, version: digest, qualifiers });
}

/** Reads what `imagePurl` writes; undefined for any other text. */
export function parseImagePurl(text: string): (Repository & { readonly digest: string }) | undefined {
  if (!text.startsWith("pkg:oci/")) return undefined;
  try {
    const { version = "", qualifiers } = parsePurl(text);
    const { registry, repository, digest } = parseReference(`${qualifiers["repository_url"] ?? ""}@${version}`);
    return digest === undefined ? undefined : { registry, repository, digest };
  } catch (error) {
    if (error instanceof OciError || error instanceof CoreError) return undefined;
    throw error;
  }
}

/** The name of Docker Hub under which this host, small letters, is known; others as they are. */
export function canonicalRegistry(host: string): string {
  return HUB_ALIASES.has(host) ? HUB : host;
}

/** Whether the text can be a tag (OCI distribution specification, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

function withoutScheme(text: string): string {
  const [, scheme] = SCHEME.exec(text) ?? [];
  if (scheme === undefined) return text;
  const bare = text.slice(scheme.length + 3);
  const isOci = scheme.toLowerCase() === "oci";
  if (isOci && !SCHEME.test(bare)) return bare;
  throw new OciError("REFERENCE_SCHEME", `${show(text)} is a URL, not the name of an image`, {
    hint: `Write it as ${show(`oci://${isOci ? bare.replace(SCHEME, "") : bare}`)}, or without any scheme.`,
  });
}

function parseName(name: string, text: string): Repository {
  const slash = name.indexOf("/");
  const first = slash === -1 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first.toLowerCase() === "localhost";
  const registry = isHost ? canonicalRegistry(first.toLowerCase()) : HUB;
  const path = isHost ? name.slice(slash + 1) : name;
  if (!HOST.test(registry)) throw invalid(text, `${show(first)} is not a registry's host`);
  const parts = path.split("/");
  if (!parts.every((part) => PATH.test(part))) {
    if (parts.every((part) => PATH.test(part.toLowerCase()))) throw upperCase(text, name);
    throw invalid(text, `${show(path)} is not the name of a repository`);
  }
  const repository = registry === HUB && parts.length === 1 ? `library/${path}` : path;
  if (registry.length + 1 + repository.length > MAX_NAME)
    throw invalid(text, `its name is over ${MAX_NAME} characters`);
  return { registry, repository };
}

function parseTagPart(tag: string, text: string): string {
  if (isTag(tag)) return tag;
  const written = tag.replaceAll("+", "_");
  throw new OciError("REFERENCE_TAG", `${show(text)}: ${show(tag)} is not a tag`, {
    hint: isTag(written)
      ? `Tags hold no +; charts are pushed with _ in its place: ${show(written)}.`
      : "A tag is up to 128 letters, digits, _, . and -; leave the colon away for latest.",
  });
}

function parseDigestPart(digest: string, text: string): string {
  const [algorithm = "", hex = "", ...more] = digest.split(":");
  const isWhole = (algorithm === "sha256" || algorithm === "sha512") && hex.length === HEX_LENGTH[algorithm];
  if (isWhole && more.length === 0 && /^[0-9a-f]+$/.test(hex)) return digest;
  throw new OciError("REFERENCE_DIGEST", `${show(text)}: ${show(digest)} is not a digest`, {
    hint: "A digest is sha256: or sha512: with all of its lower-case hexadecimal digits.",
  });
}

function upperCase(text: string, name: string): OciError {
  return new OciError("REFERENCE_UPPER_CASE", `${show(text)} has capitals in the name of its repository`, {
    hint: `Registries know small letters only: write ${show(text.replace(name, name.toLowerCase()))}.`,
  });
}

function invalid(text: string, why: string): OciError {
  return new OciError("REFERENCE_INVALID", `${show(text)} does not name an image: ${why}`, {
    hint: "Write it like registry.example/owner/name:tag or registry.example/owner/name@sha256:….",
  });
}

/** Without user and password, which have no place in such a name and are written there all the same. */
function show(text: string): string {
  const bare = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/@]*@(?!sha(?:256|512):)/i, "$1");
  return JSON.stringify(bare.slice(0, 300));
}
