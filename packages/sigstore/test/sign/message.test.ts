import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, NotDone } from "@colophon/core";
import { signMessage, type LogService } from "../../src/sign/index.ts";
import { authenticate, verdictOf } from "../authenticate.ts";
import { startEmbedded, type Embedded } from "../embedded.ts";
import { client, identity, inBody, replaceAt, told, type Json } from "./services.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
beforeEach(() => embedded.sigstore.respond(() => true, "serve"));
afterAll(() => embedded.close());

const BYTES = Buffer.from("a released file\n");
const sha256Of = (bytes: Buffer): { sha256: string } => ({ sha256: createHash("sha256").update(bytes).digest("hex") });

async function signWith(version: LogService["version"], isStamped = true): Promise<JsonObject | NotDone> {
  const { url } = embedded.sigstore;
  const services = { logs: [{ url, version }], timestampUrls: isStamped ? [url] : [] };
  return await signMessage(BYTES, {
    http: client(url),
    fulcioUrl: url,
    identity: identity(),
    now: () => new Date(),
    services,
  });
}

describe.each([
  [1, false, { kind: "hashedrekord", version: "0.0.1" }],
  [1, true, { kind: "hashedrekord", version: "0.0.1" }],
  [2, true, { kind: "hashedrekord", version: "0.0.2" }],
] as const)("a signature over bytes, log version %d, timestamp %s", (version, isStamped, kindVersion) => {
  test("verifies with these bytes and no others", async () => {
    const bundle = await signWith(version, isStamped);
    expect(bundle).toMatchObject({ verificationMaterial: { tlogEntries: [{ kindVersion }] } });
    const found = await authenticate(embedded.verifier(), bundle, sha256Of(BYTES));
    expect(found).toMatchObject({ ok: true, log: "proof" });
    const other = await authenticate(embedded.verifier(), bundle, sha256Of(Buffer.from("another")));
    expect(verdictOf(other)).toBe("subject broken artifact-digest");
  });
});

test.each<readonly [string, 1 | 2, string, (body: Json) => void]>([
  ["v1", 1, "hash", (body) => replaceAt(body, "value")],
  ["v1", 1, "signature", (body) => Object.assign(body["spec"]?.["signature"] ?? {}, { content: "AAAA" })],
  ["v1", 1, "publicKey", (body) => replaceAt(body["spec"]?.["signature"]?.["publicKey"], "content")],
  ["v2", 2, "digest", (body) => replaceAt(body, "digest")],
])("Rekor %s is not believed with another %s in its entry", async (_name, version, what, change) => {
  embedded.sigstore.respond(`/api/v${version}/log/entries`, inBody(change));
  const message = expect.stringContaining(`(${what})`) as string;
  expect(await signWith(version)).toMatchObject({ status: "refused", reason: { code: "answer-wrong", message } });
});

test.each([
  ["the authority", "/api/v2/signingCert", "refused certificate-refused"],
  ["the log", "/api/v2/log/entries", "refused service-refused"],
  ["the timestamp authority", "/api/v1/timestamp", "refused service-refused"],
])("there is no bundle where %s refuses", async (_who, path, verdict) => {
  embedded.sigstore.respond(path, 400);
  expect(told(await signWith(2))).toBe(verdict);
});
