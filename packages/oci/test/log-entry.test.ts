import { expect, test } from "vitest";
import { toLogEntry } from "../src/log-entry.ts";

const BODY = Buffer.from('{"apiVersion":"0.0.1","kind":"dsse","spec":{}}').toString("base64");
const PAYLOAD = { body: BODY, integratedTime: 1711017244, logIndex: 79605083, logID: "c0d2FF" };

function read(payload: unknown, promise: unknown = "c2V0"): ReturnType<typeof toLogEntry> {
  return toLogEntry(JSON.stringify({ SignedEntryTimestamp: promise, Payload: payload }));
}

test("turns cosign's annotation into an entry with an inclusion promise", () => {
  expect(read(PAYLOAD)).toEqual({
    logIndex: "79605083",
    logId: { keyId: "wNL/" },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: "1711017244",
    inclusionPromise: { signedEntryTimestamp: "c2V0" },
    canonicalizedBody: BODY,
  });
});

test("keeps an index of zero", () => {
  expect(read({ ...PAYLOAD, logIndex: 0 })).toMatchObject({ logIndex: "0" });
});

test.each([
  ["logIndex", "1"],
  ["logIndex", -1],
  ["logIndex", 1.5],
  ["integratedTime", 1e300],
  ["integratedTime", null],
])("leaves out %s where it is %s", (key, value) => {
  expect(read({ ...PAYLOAD, [key]: value })).not.toHaveProperty(key);
});

test.each(["", "c0d", "zz", "c0 d2", 5])("leaves out a log id that is %j", (logID) => {
  expect(read({ ...PAYLOAD, logID })).not.toHaveProperty("logId");
});

test("leaves out the kind where the body tells none, and a promise that is no text", () => {
  const body = Buffer.from('{"kind":"dsse"}').toString("base64");
  expect(read({ ...PAYLOAD, body })).toMatchObject({ canonicalizedBody: body });
  expect(read({ ...PAYLOAD, body })).not.toHaveProperty("kindVersion");
  expect(read({ ...PAYLOAD, body: "!" })).not.toHaveProperty("kindVersion");
  expect(read(PAYLOAD, { a: 1 })).not.toHaveProperty("inclusionPromise");
});

test.each(["", "no JSON", "[]", "null", '{"Payload":1}', '{"Payload":{},"Payload":{}}', '{"__proto__":{}}'])(
  "makes an empty entry of %j",
  (annotation) => {
    expect(toLogEntry(annotation)).toEqual({});
  },
);
