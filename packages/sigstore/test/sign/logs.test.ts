import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, SignedEnvelope, Witness } from "@colophon/core";
import type { Http } from "@colophon/http";
import { endlessBody, startSigstore, truncate, type EmbeddedSigstore, type Script } from "@colophon/testkit";
import { createKeySigner, createRekorV1Witness, createRekorV2Witness } from "../../src/sign/index.ts";
import { changed, client, inBody, keeper, replaceAt, signed, textOf, told, type Json } from "./services.ts";

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
beforeEach(() => {
  sigstore.requests.length = 0;
  sigstore.respond(() => true, "serve");
});
afterAll(() => sigstore.close());

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const signer = createKeySigner(key);
const V1 = "/api/v1/log/entries";
const V2 = "/api/v2/log/entries";

type Make = (options: { readonly http: Http; readonly url: string }) => Witness;

function log(make: Make, http = client(sigstore.url)): Witness {
  return make({ http, url: `${sigstore.url}/` });
}

async function entryOf(witness: Witness, envelope: SignedEnvelope): Promise<JsonObject> {
  const testimony = await witness.witness(envelope);
  if (!("kind" in testimony) || testimony.kind !== "log") throw new Error(told(testimony));
  return testimony.entry;
}

const only = (value: Json): Json => Object.values(value)[0] ?? {};

describe.each<readonly [string, Make, string]>([
  ["Rekor v1", createRekorV1Witness, V1],
  ["Rekor v2", createRekorV2Witness, V2],
])("%s", (_name, make, path) => {
  test("is named by its host", () => {
    expect(log(make)).toMatchObject({ kind: "log", name: new URL(sigstore.url).host });
  });

  test.each<readonly [string, Script, string, number]>([
    [
      "answers 400 in its own words",
      { status: 400, body: '{"message":"no\\u001b such kind"}' },
      "refused service-refused",
      1,
    ],
    ["answers 401", 401, "refused service-refused", 1],
    ["answers 403", 403, "refused service-refused", 1],
    ["answers 413", 413, "refused service-refused", 1],
    ["answers 429 once", [{ status: 429, headers: { "retry-after": "2" } }, "serve"], "done", 2],
    ["answers 429 all the time", 429, "unreachable rate-limited", 4],
    ["answers 500 all the time", 500, "unreachable service-failed", 4],
    ["answers 502 once", [502, "serve"], "done", 2],
    ["loses the connection first", ["reset", "serve"], "done", 2],
    ["keeps silent", "silence", "unreachable timed-out", 1],
    ["never ends", { body: endlessBody("[".repeat(65_536)) }, "refused too-large", 1],
    ["answers half", truncate(200), "refused answer-wrong", 1],
    ["answers in HTML", { body: "<html>" }, "refused answer-wrong", 1],
    ["answers with nothing", { body: "{}" }, "refused answer-wrong", 1],
    ["answers with a list", { body: "[]" }, "refused answer-wrong", 1],
    ["redirects", { status: 308, headers: { location: "http://127.0.0.1:9/" } }, "refused redirect-refused", 1],
    ["names another kind", inBody((body) => Object.assign(body, { kind: "intoto" })), "refused answer-wrong", 1],
    [
      "names another version",
      inBody((body) => Object.assign(body, { apiVersion: "0.0.3" })),
      "refused answer-wrong",
      1,
    ],
  ])("that %s", async (_title, script, verdict, requests) => {
    sigstore.respond(path, script);
    const http = client(sigstore.url, verdict.endsWith("timed-out") ? { timeoutMs: 500 } : {});
    const answer = await log(make, http).witness(await signed(signer));
    expect(told(answer)).toBe(verdict);
    expect(sigstore.requests).toHaveLength(requests);
    expect(JSON.stringify(answer)).not.toContain("\u001b");
    if (verdict !== "done")
      expect(answer).toHaveProperty("reason.message", expect.stringContaining("127.0.0.1") as string);
  });

  test("about another envelope of the same signer is not believed", async () => {
    const statement = Buffer.from("{}");
    const keep = keeper();
    sigstore.respond(path, keep);
    await entryOf(log(make), await signed(signer, statement));
    sigstore.respond(path, { status: 201, body: textOf(keep.replies[0] ?? { status: 500 }) });
    expect(told(await log(make).witness(await signed(signer)))).toBe("refused answer-wrong");
  });
});

test.each<readonly [string, string, Make, string, (body: Json) => void]>([
  ["v1", "payloadHash", createRekorV1Witness, V1, (body) => replaceAt(body, "value")],
  ["v1", "payloadHash", createRekorV1Witness, V1, (body) => replaceAt(body, "algorithm")],
  ["v1", "signature", createRekorV1Witness, V1, (body) => replaceAt(body, "signature")],
  ["v1", "signature", createRekorV1Witness, V1, (body) => addSignature(body["spec"]?.["signatures"])],
  ["v1", "verifier", createRekorV1Witness, V1, (body) => replaceAt(body, "verifier")],
  ["v2", "digest", createRekorV2Witness, V2, (body) => replaceAt(body, "digest")],
  ["v2", "digest", createRekorV2Witness, V2, (body) => replaceAt(body, "algorithm")],
  ["v2", "signature", createRekorV2Witness, V2, (body) => replaceAt(body, "content")],
  ["v2", "verifier", createRekorV2Witness, V2, (body) => replaceAt(body, "rawBytes")],
  ["v2", "verifier", createRekorV2Witness, V2, (body) => replaceAt(body, "keyDetails")],
])("Rekor %s is not believed with another %s in its entry", async (_name, what, make, path, change) => {
  sigstore.respond(path, inBody(change));
  const message = expect.stringContaining(`about another envelope (${what})`) as string;
  expect(await log(make).witness(await signed(signer))).toMatchObject({ status: "refused", reason: { message } });
});

function addSignature(signatures: unknown): void {
  if (Array.isArray(signatures)) signatures.push({});
}

describe("Rekor v1", () => {
  test.each([
    ["an answer that got lost", "reset-after"],
    ["an answer that came late", 504],
  ] as const)("ends %s with the entry that the log has", async (_title, fault) => {
    const envelope = await signed(signer);
    sigstore.respond(V1, fault === 504 ? [(usual) => ({ ...usual, status: 504 }), "serve"] : [fault, "serve"]);
    const recovered = await entryOf(log(createRekorV1Witness), envelope);
    const uuid = expect.stringMatching(/^\/api\/v1\/log\/entries\/[0-9a-f]{80}$/) as string;
    expect(sigstore.requests.map(({ path }) => path)).toEqual([V1, V1, uuid]);
    // Asked again later, it is the same one, and the log has it once.
    expect(await entryOf(log(createRekorV1Witness), envelope)).toEqual(recovered);
    const next = await entryOf(log(createRekorV1Witness), await signed(signer));
    expect(next["logIndex"]).toBe(String(Number(recovered["logIndex"]) + 1));
  });

  const uuid = "ab".repeat(32);
  test.each<readonly [string, string, string, readonly string[]]>([
    [
      "on another host",
      `http://127.0.0.1:9/api/v1/log/entries/${uuid}`,
      "unreachable log-entry-missing",
      [V1, `${V1}/${uuid}`],
    ],
    ["that is no id", "/api/v1/log/entries/../../secret", "refused service-refused", [V1]],
    ["in capitals", `/api/v1/log/entries/${uuid.toUpperCase()}`, "refused service-refused", [V1]],
    ["nowhere", "", "refused service-refused", [V1]],
  ])("asks its own URL alone for an entry %s", async (_title, location, verdict, paths) => {
    sigstore.respond(V1, { status: 409, headers: { location }, body: "{}" });
    const answer = await log(createRekorV1Witness).witness(await signed(signer));
    expect(told(answer)).toBe(verdict);
    expect([...new Set(sigstore.requests.map(({ path }) => path))]).toEqual(paths);
  });

  test("waits for an entry that cannot be read yet", async () => {
    const envelope = await signed(signer);
    await entryOf(log(createRekorV1Witness), envelope);
    sigstore.respond(/entries\/[0-9a-f]+$/, [404, "serve"]);
    expect(told(await log(createRekorV1Witness).witness(envelope))).toBe("done");
  });

  test("believes no existing entry that is about something else", async () => {
    const envelope = await signed(signer);
    await entryOf(log(createRekorV1Witness), envelope);
    sigstore.respond(
      /entries\/[0-9a-f]+$/,
      inBody(({ spec }) => replaceAt(spec, "value")),
    );
    expect(told(await log(createRekorV1Witness).witness(envelope))).toBe("refused answer-wrong");
  });

  test.each<readonly [string, (entry: Json) => void]>([
    ["no proof", (entry) => delete entry["verification"]!["inclusionProof"]],
    ["no promise", (entry) => delete entry["verification"]!["signedEntryTimestamp"]],
    ["no checkpoint", (entry) => delete entry["verification"]!["inclusionProof"]!["checkpoint"]],
    ["hashes that are none", (entry) => Object.assign(entry["verification"]!["inclusionProof"]!, { hashes: ["zz"] })],
    [
      "too many hashes",
      (entry) => Object.assign(entry["verification"]!["inclusionProof"]!, { hashes: Array(65).fill("ab") }),
    ],
    ["a negative index", (entry) => Object.assign(entry, { logIndex: -1 })],
    ["an index past what a number holds", (entry) => Object.assign(entry, { logIndex: 2 ** 60 })],
    ["a log that is none", (entry) => Object.assign(entry, { logID: "log" })],
    ["a body that is not base64", (entry) => Object.assign(entry, { body: "e30" })],
  ])("believes no entry with %s", async (_title, change) => {
    sigstore.respond(
      V1,
      changed((value) => change(only(value))),
    );
    expect(told(await log(createRekorV1Witness).witness(await signed(signer)))).toBe("refused answer-wrong");
  });

  test("believes no answer of two entries", async () => {
    sigstore.respond(
      V1,
      changed((value) => Object.assign(value, { other: only(value) })),
    );
    expect(told(await log(createRekorV1Witness).witness(await signed(signer)))).toBe("refused answer-wrong");
  });

  test("is not sent what it would not take", async () => {
    const large = await signed(signer, Buffer.alloc(12 * 1024 * 1024, "x"));
    expect(told(await log(createRekorV1Witness).witness(large))).toBe("refused log-request-too-large");
    expect(sigstore.requests).toEqual([]);
  });
});

describe("Rekor v2", () => {
  test("may leave out what is zero or empty, and the bundle has it", async () => {
    const drop = changed((value) => {
      const proof = value["inclusionProof"]!;
      delete value["logIndex"];
      delete proof["logIndex"];
      delete proof["hashes"];
    });
    sigstore.respond(V2, drop);
    const entry = await entryOf(log(createRekorV2Witness), await signed(signer));
    expect(entry).toMatchObject({ logIndex: "0", inclusionProof: { logIndex: "0", hashes: [] } });
  });

  test("is given time for its next checkpoint", async () => {
    const http = client(sigstore.url);
    const timeouts: (number | undefined)[] = [];
    const watched: Http = {
      ...http,
      fetchBytes: (request) => {
        timeouts.push(request.timeoutMs);
        return http.fetchBytes(request);
      },
    };
    await log(createRekorV2Witness, watched).witness(await signed(signer));
    expect(timeouts.every((timeout) => timeout !== undefined && timeout >= 20_000)).toBe(true);
  });

  test("that has the envelope already says so", async () => {
    sigstore.respond(V2, 409);
    expect(told(await log(createRekorV2Witness).witness(await signed(signer)))).toBe("refused log-entry-known");
  });

  test.each<readonly [string, (value: Json) => void]>([
    ["no proof", (value) => delete value["inclusionProof"]],
    ["no root", (value) => delete value["inclusionProof"]!["rootHash"]],
    ["no checkpoint", (value) => delete value["inclusionProof"]!["checkpoint"]],
    ["no log", (value) => delete value["logId"]],
    ["hashes that are no text", (value) => Object.assign(value["inclusionProof"]!, { hashes: [1] })],
    ["hashes that are no base64", (value) => Object.assign(value["inclusionProof"]!, { hashes: ["e30"] })],
    ["an index that is none", (value) => Object.assign(value, { logIndex: "1e3" })],
  ])("believes no entry with %s", async (_title, change) => {
    sigstore.respond(V2, changed(change));
    expect(told(await log(createRekorV2Witness).witness(await signed(signer)))).toBe("refused answer-wrong");
  });
});

test.each([
  ["Rekor v1", "P-384", createRekorV1Witness, generateKeyPairSync("ec", { namedCurve: "P-384" })],
  ["Rekor v1", "P-521", createRekorV1Witness, generateKeyPairSync("ec", { namedCurve: "P-521" })],
  ["Rekor v2", "Ed25519", createRekorV2Witness, generateKeyPairSync("ed25519")],
  ["Rekor v2", "RSA of an unnamed size", createRekorV2Witness, generateKeyPairSync("rsa", { modulusLength: 2304 })],
])("%s is not asked to log what it cannot verify: %s", async (_name, _kind, make, { privateKey }) => {
  expect(told(await log(make).witness(await signed(createKeySigner(privateKey))))).toBe("refused log-key-kind");
  expect(sigstore.requests).toEqual([]);
});
