import { createHash } from "node:crypto";
import { arrayAt, isObject, parseStrictJson, stringAt, type Attestation } from "@colophon/core";
import { decodeUtf8, formOf } from "./document.ts";
import { SigstoreError } from "./error.ts";

/** Four attestations of the greatest size. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Each is verified, and all are held in memory. */
const MAX_ATTESTATIONS = 10_000;

export interface ListedAttestation extends Attestation {
  /** The predicate type under which a registry's answer lists it. */
  readonly listedAs?: string;
}

/**
 * Takes apart what a user hands over: a Sigstore bundle, a DSSE envelope or a bare statement; JSON lines of these
 * (in-toto attestation bundle); or an npm registry's attestations answer. Lines and entries are independent: one that
 * cannot be read is handed on as it is, for the verifier to name, and hides no other.
 * Throws ATTESTATION_TOO_LARGE, for more than 10,000 of them too; `name` stands in the message.
 */
export function splitAttestations(bytes: Uint8Array, name: string): readonly ListedAttestation[] {
  if (bytes.byteLength > MAX_BYTES) {
    throw new SigstoreError("ATTESTATION_TOO_LARGE", `${name} has ${bytes.byteLength} bytes, more than ${MAX_BYTES}`);
  }
  const text = decodeUtf8(bytes) ?? "";
  const value = parse(text);
  if (value === undefined) return splitLines(text, name) ?? [toAttestation(value, bytes)];
  const listed = formOf(value) === undefined ? arrayAt(value, "attestations") : undefined;
  if (listed === undefined) return [toAttestation(value, bytes)];
  checkCount(listed.length, name);
  return listed.map(readListed);
}

/** Undefined where no line is an attestation. */
function splitLines(text: string, name: string): readonly ListedAttestation[] | undefined {
  const lines = text.split("\n", MAX_ATTESTATIONS + 1).map((line) => ({ line: line.trim(), value: parse(line) }));
  if (!lines.some(({ value }) => formOf(value) !== undefined)) return undefined;
  checkCount(lines.length, name);
  return lines
    .filter(({ line }) => line !== "")
    .map(({ line, value }) => toAttestation(value, Buffer.from(line, "utf8")));
}

function checkCount(count: number, name: string): void {
  if (count <= MAX_ATTESTATIONS) return;
  throw new SigstoreError("ATTESTATION_TOO_LARGE", `${name} holds more than ${MAX_ATTESTATIONS} attestations`, {
    hint: "Split it into several files.",
  });
}

/** Undefined where it is not strict JSON. */
function parse(text: string): unknown {
  try {
    return parseStrictJson(text, "the attestation");
  } catch {
    return undefined;
  }
}

function readListed(entry: unknown): ListedAttestation {
  const listedAs = stringAt(entry, "predicateType");
  const bundle = isObject(entry) ? (entry["bundle"] ?? null) : entry;
  const attestation = toAttestation(bundle, Buffer.from(JSON.stringify(bundle), "utf8"));
  return listedAs === undefined ? attestation : { ...attestation, listedAs };
}

function toAttestation(value: unknown, bytes: Uint8Array): Attestation {
  const form = formOf(value);
  const mediaTypes = {
    bundle: stringAt(value, "mediaType") ?? "application/json",
    envelope: "application/vnd.dsse.envelope.v1+json",
    statement: "application/vnd.in-toto+json",
  };
  const mediaType = form === undefined ? "application/octet-stream" : mediaTypes[form];
  return { mediaType, bytes, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };
}
