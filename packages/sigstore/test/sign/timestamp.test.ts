import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Http } from "@colophon/http";
import {
  endlessBody,
  startSigstore,
  truncate,
  type EmbeddedSigstore,
  type Reply,
  type Script,
} from "@colophon/testkit";
import { createKeySigner, createTimestampWitness } from "../../src/sign/index.ts";
import { client, keeper, signed, told } from "./services.ts";

const PATH = "/api/v1/timestamp";
const signer = createKeySigner(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
beforeEach(() => {
  sigstore.requests.length = 0;
  sigstore.respond(() => true, "serve");
});
afterAll(() => sigstore.close());

async function stamp(http: Http = client(sigstore.url)): Promise<object> {
  return createTimestampWitness({ http, url: sigstore.url }).witness(await signed(signer));
}

test.each([
  ["a bare origin", "", PATH],
  ["a bare origin with its slash", "/", PATH],
  ["the full URL", PATH, PATH],
  ["the URL of another authority", "/tsa?policy=1", "/tsa?policy=1"],
])("asks %s in the authority's own protocol", async (_title, suffix, path) => {
  sigstore.respond("/tsa", { status: 404 });
  const witness = createTimestampWitness({ http: client(sigstore.url), url: `${sigstore.url}${suffix}` });
  expect(witness).toMatchObject({ kind: "timestamp", name: new URL(sigstore.url).host });
  await witness.witness(await signed(signer));
  expect(sigstore.requests).toMatchObject([
    { path, headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" } },
  ]);
});

test("never asks the same question twice", async () => {
  const witness = createTimestampWitness({ http: client(sigstore.url), url: sigstore.url });
  const envelope = await signed(signer);
  expect([told(await witness.witness(envelope)), told(await witness.witness(envelope))]).toEqual(["done", "done"]);
  const queries = sigstore.requests.map(({ bytes }) => Buffer.from(bytes).toString("hex"));
  expect(new Set(queries).size).toBe(2);
  // A positive number of 64 bits without a byte too many, and the authority's certificate is wanted.
  for (const query of queries) expect(query).toMatch(/0208[4-7][0-9a-f]{15}0101ff$/);
});

/** PKIStatusInfo alone: `rejection` (RFC 3161 §2.4.2). */
const REJECTED = Buffer.from("30053003020102", "hex");
const GRANTED_NOTHING = Buffer.from("30053003020100", "hex");

/** The status of a whole response, which is its first integer, made `rejection`. */
function reject({ body, ...usual }: Reply): Reply {
  const bytes = Buffer.from(body as Uint8Array);
  bytes[bytes.indexOf(Buffer.from("3003020100", "hex")) + 4] = 2;
  return { ...usual, body: bytes };
}

test.each<readonly [string, Script, string, number]>([
  ["answers 400", 400, "refused service-refused", 1],
  ["answers 401", 401, "refused service-refused", 1],
  ["answers 429 once", [{ status: 429, headers: { "retry-after": "2" } }, "serve"], "done", 2],
  ["answers 500 all the time", 500, "unreachable service-failed", 4],
  ["loses the answer once", ["reset-after", "serve"], "done", 2],
  ["keeps silent", "silence", "unreachable timed-out", 1],
  ["never ends", { body: endlessBody("x".repeat(65_536)) }, "refused too-large", 1],
  ["answers half", truncate(200), "refused answer-wrong", 1],
  ["answers in HTML", { body: "<html>" }, "refused answer-wrong", 1],
  ["answers with nothing", { body: "" }, "refused answer-wrong", 1],
  ["rejects", { body: REJECTED }, "refused answer-wrong", 1],
  ["rejects beside a timestamp", reject, "refused answer-wrong", 1],
  ["grants without a timestamp", { body: GRANTED_NOTHING }, "refused answer-wrong", 1],
  ["redirects", { status: 307, headers: { location: "http://127.0.0.1:9/" } }, "refused redirect-refused", 1],
])("an authority that %s", async (_title, script, verdict, requests) => {
  sigstore.respond(PATH, script);
  const answer = await stamp(client(sigstore.url, verdict.endsWith("timed-out") ? { timeoutMs: 500 } : {}));
  expect(told(answer)).toBe(verdict);
  expect(sigstore.requests).toHaveLength(requests);
  if (verdict !== "done")
    expect(answer).toHaveProperty("reason.message", expect.stringContaining("127.0.0.1") as string);
});

test("says what it is that the authority did not grant", async () => {
  sigstore.respond(PATH, reject);
  const message = expect.stringContaining("it grants no timestamp (status 2)") as string;
  expect(await stamp()).toHaveProperty("reason.message", message);
});

test("believes no timestamp of another signature", async () => {
  const keep = keeper();
  sigstore.respond(PATH, [keep, () => keep.replies[0] ?? { status: 500 }]);
  await stamp();
  expect(await stamp()).toHaveProperty("reason.message", expect.stringContaining("about something else") as string);
});

test("believes no old timestamp of this signature", async () => {
  const witness = createTimestampWitness({ http: client(sigstore.url), url: sigstore.url });
  const envelope = await signed(signer);
  const keep = keeper();
  sigstore.respond(PATH, [keep, () => keep.replies[0] ?? { status: 500 }]);
  expect(told(await witness.witness(envelope))).toBe("done");
  const answer = await witness.witness(envelope);
  expect(answer).toHaveProperty("reason.message", expect.stringContaining("another question") as string);
});
