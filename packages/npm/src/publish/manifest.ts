import { CoreError, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { NpmError } from "../error.ts";

/** Bytes of a package.json. */
export const MAX_MANIFEST_BYTES: number = 1024 * 1024;

/** What publishing needs of a package.json (npm's package.json documentation). */
export interface PackageManifest {
  readonly name: string;
  /** Undefined where a release tool is still to write it. */
  readonly version: string | undefined;
  readonly private: boolean;
  /** As written, of any type; it can hold user info. `repositoryUriOf` of core reads it. */
  readonly repository: unknown;
  readonly publishConfig: PublishConfig;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of the packages that are installed with it. */
  readonly needs: readonly string[];
  /** `dependencies.@acme/core` and the like: those whose specifier means something in its own workspace alone. */
  readonly unresolved: readonly string[];
}

/** The package.json that a tarball has. */
export interface PackedManifest extends PackageManifest {
  readonly version: string;
}

/** As written; members of another type are left out. */
export interface PublishConfig {
  /** That of the package's scope, which goes first, or of all packages. */
  readonly registry?: string;
  readonly access?: string;
  readonly tag?: string;
  readonly provenance?: boolean;
}

/** What consumers install; devDependencies are nobody's but the author's. */
const INSTALLED = ["dependencies", "peerDependencies", "optionalDependencies"];
const LOCAL_SPECIFIER = /^(?:workspace|catalog|link|portal):/;

/** `what` names the file in messages. Throws MANIFEST_INVALID. */
export function parseManifest(bytes: Uint8Array, what: string): PackageManifest {
  const manifest = parseObject(bytes, what);
  const name = stringAt(manifest, "name");
  if (name === undefined || name === "") throw invalid(`${what} has no name`);
  const version = stringAt(manifest, "version");
  return {
    name,
    version: version === "" ? undefined : version,
    private: manifest["private"] === true,
    repository: manifest["repository"],
    publishConfig: readPublishConfig(objectAt(manifest, "publishConfig"), name),
    scripts: Object.fromEntries(stringsOf(objectAt(manifest, "scripts"))),
    needs: INSTALLED.flatMap((kind) => Object.keys(objectAt(manifest, kind) ?? {})),
    unresolved: INSTALLED.flatMap((kind) =>
      stringsOf(objectAt(manifest, kind))
        .filter(([, specifier]) => LOCAL_SPECIFIER.test(specifier))
        .map(([dependency]) => `${kind}.${dependency}`),
    ),
  };
}

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  if (bytes.length > MAX_MANIFEST_BYTES) throw invalid(`${what} has more than ${MAX_MANIFEST_BYTES} bytes`);
  let manifest: unknown;
  try {
    // A byte order mark is no fault to npm.
    manifest = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), what);
  } catch (cause) {
    throw invalid(cause instanceof CoreError ? cause.message : `${what} is not UTF-8`, cause);
  }
  if (!isObject(manifest)) throw invalid(`${what} is no JSON object`);
  return manifest;
}

function readPublishConfig(config: JsonObject | undefined, name: string): PublishConfig {
  const texts = stringsOf(config).filter(([key]) => ["registry", "access", "tag"].includes(key));
  const scoped = name.startsWith("@") ? config?.[`${name.split("/")[0]}:registry`] : undefined;
  if (typeof scoped === "string") texts.push(["registry", scoped]);
  const provenance = config?.["provenance"];
  return { ...Object.fromEntries(texts), ...(typeof provenance === "boolean" && { provenance }) };
}

function stringsOf(value: JsonObject | undefined): [string, string][] {
  return Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

export function invalid(message: string, cause?: unknown): NpmError {
  return new NpmError("MANIFEST_INVALID", message, {
    hint: "`npm pkg fix` mends what npm itself would mend on publishing.",
    cause,
  });
}
