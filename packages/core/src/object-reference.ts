import { isStrong, parseHexDigest, type DigestSet } from "./digest.ts";
import { CoreError } from "./error.ts";
import { parseHelmReference, type HelmReference } from "./helm-reference.ts";
import { parsePurl, type Purl } from "./purl.ts";

/** What a user names on the command line. */
export type ObjectReference =
  | { readonly kind: "npm"; readonly name: string; readonly range?: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "oci-layout"; readonly folder: string; readonly digest?: string }
  /** An image or repository of a registry, by its name as it is written. */
  | { readonly kind: "oci"; readonly name: string }
  | HelmReference
  | { readonly kind: "digest"; readonly digest: DigestSet };

const OTHER_CHANNELS = /^(?:github:|helm:|pkg:)/i;

/**
 * Reads an object as the command line takes it (design §6): `npm:name[@range]`, a purl,
 * `oci://…`, `helm:URL/name[@range]`, `ALG:VALUE`, or a file path.
 * `any`: an id of another kind is taken for a digest too, as the subject of a verification summary may have.
 * Throws OBJECT_INVALID or PURL_INVALID.
 */
export function parseObjectReference(text: string, digests: "strong" | "any" = "strong"): ObjectReference {
  if (text.startsWith("npm:")) return parseNpmReference(text.slice(4));
  if (/^oci:\/\//i.test(text)) return { kind: "oci", name: text };
  if (text.startsWith("helm:")) return parseHelmReference(text.slice("helm:".length));
  if (text.startsWith("oci-layout:")) return parseLayoutReference(text.slice("oci-layout:".length));
  const purl = readPurl(text);
  if (purl !== undefined) return purl;
  if (OTHER_CHANNELS.test(text)) {
    throw new CoreError(
      "OBJECT_INVALID",
      `${JSON.stringify(text.slice(0, 200))} names a channel that is not read yet`,
      {
        hint: "Name npm packages (npm:name[@range] or pkg:npm/…), images (oci://registry/name), charts (helm:URL/name), files, OCI layouts (oci-layout:DIR), or a digest (sha256:…).",
      },
    );
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw urlNamed(text);
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, Math.max(colon, 0));
  if (isStrong(algorithm)) return { kind: "digest", digest: parseHexDigest(algorithm, text.slice(colon + 1)) };
  if (digests === "any" && /^[a-z][A-Za-z0-9_-]*$/.test(algorithm) && colon < text.length - 1) {
    return { kind: "digest", digest: { [algorithm]: text.slice(colon + 1) } };
  }
  if (text === "") throw new CoreError("OBJECT_INVALID", "an object's name is empty");
  return { kind: "file", path: text };
}

/** As browsers and other tools name images. User info and query are shown nowhere. */
function urlNamed(text: string): CoreError {
  const bare = text.replace(/^[^:]*:\/\/(?:[^/]*@)?/, "").replace(/[?#].*$/s, "");
  return new CoreError("OBJECT_INVALID", `${JSON.stringify(bare.slice(0, 200))} is named by a URL`, {
    hint: `Write an image as ${JSON.stringify(`oci://${bare.slice(0, 200)}`)}, and a repository of charts as helm:URL.`,
  });
}

/** `name`, `name@range`, `@scope/name`, `@scope/name@range`: split at the last `@` beyond the scope. */
function parseNpmReference(text: string): ObjectReference {
  const at = text.lastIndexOf("@");
  if (at <= 0) return { kind: "npm", name: checkNpmName(text) };
  const range = text.slice(at + 1);
  if (range === "") {
    throw new CoreError(
      "OBJECT_INVALID",
      `${JSON.stringify(`npm:${text.slice(0, 220)}`)} has nothing behind its last @`,
      {
        hint: "Name a version, a range or a dist-tag behind the @, or leave the @ away for every version.",
      },
    );
  }
  return { kind: "npm", name: checkNpmName(text.slice(0, at)), range };
}

/** Undefined for what is no purl, or one of a type that is not read. */
function readPurl(text: string): ObjectReference | undefined {
  if (!/^pkg:/i.test(text)) return undefined;
  const purl = parsePurl(text);
  if (purl.type === "npm") return readNpmPurl(purl, text);
  return purl.type === "helm" ? readHelmPurl(purl, text) : undefined;
}

function readNpmPurl({ namespace, name, version, qualifiers, subpath }: Purl, text: string): ObjectReference {
  if (Object.keys(qualifiers).length > 0 || subpath !== undefined) {
    throw new CoreError("OBJECT_INVALID", `${JSON.stringify(text.slice(0, 200))} has qualifiers or a subpath`, {
      hint: "Leave them out; another registry is named with --registry or in npm's configuration.",
    });
  }
  const packageName = checkNpmName(namespace === undefined ? name : `${namespace}/${name}`);
  return version === undefined
    ? { kind: "npm", name: packageName }
    : { kind: "npm", name: packageName, range: version };
}

/** The purl of a chart of a classic repository, as results have it. */
function readHelmPurl({ namespace, name, version, qualifiers, subpath }: Purl, text: string): ObjectReference {
  const { repository_url: url, ...others } = qualifiers;
  const isPlain = namespace === undefined && subpath === undefined && Object.keys(others).length === 0;
  if (url !== undefined && !url.includes("?") && isPlain) {
    return parseHelmReference(`${url.replace(/\/*$/, "/")}${name}${version === undefined ? "" : `@${version}`}`);
  }
  throw new CoreError("OBJECT_INVALID", `${JSON.stringify(text.slice(0, 200))} does not name a chart of a repository`, {
    hint: "Write it like pkg:helm/name@1.2.3?repository_url=https://host/path, or helm:https://host/path/name@1.2.3.",
  });
}

/** `DIR`, or `DIR@ALG:HEX` with an algorithm that the OCI image specification registers ("Digests"). */
function parseLayoutReference(text: string): ObjectReference {
  const [, folder = text, algorithm, hex] = /^(.*)@(sha256|sha512):([^@]*)$/.exec(text) ?? [];
  if (folder === "") throw new CoreError("OBJECT_INVALID", "oci-layout: names no folder");
  if (algorithm === undefined || hex === undefined) return { kind: "oci-layout", folder };
  parseHexDigest(algorithm, hex);
  return { kind: "oci-layout", folder, digest: `${algorithm}:${hex.toLowerCase()}` };
}

/** A name that the npm registry can hold, capitals of older packages included. */
function checkNpmName(name: string): string {
  const bare = name.startsWith("@") ? name.slice(1).split("/") : [name];
  const wellFormed = bare.length === (name.startsWith("@") ? 2 : 1) && bare.every((part) => isNamePart(part));
  if (wellFormed && name.length <= 214) return name;
  throw new CoreError("OBJECT_INVALID", `${JSON.stringify(name.slice(0, 220))} is not the name of an npm package`, {
    hint: "Names look like name or @scope/name.",
  });
}

function isNamePart(part: string): boolean {
  return part !== "" && !part.startsWith(".") && part.isWellFormed() && encodeURIComponent(part) === part;
}
