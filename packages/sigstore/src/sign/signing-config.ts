import { arrayAt, CoreError, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { SigstoreError } from "../error.ts";
import { quote } from "../refusal.ts";
import { parseServiceUrl } from "./service.ts";

/** Sigstore's SigningConfig v0.2 (sigstore_trustroot.proto), as far as signing needs it: which services there are. */
export interface SigningConfig {
  /** Names the input, for messages. */
  readonly name: string;
  readonly fulcio: readonly ConfiguredService[];
  readonly logs: readonly ConfiguredService[];
  readonly logSelector: Selector;
  readonly timestampAuthorities: readonly ConfiguredService[];
  readonly timestampSelector: Selector;
}

export interface ConfiguredService {
  readonly url: string;
  readonly majorApiVersion: number;
  readonly start: Date;
  readonly end?: Date;
  readonly operator: string;
}

/** How many of the services of distinct operators are to be used. */
export type Selector = { readonly kind: "any" | "all" } | { readonly kind: "exact"; readonly count: number };

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const MAX_CHARACTERS = 1024 * 1024;
const MAX_SERVICES = 100;

/** Reads the protobuf JSON of a signing config v0.2; `name` says where it is from. Throws SIGNING_CONFIG_INVALID. */
export function parseSigningConfig(text: string, name: string): SigningConfig {
  if (text.length > MAX_CHARACTERS) throw invalid(name, `it has more than ${MAX_CHARACTERS} characters`);
  const value = parse(text, name);
  if (!isObject(value)) throw invalid(name, "it is not an object");
  const mediaType = stringAt(value, "mediaType");
  if (mediaType !== MEDIA_TYPE) throw invalid(name, `its mediaType is ${quote(mediaType)}`);
  const logs = servicesAt(value, "rekorTlogUrls", name);
  const timestampAuthorities = servicesAt(value, "tsaUrls", name);
  return {
    name,
    fulcio: servicesAt(value, "caUrls", name),
    logs,
    logSelector: selectorAt(value, "rekorTlogConfig", logs, name),
    timestampAuthorities,
    timestampSelector: selectorAt(value, "tsaConfig", timestampAuthorities, name),
  };
}

function parse(text: string, name: string): unknown {
  try {
    return parseStrictJson(text, "the text");
  } catch (error) {
    if (error instanceof CoreError) throw invalid(name, error.message);
    throw error;
  }
}

function servicesAt(value: JsonObject, key: string, name: string): readonly ConfiguredService[] {
  const list = value[key] === undefined ? [] : arrayAt(value, key);
  if (list === undefined) throw invalid(name, `its ${key} is not a list`);
  if (list.length > MAX_SERVICES) throw invalid(name, `its ${key} has more than ${MAX_SERVICES} entries`);
  return list.map((entry, index) => parseService(entry, name, `${key}[${index}]`));
}

function parseService(entry: unknown, name: string, at: string): ConfiguredService {
  const url = stringAt(entry, "url") ?? "";
  const majorApiVersion = isObject(entry) ? entry["majorApiVersion"] : undefined;
  if (typeof majorApiVersion !== "number" || !Number.isInteger(majorApiVersion)) {
    throw invalid(name, `${at} has no majorApiVersion`);
  }
  const validFor = objectAt(entry, "validFor");
  const start = dateAt(validFor, "start", name, at);
  if (start === undefined) throw invalid(name, `${at} has no validFor.start`);
  const end = dateAt(validFor, "end", name, at);
  const operator = stringAt(entry, "operator") ?? "";
  return { url: checkUrl(url, name, at), majorApiVersion, start, operator, ...(end !== undefined && { end }) };
}

function checkUrl(url: string, name: string, at: string): string {
  try {
    parseServiceUrl(url);
  } catch (error) {
    if (error instanceof SigstoreError) throw invalid(name, `${at}.url: ${error.message}`);
    throw error;
  }
  return url;
}

function dateAt(value: unknown, key: string, name: string, at: string): Date | undefined {
  if (!isObject(value) || value[key] === undefined) return undefined;
  const text = stringAt(value, key) ?? "";
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(date.getTime())) {
    throw invalid(name, `${at}.validFor.${key} is not a time in RFC 3339`);
  }
  return date;
}

/** Without services there is nothing to select, and protobuf JSON leaves the selector out. */
function selectorAt(value: JsonObject, key: string, of: readonly ConfiguredService[], name: string): Selector {
  const config = objectAt(value, key);
  const selector = stringAt(config, "selector");
  const count = config?.["count"];
  if (selector === "ANY" || (selector === undefined && of.length === 0)) return { kind: "any" };
  if (selector === "ALL") return { kind: "all" };
  if (selector !== "EXACT") throw invalid(name, `its ${key} has no selector ANY, ALL or EXACT but ${quote(selector)}`);
  if (typeof count === "number" && Number.isInteger(count) && count > 0) return { kind: "exact", count };
  throw invalid(name, `its ${key} selects EXACT without a count`);
}

function invalid(name: string, why: string): SigstoreError {
  return new SigstoreError("SIGNING_CONFIG_INVALID", `${name} is not a Sigstore signing config: ${why}`, {
    hint: `Give a signing_config.v0.2.json (${MEDIA_TYPE}).`,
  });
}
