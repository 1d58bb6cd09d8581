import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { TransparencyLogEntry } from "./bundle.ts";
import type { LoggedEntry, TransparencyLog } from "./log.ts";

/** An entry as `dev.sigstore.rekor.v1.TransparencyLogEntry` in protobuf JSON: Rekor v2's answer, and a bundle's part. */
export function toTransparencyLogEntry(log: TransparencyLog, entry: LoggedEntry): TransparencyLogEntry {
  return {
    logIndex: String(entry.index),
    logId: { keyId: log.keyId.toString("base64") },
    kindVersion: { kind: entry.kind, version: entry.version },
    ...(entry.integratedTime === undefined ? {} : { integratedTime: String(entry.integratedTime) }),
    ...(entry.promise === undefined
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: entry.promise.toString("base64") } }),
    inclusionProof: {
      logIndex: String(entry.index),
      rootHash: entry.root.toString("base64"),
      treeSize: String(entry.treeSize),
      hashes: entry.path.map((hash) => hash.toString("base64")),
      checkpoint: { envelope: entry.checkpoint },
    },
    canonicalizedBody: entry.body.toString("base64"),
  };
}

/** The id under which Rekor v1 files an entry: the tree id, 8 bytes, then the leaf hash, in hex. */
export function toEntryUuid(body: Buffer): string {
  return `${"0".repeat(16)}${createHash("sha256").update(Uint8Array.of(0)).update(body).digest("hex")}`;
}

/** An entry as Rekor v1 answers `POST /api/v1/log/entries`: one member, named by the entry's UUID. */
export function toRekorV1Answer(log: TransparencyLog, entry: LoggedEntry): JsonObject {
  return {
    [toEntryUuid(entry.body)]: {
      body: entry.body.toString("base64"),
      integratedTime: entry.integratedTime,
      logID: log.keyId.toString("hex"),
      logIndex: entry.index,
      verification: {
        inclusionProof: {
          checkpoint: entry.checkpoint,
          hashes: entry.path.map((hash) => hash.toString("hex")),
          logIndex: entry.index,
          rootHash: entry.root.toString("hex"),
          treeSize: entry.treeSize,
        },
        signedEntryTimestamp: entry.promise?.toString("base64"),
      },
    },
  };
}
