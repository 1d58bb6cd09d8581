import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { Authentication, Verifier } from "@colophon/core";
import { assertNoPollution, damagedBytes, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findIntotoV001Fault } from "../src/intoto-v001.ts";
import { inspectBundle, SigstoreError, splitAttestations } from "../src/index.ts";
import { loadLibraries } from "../src/libraries.ts";
import { alter, valueAt } from "./alter.ts";
import { authenticate } from "./authenticate.ts";
import { IDENTITY, PUBLISH, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";

const CERTIFICATE = "verificationMaterial.certificate.rawBytes";
const TIMESTAMP = "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp";
const BLOB = Buffer.from("widget");
const DIGESTS = { sha256: createHash("sha256").update(BLOB).digest("hex") };

let embedded: Embedded;
let verifier: Verifier;
let whole: object;
let documents: Readonly<Record<string, object>>;
beforeAll(async () => {
  embedded = await startEmbedded();
  verifier = embedded.verifier();
  const { sigstore } = embedded;
  const { privateKey: key, keyId } = sigstore.registryKey;
  const signed = { statement: STATEMENT, identity: IDENTITY, timestamp: true };
  whole = await sigstore.attest(signed);
  const der = String(valueAt(whole, CERTIFICATE));
  const cert = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
  documents = {
    "a bundle 0.1": await sigstore.attest({ statement: STATEMENT, identity: IDENTITY, bundleVersion: "0.1" }),
    "a bundle 0.2": await sigstore.attest({ ...signed, bundleVersion: "0.2" }),
    "a bundle 0.3": whole,
    "a bundle of a key": await sigstore.attestWithKey({ statement: PUBLISH, key, keyId }),
    "a bundle of an artifact": await sigstore.signBlob({ blob: BLOB, identity: IDENTITY }),
    "an envelope": alter(valueAt(whole, "dsseEnvelope") as object, "signatures.0.cert", cert),
    "a statement": STATEMENT,
  };
});
afterAll(async () => {
  await embedded.close();
});

/** Everything that reads an attestation, on the same bytes. */
async function readAll(bytes: Uint8Array): Promise<Authentication> {
  const result = await authenticate(verifier, bytes, DIGESTS);
  assertNoPollution(result);
  if (!result.ok) expect(result.message.length).toBeLessThan(1000);
  const summary = await inspectBundle(bytes).catch((error: unknown) => {
    if (!(error instanceof SigstoreError) || error.code !== "ATTESTATION_MALFORMED") throw error;
    expect(error.message.length).toBeLessThan(1000);
  });
  assertNoPollution(summary);
  expect(splitAttestations(bytes, "proof.json").length).toBeGreaterThan(0);
  return result;
}

const BUNDLES = ["a bundle 0.1", "a bundle 0.2", "a bundle 0.3", "a bundle of a key", "a bundle of an artifact"];

/** Whatever still authenticates, since what was changed is not signed, says what was signed. */
async function expectAsSigned(bytes: Uint8Array, signed: Authentication): Promise<void> {
  const result = await readAll(bytes);
  const said = ({ statement, signer }: Extract<Authentication, { ok: true }>): object => ({ statement, signer });
  if (result.ok) expect(said(result)).toEqual(signed.ok && said(signed));
}

test.each([...BUNDLES, "an envelope", "a statement"])(
  "every mutation of %s is refused, or proves just what was signed",
  async (name) => {
    const document = documents[name] ?? {};
    const signed = await readAll(Buffer.from(JSON.stringify(document)));
    expect(signed.ok).toBe(BUNDLES.includes(name));
    const mutation = fc.asyncProperty(mutatedJson(document), (text) => expectAsSigned(Buffer.from(text), signed));
    await fc.assert(mutation, { numRuns: 60 });
  },
);

test("JSON of any kind is no proof, and damaged bytes prove just what was signed", async () => {
  const bytes = Buffer.from(JSON.stringify(whole));
  const signed = await readAll(bytes);
  const read = fc.oneof(
    hostileJson.map((text) => Buffer.from(text)),
    damagedBytes(bytes),
  );
  const property = fc.asyncProperty(read, (damaged) => expectAsSigned(damaged, signed));
  await fc.assert(property, { numRuns: 100 });
});

test.each([
  ["certificate", CERTIFICATE],
  ["timestamp", TIMESTAMP],
])("the DER of a %s is read or refused, however it is damaged", async (_, path) => {
  const signed = await readAll(Buffer.from(JSON.stringify(whole)));
  const property = fc.asyncProperty(damagedBytes(Buffer.from(String(valueAt(whole, path)), "base64")), (der) => {
    const damaged = alter(whole, path, Buffer.from(der).toString("base64"));
    return expectAsSigned(Buffer.from(JSON.stringify(damaged)), signed);
  });
  await fc.assert(property, { numRuns: 100 });
});

test("every mutation of an answer that lists attestations is split, one for each entry", () => {
  const entries = [{ predicateType: STATEMENT.predicateType, bundle: whole }, { bundle: documents["an envelope"] }];
  const property = fc.property(mutatedJson({ attestations: entries }), (text) => {
    const found = splitAttestations(Buffer.from(text), "answer.json");
    assertNoPollution(found);
    for (const { bytes, digest } of found) {
      expect(digest).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test("every mutation of what a log has promised about an older entry is refused", async () => {
  const { core } = await loadLibraries();
  const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const logID = Buffer.alloc(32, 1);
  const tlog = { logID, publicKey: log.publicKey, validFor: { start: new Date(0), end: new Date() } };
  const signature = { compareEnvelopeDigest: () => true, compareDigest: () => true };
  const faultOf = (text: string): unknown => {
    const body = Buffer.from(text);
    const promised = { body: body.toString("base64"), integratedTime: 1, logID: logID.toString("hex"), logIndex: 5 };
    const signedEntryTimestamp = sign("sha256", Buffer.from(core.json.canonicalize(promised)), log.privateKey);
    const entry = { integratedTime: "1", logIndex: "5", logId: { keyId: logID }, canonicalizedBody: body };
    const tlogEntries = [{ ...entry, inclusionPromise: { signedEntryTimestamp } }];
    const entity = { key: { $case: "public-key" }, signature, tlogEntries };
    return findIntotoV001Fault(entity as never, log.publicKey, { tlogs: [tlog] } as never, core);
  };
  const hash = { algorithm: "sha256", value: "a".repeat(64) };
  const [right, other] = [log, generateKeyPairSync("ec", { namedCurve: "P-256" })].map(({ publicKey }) =>
    Buffer.from(publicKey.export({ format: "pem", type: "spki" })).toString("base64"),
  );
  const bodyOf = (publicKey = ""): object => {
    return { apiVersion: "0.0.1", kind: "intoto", spec: { content: { hash, payloadHash: hash }, publicKey } };
  };
  expect(faultOf(JSON.stringify(bodyOf(right)))).toBeUndefined();
  const property = fc.property(mutatedJson(bodyOf(other)), (text) => {
    expect(faultOf(text)).toMatchObject({ check: "log", code: "log-body" });
  });
  fc.assert(property, { numRuns: 100 });
});

const ENTRY = "verificationMaterial.tlogEntries.0";
const base64 = (length: number): string => Buffer.alloc(length, 5).toString("base64");

// Each has its outcome, and none may take longer than the whole test may.
test.each<[string, string, unknown, string]>([
  ["a whole number that is an object", `${ENTRY}.logIndex`, { toString: 1, valueOf: 1 }, "bundle-malformed"],
  ["a whole number in a list", `${ENTRY}.integratedTime`, ["1700000000"], "bundle-malformed"],
  ["a whole number that JSON cannot hold", `${ENTRY}.logIndex`, 2 ** 53, "bundle-malformed"],
  ["a whole number with an exponent", `${ENTRY}.logIndex`, "1e3", "bundle-malformed"],
  ["a time that no date has", `${ENTRY}.integratedTime`, "999999999999999", "log-promise"],
  ["base64 with white space", "dsseEnvelope.signatures.0.sig", "YQ= =", "bundle-malformed"],
  ["17 timestamps", TIMESTAMP.replace(/\.0.*/, ""), Array(17).fill({ signedTimestamp: "" }), "bundle-malformed"],
  ["a kind of 1 MB", `${ENTRY}.kindVersion.kind`, "k".repeat(1_000_000), "log-body"],
  [
    "a version without end",
    "mediaType",
    `application/vnd.dev.sigstore.bundle.v1${".1".repeat(8_000_000)}`,
    "bundle-media-type",
  ],
  ["a list of two million numbers that nobody reads", "more", Array(2_000_000).fill(0), "ok"],
])("has one right outcome: %s", async (_, path, value, code) => {
  const result = await readAll(Buffer.from(JSON.stringify(alter(whole, path, value))));
  expect(result.ok ? "ok" : result.code).toBe(code);
});

test("takes no DER with anything behind it for a certificate", async () => {
  const der = Buffer.from(String(valueAt(whole, CERTIFICATE)), "base64");
  const longer = alter(whole, CERTIFICATE, Buffer.concat([der, Buffer.from([5, 0])]).toString("base64"));
  expect(await readAll(Buffer.from(JSON.stringify(longer)))).toMatchObject({ ok: false, code: "bundle-malformed" });
});

// What makes up DER takes a hundred times its size in memory.
test.each<[string, string, number, string]>([
  ["a certificate", CERTIFICATE, 65_539, "rawBytes has more than 64 KB"],
  ["a certificate", CERTIFICATE, 65_536, "holds a part that cannot be read"],
  ["a timestamp", TIMESTAMP, 65_539, "signedTimestamp has more than 64 KB"],
  ["a timestamp", TIMESTAMP, 65_536, "holds a part that cannot be read"],
])("says of %s in %s, with %i bytes: %s", async (_, path, length, why) => {
  const result = await readAll(Buffer.from(JSON.stringify(alter(whole, path, base64(length)))));
  expect(result).toMatchObject({ code: "bundle-malformed", message: expect.stringContaining(why) as string });
});

test.each([
  ["reads a certificate", 0, "log-entry-missing"],
  ["reads no text of 100 KB as a certificate", 100_000, "bundle-malformed"],
])("%s beside an envelope's signature", async (_, blankLines, code) => {
  const envelope = documents["an envelope"] ?? {};
  const pem = String(valueAt(envelope, "signatures.0.cert")).replace("-----END", `${"\n".repeat(blankLines)}-----END`);
  const bytes = Buffer.from(JSON.stringify(alter(envelope, "signatures.0.cert", pem)));
  expect(await readAll(bytes)).toMatchObject({ ok: false, code });
  const summary = await inspectBundle(bytes).catch(() => undefined);
  expect(summary === undefined).toBe(code === "bundle-malformed");
});

const ENVELOPE = '{"payloadType":"text/plain","payload":"","signatures":[]}';

test.each<[string, string, number]>([
  ["as many lines as are taken", `${ENVELOPE}\n`.repeat(9_999), 9_999],
  ["an attestation over many lines, one of which could be one", `{"mediaType":"x","dsseEnvelope":\n${ENVELOPE}\n}`, 1],
  ["a million lines, of which none is one", "{\n".repeat(1_000_000), 1],
  ["ten million empty lines", "\n".repeat(10_000_000), 1],
])("splits %s", (_, text, pieces) => {
  expect(splitAttestations(Buffer.from(text), "proof.jsonl")).toHaveLength(pieces);
});

test.each<[string, string]>([
  ["lines", `${ENVELOPE}\n${"{\n".repeat(1_000_000)}`],
  ["entries", `{"attestations":[${"0,".repeat(3_000_000)}0]}`],
])("refuses millions of %s before it reads them", (_, text) => {
  expect(() => splitAttestations(Buffer.from(text), "proof.jsonl")).toThrow(
    expect.objectContaining({ code: "ATTESTATION_TOO_LARGE", message: expect.stringContaining("10000") as string }),
  );
});
