import { createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/json.ts";
import { createRekorV1Log, createRekorV2Log } from "../../src/sigstore/log.ts";

const options = { host: "127.0.0.1", now: () => new Date("2024-05-06T07:08:09.876Z") };
const entry = { kind: "dsse", version: "0.0.1", body: Buffer.from("{}") };
const toKey = (der: Buffer) => createPublicKey({ key: der, format: "der", type: "spki" });

function readCheckpoint(checkpoint: string) {
  const [note = "", signatures = ""] = checkpoint.split("\n\n");
  const [, name, encoded = ""] = /^\u2014 (\S+) (\S+)\n$/u.exec(signatures) ?? [];
  const line = Buffer.from(encoded, "base64");
  return { note: `${note}\n`, name, hint: line.subarray(0, 4), signature: line.subarray(4) };
}

describe("createRekorV1Log", () => {
  test("promises inclusion at whole seconds, over the canonical form of the entry", () => {
    const log = createRekorV1Log(options);
    const logged = log.append(entry);
    expect(logged.integratedTime).toBe(Date.UTC(2024, 4, 6, 7, 8, 9) / 1000);
    const promised = canonicalJson({
      body: entry.body.toString("base64"),
      integratedTime: logged.integratedTime,
      logID: log.keyId.toString("hex"),
      logIndex: logged.index,
    });
    expect(verify("sha256", Buffer.from(promised), toKey(log.publicKey), logged.promise ?? Buffer.of())).toBe(true);
  });

  test("signs a checkpoint of host, tree id, size and root", () => {
    const log = createRekorV1Log(options);
    log.append(entry);
    const logged = log.append(entry);
    const { note, name, hint, signature } = readCheckpoint(logged.checkpoint);
    expect(note.split("\n")).toEqual([
      expect.stringMatching(/^127\.0\.0\.1 - \d+$/u),
      String(logged.treeSize),
      logged.root.toString("base64"),
      "",
    ]);
    expect(name).toBe("127.0.0.1");
    expect(hint).toEqual(log.keyId.subarray(0, 4));
    expect(verify("sha256", Buffer.from(note), toKey(log.publicKey), signature)).toBe(true);
  });

  test("gives no entry an index of zero or an empty path", () => {
    const logged = createRekorV1Log(options).append(entry);
    expect(logged.index).toBeGreaterThan(0);
    expect(logged.path.length).toBeGreaterThan(0);
  });
});

describe("createRekorV2Log", () => {
  test("tells no time, makes no promise, and signs its checkpoint with Ed25519 under the host's bare name", () => {
    const log = createRekorV2Log(options);
    const logged = log.append({ ...entry, version: "0.0.2" });
    expect(logged.integratedTime).toBeUndefined();
    expect(logged.promise).toBeUndefined();
    const { note, signature } = readCheckpoint(logged.checkpoint);
    expect(note.startsWith("127.0.0.1\n")).toBe(true);
    expect(verify(null, Buffer.from(note), toKey(log.publicKey), signature)).toBe(true);
  });
});
