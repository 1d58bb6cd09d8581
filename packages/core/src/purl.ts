import { CoreError } from "./error.ts";

/** A package URL (purl-spec), decoded: the parts as they are, not percent-encoded. */
export interface Purl {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath?: string;
}

const MAX_LENGTH = 4096;

/**
 * Writes the canonical form: every part percent-encoded but for `:` in versions and qualifier values and the `/`
 * between segments, qualifiers sorted. Unlike the type's general rule, npm names keep their case: the registry holds
 * older packages with capitals, and another case is another package.
 */
export function formatPurl(purl: Purl): string {
  const { type, namespace, name, version, qualifiers, subpath } = purl;
  const path = namespace === undefined ? [name] : [...namespace.split("/"), name];
  const at = version === undefined ? "" : `@${encode(version)}`;
  const pairs = Object.keys(qualifiers).toSorted();
  const query = pairs.map((key) => `${key}=${encode(qualifiers[key] ?? "")}`).join("&");
  const fragment = subpath === undefined ? "" : `#${subpath.split("/").map(encode).join("/")}`;
  return `pkg:${type}/${path.map(encode).join("/")}${at}${query === "" ? "" : `?${query}`}${fragment}`;
}

/** The purl of one npm package version. */
export function npmPurl(packageName: string, version: string): string {
  const slash = packageName.indexOf("/");
  const scope = slash === -1 ? {} : { namespace: packageName.slice(0, slash) };
  return formatPurl({ type: "npm", ...scope, name: packageName.slice(slash + 1), version, qualifiers: {} });
}

/** Reads a purl (purl-spec, "How to parse"). Refuses `.` and `..` segments and empty parts. Throws PURL_INVALID. */
export function parsePurl(text: string): Purl {
  if (text.length > MAX_LENGTH) throw invalid(text, `it is longer than ${MAX_LENGTH} characters`);
  if (!text.isWellFormed()) throw invalid(text, "it holds half of a surrogate pair");
  if (!/^pkg:/i.test(text)) throw invalid(text, 'it does not start with "pkg:"');
  const [beforeFragment, fragment] = splitOnce(text.slice(4), "#", "last");
  const [beforeQuery, query] = splitOnce(beforeFragment, "?", "last");
  const [path, versionText] = splitVersion(beforeQuery);
  const segments = path.split("/").filter((segment) => segment !== "");
  const type = segments.shift()?.toLowerCase() ?? "";
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) throw invalid(text, `"${type}" is not a package type`);
  const parts = segments.map((segment) => decodeSegment(segment, text));
  const name = parts.pop();
  if (name === undefined) throw invalid(text, "it has no name");
  const version = versionText === undefined ? undefined : decode(versionText, text);
  if (version === "") throw invalid(text, "its version is empty");
  const subpath = fragment === undefined ? undefined : readSubpath(fragment, text);
  return {
    type,
    ...(parts.length > 0 ? { namespace: parts.join("/") } : {}),
    name,
    ...(version === undefined ? {} : { version }),
    qualifiers: query === undefined ? {} : readQualifiers(query, text),
    ...(subpath === undefined ? {} : { subpath }),
  };
}

function readQualifiers(query: string, text: string): Record<string, string> {
  const qualifiers: Record<string, string> = {};
  for (const pair of query.split("&")) {
    const [key, value = ""] = splitOnce(pair, "=", "first");
    if (value === "") continue;
    const name = key.toLowerCase();
    if (!/^[a-z][a-z0-9.\-_]*$/.test(name)) throw invalid(text, `"${key}" is not a qualifier's name`);
    if (Object.hasOwn(qualifiers, name)) throw invalid(text, `the qualifier "${name}" stands twice`);
    qualifiers[name] = decode(value, text);
  }
  return qualifiers;
}

function readSubpath(fragment: string, text: string): string | undefined {
  const segments = fragment.split("/").filter((segment) => segment !== "");
  return segments.length === 0 ? undefined : segments.map((segment) => decodeSegment(segment, text)).join("/");
}

function decodeSegment(segment: string, text: string): string {
  const decoded = decode(segment, text);
  if (decoded === "." || decoded === ".." || decoded.includes("/") || decoded.includes("\\")) {
    throw invalid(text, `"${segment}" is not a name but a path`);
  }
  return decoded;
}

function decode(part: string, text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(part);
  } catch (cause) {
    throw invalid(text, `"${part}" is not percent-encoded UTF-8`, cause);
  }
  if (/[\u0000-\u001f\u007f]/.test(decoded)) throw invalid(text, "it holds control characters");
  return decoded;
}

function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");
}

/** The version starts at the last `@`; one that starts a segment before the last is an npm scope that was not encoded. */
function splitVersion(path: string): [string, string | undefined] {
  const at = path.lastIndexOf("@");
  if (at <= 0 || (path[at - 1] === "/" && path.includes("/", at))) return [path, undefined];
  return [path.slice(0, at), path.slice(at + 1)];
}

function splitOnce(text: string, separator: string, which: "first" | "last"): [string, string | undefined] {
  const at = which === "first" ? text.indexOf(separator) : text.lastIndexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function invalid(text: string, why: string, cause?: unknown): CoreError {
  return new CoreError("PURL_INVALID", `${JSON.stringify(text.slice(0, 200))} is not a package URL: ${why}`, {
    hint: "Write it like pkg:npm/%40scope/name@1.2.3, or use the short form npm:@scope/name@1.2.3.",
    cause,
  });
}
