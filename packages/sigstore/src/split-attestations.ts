import { createHash } from "node:crypto";
import { arrayAt, isObject, parseStrictJson, stringAt, type Attestation } from "@colophon/core";
import { decodeUtf8, formOf } from "./document.ts";
import { SigstoreError } from "./error.ts";

/** Four attestations of the greatest size. */
const MAX_BYTES = 128 * 1024 * 1024;

export interface ListedAttestation extends Attestation {
  /** The predicate type under which a registry's answer lists it. */
  readonly listedAs?: string;
}

/**
 * Takes apart what a user hands over: a Sigstore bundle, a DSSE envelope or a bare statement; JSON lines of
 * these; or an npm registry's attestations answer. What is wrong inside one of them is left to the verifier.
 * Throws ATTESTATION_MALFORMED, ATTESTATION_TOO_LARGE, or CoreError JSON_INVALID; `name` stands in the message.
 */
export function splitAttestations(bytes: Uint8Array, name: string): readonly ListedAttestation[] {
  if (bytes.byteLength > MAX_BYTES) {
    throw new SigstoreError("ATTESTATION_TOO_LARGE", `${name} has ${bytes.byteLength} bytes, more than ${MAX_BYTES}`);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw malformed(name, "it is not UTF-8 text");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 1 && isJson(lines[0] ?? "")) {
    return lines.map((line, index) => readLine(line, `${name}, line ${index + 1} of those that are not blank`));
  }
  const value = parseStrictJson(text, name);
  const listed = formOf(value) === undefined ? arrayAt(value, "attestations") : undefined;
  if (listed !== undefined) return listed.map((entry, index) => readListed(entry, `${name}, attestation ${index + 1}`));
  return [toAttestation(value, bytes, name)];
}

function isJson(line: string): boolean {
  try {
    return isObject(JSON.parse(line));
  } catch {
    return false;
  }
}

function readLine(line: string, name: string): ListedAttestation {
  const text = line.trim();
  return toAttestation(parseStrictJson(text, name), Buffer.from(text, "utf8"), name);
}

function readListed(entry: unknown, name: string): ListedAttestation {
  if (!isObject(entry) || !Object.hasOwn(entry, "bundle")) throw malformed(name, "it has no bundle");
  const listedAs = stringAt(entry, "predicateType");
  const bundle = entry["bundle"];
  const bytes = Buffer.from(JSON.stringify(bundle), "utf8");
  const mediaType = stringAt(bundle, "mediaType") ?? "application/json";
  return { mediaType, bytes, digest: digestOf(bytes), ...(listedAs !== undefined && { listedAs }) };
}

function toAttestation(value: unknown, bytes: Uint8Array, name: string): Attestation {
  const form = formOf(value);
  if (form === undefined) throw malformed(name, "it is JSON of another kind");
  const mediaType = {
    bundle: stringAt(value, "mediaType") ?? "application/json",
    envelope: "application/vnd.dsse.envelope.v1+json",
    statement: "application/vnd.in-toto+json",
  }[form];
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function malformed(name: string, why: string): SigstoreError {
  return new SigstoreError("ATTESTATION_MALFORMED", `${name} holds no attestation: ${why}`, {
    hint: "Give a Sigstore bundle, JSON lines of bundles or DSSE envelopes, or a registry's attestations answer.",
  });
}
