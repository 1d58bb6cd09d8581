import { arrayAt, objectAt, stringAt } from "@colophon/core";
import { readJson } from "./json.ts";

/**
 * The digests (`<algorithm>:<hex>`, sha256 and sha512) that the statement in an envelope, bundle or bare statement
 * names as its subjects: a claim, nothing proven. What cannot be read names nothing.
 */
export function claimedSubjects(bytes: Uint8Array): ReadonlySet<string> {
  const value = readJson(bytes);
  const payload = stringAt(value, "payload") ?? stringAt(objectAt(value, "dsseEnvelope"), "payload");
  const statement = payload === undefined ? value : readJson(Buffer.from(payload, "base64"));
  const digests = (arrayAt(statement, "subject") ?? []).flatMap((subject) =>
    ["sha256", "sha512"].flatMap((algorithm) => {
      const hex = stringAt(objectAt(subject, "digest"), algorithm);
      return hex === undefined ? [] : [`${algorithm}:${hex.toLowerCase()}`];
    }),
  );
  return new Set(digests);
}
