import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectBundle, type BundleSummary } from "../src/index.ts";
import { alter, flip, valueAt } from "./alter.ts";
import { IDENTITY, PUBLISH, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(async () => {
  await embedded.close();
});

const inspect = async (value: object): Promise<BundleSummary> =>
  await inspectBundle(Buffer.from(JSON.stringify(value)));

test("shows what a bundle says, even where its signature is wrong", async () => {
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY, timestamp: true });
  const path = "dsseEnvelope.signatures.0.sig";
  const summary = await inspect(alter(bundle, path, flip(valueAt(bundle, path))));
  expect(summary).toMatchObject({
    form: "bundle",
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    payloadType: "application/vnd.in-toto+json",
    statement: { predicateType: STATEMENT.predicateType, subject: STATEMENT.subject },
    artifactDigest: null,
    signer: { kind: "certificate", identity: { claims: { sourceRepositoryUri: "https://github.com/acme/widget" } } },
    logEntries: [
      { kind: "dsse/0.0.1", logIndex: expect.stringMatching(/^\d+$/) as string, inclusion: ["promise", "proof"] },
    ],
  });
  const rfc3339 = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
  expect(summary.timestamps).toEqual([expect.stringMatching(rfc3339)]);
  expect(summary.logEntries[0]?.integratedTime).toMatch(rfc3339);
});

test("shows no time where the log entry says none", async () => {
  const summary = await inspect(
    await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY, log: "rekor-v2" }),
  );
  expect(summary.logEntries).toMatchObject([{ integratedTime: null, inclusion: ["proof"] }]);
});

test.each(["0", "999999999999999"])("shows no time where the log entry says %s", async (seconds) => {
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  const summary = await inspect(alter(bundle, "verificationMaterial.tlogEntries.0.integratedTime", seconds));
  expect(summary.logEntries).toMatchObject([{ integratedTime: null }]);
});

test("shows the key id of a plain key", async () => {
  const { privateKey, keyId } = embedded.sigstore.registryKey;
  const bundle = await embedded.sigstore.attestWithKey({ statement: PUBLISH, key: privateKey, keyId });
  expect(await inspect(bundle)).toMatchObject({ signer: { kind: "key", keyId } });
});

test("shows the digest of a signature over the artifact itself", async () => {
  const blob = Buffer.from("widget");
  const hex = createHash("sha256").update(blob).digest("hex");
  const bundle = await embedded.sigstore.signBlob({ blob, identity: IDENTITY });
  expect(await inspect(bundle)).toMatchObject({ statement: null, payloadType: null, artifactDigest: `sha256:${hex}` });
});

test.each<[string, object, Partial<BundleSummary>]>([
  ["a bare statement", STATEMENT, { form: "statement", signer: null }],
  [
    "an unsigned envelope",
    { payloadType: "text/plain", payload: Buffer.from(JSON.stringify(STATEMENT)).toString("base64"), signatures: [] },
    { form: "envelope", payloadType: "text/plain", signer: null },
  ],
])("shows %s", async (_title, value, expected) => {
  expect(await inspect(value)).toMatchObject({
    ...expected,
    mediaType: null,
    statement: { subject: STATEMENT.subject },
  });
});

test("shows the signers that an envelope names", async () => {
  const plain = { payloadType: "text/plain", payload: "", signatures: [{ sig: "AAAA", keyid: "k" }] };
  expect(await inspect(plain)).toMatchObject({ statement: null, signer: { kind: "key", keyId: "k" } });
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  const der = String(valueAt(bundle, "verificationMaterial.certificate.rawBytes"));
  const cert = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
  const envelope = { ...plain, signatures: [{ sig: "AAAA", cert }] };
  expect(await inspect(envelope)).toMatchObject({
    signer: { kind: "certificate", notAfter: expect.any(String) as string },
  });
});

test.each<[string, object]>([
  ["JSON of another kind", { a: 1 }],
  ["a bundle of an unknown version", { mediaType: "application/vnd.dev.sigstore.bundle.v0.9+json" }],
  ["an envelope with a certificate that is none", { payload: "", signatures: [{ cert: "AAAA" }] }],
])("throws for %s", async (_title, value) => {
  await expect(inspect(value)).rejects.toMatchObject({ name: "SigstoreError", code: "ATTESTATION_MALFORMED" });
});

test("throws for a certificate that cannot be read", async () => {
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  const broken = alter(bundle, "verificationMaterial.certificate.rawBytes", "AAAA");
  await expect(inspect(broken)).rejects.toMatchObject({ code: "ATTESTATION_MALFORMED" });
});
