import { isObject, type JsonObject } from "@colophon/core";
import { isCanonicalBase64 } from "./base64.ts";

import { quote } from "./refusal.ts";

/** Fields of sigstore_bundle.proto and what it refers to that hold bytes, wherever they stand in a bundle. */
const BYTES = new Set([
  "rawBytes",
  "payload",
  "sig",
  "signature",
  "digest",
  "signedTimestamp",
  "signedEntryTimestamp",
  "keyId",
  "canonicalizedBody",
  "rootHash",
]);
/** 64-bit integers, written as digits or as a number. */
const INTEGERS = new Set(["logIndex", "integratedTime", "treeSize"]);

/** Most elements of each list: what is above is made to cost time, since every element is a signature to check. */
const MOST: Readonly<Record<string, number>> = {
  tlogEntries: 16,
  rfc3161Timestamps: 16,
  certificates: 16,
  signatures: 16,
  hashes: 64,
};

/** Of each group at most one may be there (protobuf `oneof`); parsers disagree about which one wins. */
const EITHER = [
  ["certificate", "x509CertificateChain", "publicKey"],
  ["dsseEnvelope", "messageSignature"],
];

/** The first thing in a bundle's JSON that two readers could take for two things; undefined: nothing. */
export function findShapeFault(value: unknown, path = ""): string | undefined {
  if (Array.isArray(value)) return findIn(value.map((item, index) => [`${path}[${index}]`, item]));
  if (!isObject(value)) return undefined;
  for (const group of EITHER) {
    const found = group.filter((key) => value[key] !== undefined && value[key] !== null);
    if (found.length > 1) return `it has both ${found.join(" and ")}`;
  }
  return (
    findFieldFault(value, path) ??
    findIn(Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item]))
  );
}

function findIn(entries: readonly (readonly [string, unknown])[]): string | undefined {
  for (const [path, item] of entries) {
    const fault = findShapeFault(item, path);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findFieldFault(value: JsonObject, path: string): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (item === null || item === undefined) continue;
    if (BYTES.has(key) && !(typeof item === "string" && isCanonicalBase64(item))) return `${at} is not base64`;
    if (INTEGERS.has(key) && !isDigits(item)) return `${at} is ${quote(item)}, not a whole number`;
    const most = Object.hasOwn(MOST, key) ? MOST[key] : undefined;
    if (most === undefined) continue;
    if (!Array.isArray(item)) return `${at} is not a list`;
    if (item.length > most) return `${at} has ${item.length} elements, more than ${most}`;
    if (key === "hashes" && !item.every((hash) => typeof hash === "string" && isCanonicalBase64(hash))) {
      return `${at} is not base64`;
    }
  }
  return undefined;
}

function isDigits(value: unknown): boolean {
  return typeof value === "number" ? Number.isSafeInteger(value) && value >= 0 : /^\d{1,15}$/.test(String(value));
}
