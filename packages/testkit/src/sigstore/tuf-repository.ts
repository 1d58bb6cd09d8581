import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { serveLoopback } from "../loopback-server.ts";

/** A signed TUF repository (TUF 1.0) of one key on loopback. */
export interface TufRepository {
  readonly url: string;
  /** The root of trust, to be given to the client. */
  readonly root: string;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const EXPIRES = "2999-01-01T00:00:00Z";

/** Serves the targets; without any, answers 503 to everything. */
export async function serveTuf(targets: Readonly<Record<string, string>> | undefined): Promise<TufRepository> {
  const files = targets === undefined ? new Map<string, string>() : buildRepository(targets);
  const requests: string[] = [];
  const server = await serveLoopback((request) => {
    const path = decodeURIComponent(request.path);
    requests.push(path);
    const body = files.get(path);
    return body === undefined ? { status: targets === undefined ? 503 : 404 } : { status: 200, body };
  });
  return { ...server, root: files.get("/1.root.json") ?? "{}", requests };
}

function buildRepository(targets: Readonly<Record<string, string>>): Map<string, string> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw.toString("hex") } };
  const keyid = createHash("sha256").update(canonicalise(key)).digest("hex");
  const role = { keyids: [keyid], threshold: 1 };
  const seal = (type: string, fields: object): string => {
    const signed = { _type: type, spec_version: "1.0.31", version: 1, expires: EXPIRES, ...fields };
    const sig = sign(null, Buffer.from(canonicalise(signed)), privateKey).toString("hex");
    return JSON.stringify({ signed, signatures: [{ keyid, sig }] });
  };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const meta = { version: 1 };
  return new Map([
    ["/1.root.json", seal("root", { keys: { [keyid]: key }, roles, consistent_snapshot: false })],
    ["/timestamp.json", seal("timestamp", { meta: { "snapshot.json": meta } })],
    ["/snapshot.json", seal("snapshot", { meta: { "targets.json": meta } })],
    ["/targets.json", seal("targets", { targets: Object.fromEntries(Object.entries(targets).map(describe)) })],
    ...Object.entries(targets).map(([name, text]): [string, string] => [`/targets/${name}`, text]),
  ]);
}

function describe([name, text]: readonly [string, string]): readonly [string, object] {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return [name, { length: Buffer.byteLength(text), hashes: { sha256 } }];
}

/** Canonical JSON as TUF signs it; enough for text without control characters. */
function canonicalise(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalise).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalise(item)}`).join(",")}}`;
}
