import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { canonicalJson, type JsonObject } from "../json.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { createMerkleTree } from "./merkle.ts";

/** What is appended: a canonicalised entry of one kind. */
export interface LogBody {
  readonly kind: string;
  readonly version: string;
  readonly body: Buffer;
}

/** An entry with all that proves its inclusion in the tree at the moment of its appending. */
export interface LoggedEntry extends LogBody {
  readonly index: number;
  /** Seconds since the epoch; absent in Rekor v2, which tells no time. */
  readonly integratedTime: number | undefined;
  /** Signed entry timestamp, the inclusion promise; absent in Rekor v2. */
  readonly promise: Buffer | undefined;
  readonly treeSize: number;
  readonly root: Buffer;
  readonly path: readonly Buffer[];
  readonly checkpoint: string;
}

/** An append-only log kept in memory. */
export interface TransparencyLog {
  readonly keyId: Buffer;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  append(entry: LogBody): LoggedEntry;
}

/** Where a log stands and when: `host` is the checkpoint's name, which a verifier looks for in the base URL. */
export interface LogOptions {
  readonly host: string;
  readonly now: () => Date;
}

const TREE_ID = "2605736670972794746";

/** A log as Rekor v1 keeps it: P-256, key id = SHA-256 of the public key, with inclusion promises. */
export function createRekorV1Log({ host, now }: LogOptions): TransparencyLog {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyId = createHash("sha256").update(toDer(publicKey)).digest();
  return createLog({ origin: `${host} - ${TREE_ID}`, host, keyId, publicKey, privateKey, now });
}

/** A log as Rekor v2 keeps it: Ed25519, key id as in a signed note (SHA-256 of name, newline, 1, raw key). */
export function createRekorV2Log({ host }: LogOptions): TransparencyLog {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = toDer(publicKey).subarray(-32);
  const keyId = createHash("sha256").update(`${host}\n`).update(Uint8Array.of(1)).update(raw).digest();
  return createLog({ origin: host, host, keyId, publicKey, privateKey, now: undefined });
}

interface LogKey {
  readonly origin: string;
  readonly host: string;
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly now: (() => Date) | undefined;
}

function createLog({ origin, host, keyId, publicKey, privateKey, now }: LogKey): TransparencyLog {
  const tree = createMerkleTree();
  // The first entry has index 0 and an empty path, fields that protobuf JSON leaves out and strict readers miss.
  tree.append(Buffer.from("seed 0"));
  tree.append(Buffer.from("seed 1"));
  return {
    keyId,
    publicKey: toDer(publicKey),
    append(entry) {
      const integratedTime = now === undefined ? undefined : Math.floor(now().getTime() / 1000);
      const index = tree.append(entry.body);
      const promise = integratedTime === undefined ? undefined : promiseOf(entry.body, integratedTime, index);
      const root = tree.root();
      const checkpoint = signCheckpoint({ origin, size: tree.size, root }, { name: host, keyId, privateKey });
      return {
        ...entry,
        index,
        integratedTime,
        promise,
        treeSize: tree.size,
        root,
        path: tree.path(index),
        checkpoint,
      };
    },
  };

  function promiseOf(body: Buffer, integratedTime: number, logIndex: number): Buffer {
    const promised: JsonObject = {
      body: body.toString("base64"),
      integratedTime,
      logID: keyId.toString("hex"),
      logIndex,
    };
    return sign("sha256", Buffer.from(canonicalJson(promised)), privateKey);
  }
}

function toDer(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: "der", type: "spki" });
}
