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

/**
 * Fields that hold DER. Real ones have 2 to 8 KB; each element of one becomes some 200 bytes in memory, so that those of
 * the largest bundle would fill it.
 */
const DER = new Set(["rawBytes", "signedTimestamp"]);
/** Characters of base64 of 64 KB. */
const MAX_DER_LENGTH = 87_384;

/** Of each group at most one may be there (protobuf `oneof`); parsers disagree about which one wins. */
const EITHER = [
  ["certificate", "x509CertificateChain", "publicKey"],
  ["dsseEnvelope", "messageSignature"],
];

/** The first thing in a bundle's JSON that two readers could take for two things; undefined: nothing. */
export function findShapeFault(bundle: unknown): string | undefined {
  const fault = findFault(bundle);
  return fault && `${fault.at === "" ? "it" : fault.at} ${fault.why}`;
}

interface Fault {
  /** Path of the field; empty at the top. */
  readonly at: string;
  readonly why: string;
}

/** A path is put together only where there is a fault: one for each of millions of values would fill the memory. */
function findFault(value: unknown): Fault | undefined {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const fault = findFault(item);
      if (fault !== undefined) return below(`[${index}]`, fault);
    }
  } else if (isObject(value)) {
    const both = findBoth(value);
    if (both !== undefined) return { at: "", why: `has both ${both}` };
    for (const key in value) {
      const why = findFieldFault(key, value[key]);
      const fault = why === undefined ? findFault(value[key]) : { at: "", why };
      if (fault !== undefined) return below(key, fault);
    }
  }
  return undefined;
}

function below(part: string, { at, why }: Fault): Fault {
  return { at: at === "" || at.startsWith("[") ? `${part}${at}` : `${part}.${at}`, why };
}

function findBoth(value: JsonObject): string | undefined {
  const found = EITHER.map((group) => group.filter((key) => (value[key] ?? null) !== null));
  return found.find(({ length }) => length > 1)?.join(" and ");
}

function findFieldFault(key: string, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (BYTES.has(key) && !isBase64(value)) return "is not base64";
  if (DER.has(key) && (value as string).length > MAX_DER_LENGTH) return "has more than 64 KB";
  if (INTEGERS.has(key) && !isWhole(value)) return `is ${quote(value)}, not a whole number`;
  const most = Object.hasOwn(MOST, key) ? MOST[key] : undefined;
  if (most === undefined) return undefined;
  if (!Array.isArray(value)) return "is not a list";
  if (value.length > most) return `has ${value.length} elements, more than ${most}`;
  return key === "hashes" && !value.every(isBase64) ? "is not base64" : undefined;
}

function isBase64(value: unknown): boolean {
  return typeof value === "string" && isCanonicalBase64(value);
}

function isWhole(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  return typeof value === "string" && /^\d{1,15}$/.test(value);
}
