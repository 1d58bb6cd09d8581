import { sign, type KeyObject } from "node:crypto";

/** The head of a log: its size and root hash, under the name that signs it. */
export interface TreeHead {
  /** First line of the note: `host` (Rekor v2) or `host - tree id` (Rekor v1). */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The key of a checkpoint; the first four bytes of `keyId` are the hint in the signature line. */
export interface CheckpointKey {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly privateKey: KeyObject;
}

/** Writes and signs a checkpoint (transparency.dev tlog-checkpoint, in a signed note). */
export function signCheckpoint(head: TreeHead, key: CheckpointKey): string {
  const note = `${head.origin}\n${head.size}\n${Buffer.from(head.root).toString("base64")}\n`;
  const algorithm = key.privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  const signature = sign(algorithm, Buffer.from(note), key.privateKey);
  const line = Buffer.concat([key.keyId.subarray(0, 4), signature]).toString("base64");
  return `${note}\n\u2014 ${key.name} ${line}\n`;
}
