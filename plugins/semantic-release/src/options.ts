import { isAbsolute, relative, resolve, sep } from "node:path";
import { isObject } from "@colophon/core";
import { EINVALID, EUNKNOWNOPTION } from "./definitions/errors.ts";
import type { Context, PluginConfig } from "./context.ts";
import { entriesOf, OWN_NAME } from "./plugins.ts";
import { releaseError, type SemanticReleaseError } from "./release-error.ts";

/** How a release is attested, as its entry in `plugins` says. */
export interface Options {
  /** Globs of files that are released besides the npm package, from the folder that is released. */
  readonly subjects: readonly string[];
  /** GoReleaser's folder, whose `artifacts.json` says what it uploads; from the folder that is released. */
  readonly goreleaser?: string;
  /** References of images that are pushed, as templates of the host: `ghcr.io/acme/widget:${nextRelease.version}`. */
  readonly images: readonly string[];
  /** Files that builders of images wrote: metadata, digests, what they printed; from the folder that is released. */
  readonly imageMetadata: readonly string[];
  /** From the folder that is released, with forward slashes and without one at its end. */
  readonly outputDir: string;
  /** File, in place of the configuration that is found. */
  readonly config?: string;
  /** `folder=DIR`, `oci`, `oci=REPOSITORY`, in place of the configuration's. */
  readonly deposit?: readonly string[];
  readonly allowPublicLog: boolean;
  /** What an object without proof is after the publication. */
  readonly unproven: "error" | "warn";
  /** How long a registry may take to serve what was published. */
  readonly readBackTimeoutMs: number;
}

const DEFAULT_OUTPUT = "dist/colophon";
const DEFAULT_TIMEOUT_SECONDS = 180;

type Name = keyof typeof VALIDATORS;

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const isTexts = (value: unknown): boolean => isText(value) || (Array.isArray(value) && value.every(isText));

const VALIDATORS = {
  subjects: isTexts,
  images: isTexts,
  imageMetadata: isTexts,
  goreleaser: (value: unknown, cwd: string): boolean => isText(value) && isBelow(cwd, value),
  outputDir: (value: unknown, cwd: string): boolean => isText(value) && isBelow(cwd, value),
  config: isText,
  deposit: isTexts,
  allowPublicLog: (value: unknown): boolean => typeof value === "boolean",
  unproven: (value: unknown): boolean => value === "error" || value === "warn",
  readBackTimeout: (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 3600,
};

const FORMS: Readonly<Record<Name, string>> = {
  subjects: "a glob or an `Array` of globs",
  goreleaser: "the path of GoReleaser's folder, inside of the one that is released",
  images: "the name of an image or an `Array` of them, which may hold `${nextRelease.version}`",
  imageMetadata: "the path of a file or an `Array` of them",
  outputDir: "the path of a folder inside of the one that is released",
  config: "the path of a file",
  deposit: "a `String` of the form `folder=DIR`, `oci` or `oci=REPOSITORY`, or an `Array` of them",
  allowPublicLog: "a `Boolean`",
  unproven: '`"error"` or `"warn"`',
  readBackTimeout: "a `Number` of seconds from 0 to 3600",
};

/** What is wrong with the options; those of other plugins, which the host hands on too, are none of ours. */
export function checkOptions(pluginConfig: PluginConfig, context: Context): readonly SemanticReleaseError[] {
  const names = Object.keys(VALIDATORS) as Name[];
  const invalid = names.flatMap((name) => {
    const value = pluginConfig[name];
    if (value === undefined || value === null || VALIDATORS[name](value, context.cwd)) return [];
    return [releaseError(EINVALID, { option: name, form: FORMS[name], value: show(value) }, name)];
  });
  const own = entriesOf(context).find(({ name }) => name === OWN_NAME)?.config ?? {};
  const unknown = Object.keys(own).filter((key) => !Object.hasOwn(VALIDATORS, key));
  return [...invalid, ...unknown.map((option) => releaseError(EUNKNOWNOPTION, { option, known: names }))];
}

/** Throws AggregateError with all that `checkOptions` finds. */
export function readOptions(pluginConfig: PluginConfig, context: Context): Options {
  const errors = checkOptions(pluginConfig, context);
  if (errors.length > 0) throw new AggregateError(errors);
  return takeOptions(pluginConfig, context);
}

/** The options that are of their form, and the defaults of all others. */
export function takeOptions(pluginConfig: PluginConfig, { cwd }: Context): Options {
  const valid = (name: Name): unknown => (VALIDATORS[name](pluginConfig[name], cwd) ? pluginConfig[name] : undefined);
  const [config, deposit, outputDir] = [valid("config"), valid("deposit"), valid("outputDir")];
  const goreleaser = valid("goreleaser");
  return {
    subjects: textsOf(valid("subjects")),
    images: textsOf(valid("images")),
    imageMetadata: textsOf(valid("imageMetadata")),
    outputDir: pathBelow(cwd, isText(outputDir) ? outputDir : DEFAULT_OUTPUT),
    ...(isText(goreleaser) ? { goreleaser: pathBelow(cwd, goreleaser) } : {}),
    ...(isText(config) ? { config } : {}),
    ...(deposit === undefined ? {} : { deposit: textsOf(deposit).map((one) => absolute(one, cwd)) }),
    allowPublicLog: valid("allowPublicLog") === true,
    unproven: valid("unproven") === "warn" ? "warn" : "error",
    readBackTimeoutMs: Number(valid("readBackTimeout") ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
  };
}

/** However it is written: the globs of other plugins are held against it. */
function pathBelow(cwd: string, path: string): string {
  return relative(cwd, resolve(cwd, path)).replaceAll(sep, "/");
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter(isText);
}

function absolute(deposit: string, cwd: string): string {
  return deposit.replace(/^folder=(.+)$/s, (_, path: string) => `folder=${resolve(cwd, path)}`);
}

function isBelow(cwd: string, path: string): boolean {
  const way = relative(cwd, resolve(cwd, path));
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const LONGEST_SHOWN = 200;

function show(value: unknown): string {
  const text = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text.replaceAll("`", "'").slice(0, LONGEST_SHOWN);
}
