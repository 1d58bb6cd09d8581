import { isObject, objectAt, stringAt } from "@colophon/core";
import { readJson } from "./json.ts";

/** A `TransparencyLogEntry` of sigstore_rekor.proto in JSON; what could not be read is absent. */
export interface LogEntry {
  readonly logIndex?: string;
  readonly logId?: { readonly keyId: string };
  readonly kindVersion?: { readonly kind: string; readonly version: string };
  /** Seconds since the epoch, in digits. */
  readonly integratedTime?: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  /** Base64. */
  readonly canonicalizedBody?: string;
}

/**
 * Turns cosign's annotation `dev.sigstore.cosign/bundle` into a log entry. Nothing is judged here: a part that cannot
 * be read is left out, so that the verifier refuses a broken promise rather than find none.
 */
export function toLogEntry(annotation: string): LogEntry {
  const written = readJson(Buffer.from(annotation));
  const payload = objectAt(written, "Payload");
  const promise = stringAt(written, "SignedEntryTimestamp");
  const body = stringAt(payload, "body");
  const logId = stringAt(payload, "logID") ?? "";
  const content = readJson(Buffer.from(body ?? "", "base64"));
  const kind = stringAt(content, "kind");
  const version = stringAt(content, "apiVersion");
  const logIndex = digitsAt(payload, "logIndex");
  const integratedTime = digitsAt(payload, "integratedTime");
  return {
    ...(logIndex !== undefined && { logIndex }),
    ...(/^(?:[0-9a-f]{2})+$/i.test(logId) && { logId: { keyId: Buffer.from(logId, "hex").toString("base64") } }),
    ...(kind !== undefined && version !== undefined && { kindVersion: { kind, version } }),
    ...(integratedTime !== undefined && { integratedTime }),
    ...(promise !== undefined && { inclusionPromise: { signedEntryTimestamp: promise } }),
    ...(body !== undefined && { canonicalizedBody: body }),
  };
}

/** 64-bit integers are text in the JSON of protobuf messages. */
function digitsAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0 ? String(found) : undefined;
}
