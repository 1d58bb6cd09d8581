import { createPublicKey, type KeyObject } from "node:crypto";
import { arrayAt, CoreError, objectAt, parseStrictJson, stringAt } from "@colophon/core";
import { isCanonicalBase64 } from "../base64.ts";
import { SigstoreError } from "../error.ts";
import type { RegistryKey } from "./trust-root.ts";

/** Keys of other usages sign packuments, not attestations. */
const USAGE = "npm:attestations";
const TARGET = /^([^/]+)\/keys\.json$/;

/** Host of the registry whose keys a TUF target holds (`<registry host>/keys.json`), or undefined. */
export function registryHostOfTarget(target: string): string | undefined {
  return TARGET.exec(decodeURIComponent(target))?.[1]?.toLowerCase();
}

/**
 * Reads an npm registry's keys in the form of its TUF target `keys.json`; keys of other usages are left out.
 * `what` names the input. Throws REGISTRY_KEYS_INVALID.
 */
export function parseRegistryKeys(text: string, host: string, what: string): readonly RegistryKey[] {
  const entries = arrayAt(parse(text, what), "keys");
  if (entries === undefined) throw invalid(what, "it has no list named keys");
  return entries
    .filter((entry) => stringAt(entry, "keyUsage") === USAGE)
    .map((entry, index) => parseKey(entry, host, `${what}, key ${index + 1} for ${USAGE}`));
}

function parse(text: string, what: string): unknown {
  try {
    return parseStrictJson(text, what);
  } catch (error) {
    if (error instanceof CoreError) throw invalid(what, error.message);
    throw error;
  }
}

function parseKey(entry: unknown, host: string, what: string): RegistryKey {
  const key = objectAt(entry, "publicKey");
  const keyId = stringAt(entry, "keyId");
  const rawBytes = stringAt(key, "rawBytes");
  if (keyId === undefined || keyId === "") throw invalid(what, "it has no keyId");
  if (rawBytes === undefined || !isCanonicalBase64(rawBytes)) throw invalid(what, "its rawBytes are not base64");
  const validFor = objectAt(key, "validFor");
  const start = parseDate(stringAt(validFor, "start"), what);
  const end = parseDate(stringAt(validFor, "end"), what);
  return {
    host: host.toLowerCase(),
    keyId,
    publicKey: parseSpki(rawBytes, what),
    validFor: { ...(start && { start }), ...(end && { end }) },
  };
}

function parseSpki(rawBytes: string, what: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(rawBytes, "base64"), format: "der", type: "spki" });
  } catch {
    throw invalid(what, "its rawBytes are not a public key (SPKI)");
  }
}

function parseDate(text: string | undefined, what: string): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw invalid(what, `${JSON.stringify(text)} is not a date`);
  return date;
}

function invalid(what: string, why: string): SigstoreError {
  return new SigstoreError("REGISTRY_KEYS_INVALID", `${what} does not hold registry keys: ${why}`, {
    hint: "Give the registry's keys.json as its TUF target has it: keys[] with keyId, keyUsage and publicKey.",
  });
}
