import { isObject, parseStrictJson, stringAt } from "@colophon/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { TrustedRoots } from "./trust-root.ts";

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

/**
 * Reads a Sigstore trusted root (sigstore_trustroot.proto) and tries every key and certificate in it.
 * Throws an error whose message says what is wrong.
 */
export async function parseTrustedRoot(text: string): Promise<TrustedRoot> {
  const value = parseStrictJson(text, "the text");
  if (!isObject(value)) throw new Error("it is not an object");
  const mediaType = stringAt(value, "mediaType") ?? "";
  if (!MEDIA_TYPE.test(mediaType)) throw new Error(`its mediaType is ${JSON.stringify(mediaType.slice(0, 80))}`);
  const { TrustedRoot } = await import("@sigstore/protobuf-specs");
  const root = TrustedRoot.fromJSON(value);
  const fault = findFault(root);
  if (fault !== undefined) throw new Error(fault);
  const { toTrustMaterial } = await import("@sigstore/verify");
  toTrustMaterial(root);
  return root;
}

/** Reads one trusted root, or JSON lines of several. Throws as `parseTrustedRoot` does. */
export async function parseTrustedRoots(text: string): Promise<TrustedRoots> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isLines = lines.length > 1 && lines.every((line) => line.startsWith("{") && line.trimEnd().endsWith("}"));
  if (!isLines) return [await parseTrustedRoot(text)];
  const [first, ...others] = lines;
  return [await parseTrustedRoot(first ?? ""), ...(await Promise.all(others.map(parseTrustedRoot)))];
}

function findFault(root: TrustedRoot): string | undefined {
  if (root.certificateAuthorities.length === 0 && root.tlogs.length === 0) {
    return "it names neither a certificate authority nor a log";
  }
  for (const log of [...root.tlogs, ...root.ctlogs]) {
    // The library takes a missing start for the beginning of time; the format requires one.
    if (log.publicKey?.validFor?.start === undefined) return `the log ${log.baseUrl} has no validFor.start`;
  }
  return undefined;
}

/** The newest start of validity in the root: how old it is at least. */
export function newestStart(root: TrustedRoot): Date | undefined {
  const starts = [
    ...[...root.tlogs, ...root.ctlogs].map((log) => log.publicKey?.validFor?.start),
    ...[...root.certificateAuthorities, ...root.timestampAuthorities].map((authority) => authority.validFor?.start),
  ];
  return starts.reduce((newest, start) => (start && (!newest || start > newest) ? start : newest), undefined);
}
