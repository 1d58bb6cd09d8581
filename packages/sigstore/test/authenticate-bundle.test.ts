import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authentication, Verifier } from "@colophon/core";
import { createTrustSource, createVerifier, type TrustRoot } from "../src/index.ts";
import { alter, flip, valueAt } from "./alter.ts";
import { authenticate, bundledVerifier, verdictOf } from "./authenticate.ts";
import { IDENTITY, PUBLISH, REGISTRY, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";

let embedded: Embedded;
let verifier: Verifier;
beforeAll(async () => {
  embedded = await startEmbedded();
  verifier = embedded.verifier();
});
afterAll(async () => {
  await embedded.close();
});

const ENTRY = "verificationMaterial.tlogEntries.0";
type Form = Partial<Parameters<Embedded["sigstore"]["attest"]>[0]>;

async function makeBundle(form: Form = {}): Promise<object> {
  return await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY, ...form });
}

async function verdict(bundle: object): Promise<string> {
  return verdictOf(await authenticate(verifier, bundle));
}

describe("a bundle with a certificate", () => {
  test.each<[string, Form, Partial<Authentication>]>([
    ["dsse entry", { log: "dsse" }, { log: "proof", times: [{ from: "log", time: expect.any(String) as string }] }],
    ["intoto entry, v0.2", { log: "intoto", bundleVersion: "0.2" }, { log: "proof" }],
    ["v0.1", { bundleVersion: "0.1" }, { ok: true }],
    [
      "entry of the newer log",
      { log: "rekor-v2" },
      { times: [{ from: "authority", time: expect.any(String) as string }] },
    ],
    ["dsse entry of the newer log", { log: "rekor-v2-dsse" }, { log: "proof" }],
  ])("authenticates with a %s", async (_title, form, expected) => {
    const result = await authenticate(verifier, await makeBundle(form));
    expect(result).toMatchObject({ ok: true, statement: { predicate: {}, subject: STATEMENT.subject }, ...expected });
  });

  test("counts an inclusion promise without a proof as promise", async () => {
    const bundle = alter(await makeBundle({ bundleVersion: "0.1" }), `${ENTRY}.inclusionProof`, undefined);
    expect(await authenticate(verifier, bundle)).toMatchObject({ ok: true, log: "promise" });
  });

  test("gives both times where log and authority vouch", async () => {
    const result = await authenticate(verifier, await makeBundle({ timestamp: true }));
    expect(result).toMatchObject({ ok: true, times: [{ from: "log" }, { from: "authority" }] });
  });

  test.each<[string, string, string]>([
    ["a changed payload", "dsseEnvelope.payload", "signature broken signature"],
    ["a changed signature", "dsseEnvelope.signatures.0.sig", "signature broken signature"],
    ["a changed promise", `${ENTRY}.inclusionPromise.signedEntryTimestamp`, "log broken log-promise"],
    ["a changed body", `${ENTRY}.canonicalizedBody`, "log broken log-promise"],
    ["another log", `${ENTRY}.logId.keyId`, "log unprovable log-unknown"],
  ])("tells the failing check of %s", async (_title, path, expected) => {
    const bundle = await makeBundle();
    expect(await verdict(alter(bundle, path, flip(valueAt(bundle, path))))).toBe(expected);
  });

  test("says that the signature is wrong, though the log entry and the time are wrong too", async () => {
    const bundle = await makeBundle();
    const payload = Buffer.from(JSON.stringify({ ...STATEMENT, predicate: { forged: true } })).toString("base64");
    const forged = alter(alter(bundle, "dsseEnvelope.payload", payload), `${ENTRY}.integratedTime`, "1");
    const result = await authenticate(verifier, forged);
    expect(verdictOf(result)).toBe("signature broken signature");
    expect(result).toMatchObject({
      claimed: { statement: { predicate: { forged: true } }, signer: { kind: "certificate" } },
    });
  });

  test("tells a changed checkpoint", async () => {
    const bundle = await makeBundle();
    const path = `${ENTRY}.inclusionProof.checkpoint.envelope`;
    const changed = String(valueAt(bundle, path)).replace(/\n\d+\n/, "\n999\n");
    expect(await verdict(alter(bundle, path, changed))).toBe("log broken log-proof");
  });

  test("tells a moved time by the promise that no longer covers it, not by the certificate", async () => {
    expect(await verdict(alter(await makeBundle(), `${ENTRY}.integratedTime`, "1500000000"))).toBe(
      "log broken log-promise",
    );
  });

  test("refuses the same log entry twice", async () => {
    const bundle = await makeBundle();
    const [entry] = valueAt(bundle, "verificationMaterial.tlogEntries") as unknown[];
    const twice = alter(bundle, "verificationMaterial.tlogEntries", [entry, entry]);
    expect(await verdict(twice)).toMatch(/^(?:timestamp|log) broken/);
  });

  test.each([
    [true, "nothing shows that the signing was logged"],
    [false, "nothing proves the signing time"],
  ])("misses the log entry, with an authority's timestamp: %s", async (timestamp, lacking) => {
    const result = await authenticate(verifier, await makeBundle({ log: "none", timestamp }));
    expect(verdictOf(result)).toBe("log unprovable log-entry-missing");
    expect(result).toHaveProperty("message", `there is no log entry, so ${lacking}`);
  });

  test("does not know the certificate authority of another Sigstore", async () => {
    const result = await authenticate(bundledVerifier(), await makeBundle());
    expect(verdictOf(result)).toBe("certificate unprovable issuer-ca-unknown");
    expect(result).toMatchObject({
      claimed: { signer: { subject: expect.stringContaining("acme/widget") as string } },
    });
  });

  test("does not know the timestamp authority of another Sigstore", async () => {
    const { trustedRoots, ...rest } = await embedded.trust.load();
    const [trustedRoot] = trustedRoots;
    const trust = {
      load: () => Promise.resolve({ ...rest, trustedRoots: one({ ...trustedRoot, timestampAuthorities: [] }) }),
    };
    const result = await authenticate(createVerifier({ trust }), await makeBundle({ log: "rekor-v2" }));
    expect(verdictOf(result)).toBe("timestamp unprovable timestamp-authority-unknown");
  });

  test("refuses a timestamp of something else", async () => {
    const path = "verificationMaterial.timestampVerificationData";
    const [bundle, other] = [await makeBundle({ log: "rekor-v2" }), await makeBundle({ log: "rekor-v2" })];
    expect(await verdict(alter(bundle, path, valueAt(other, path)))).toBe("timestamp broken timestamp");
  });

  test("misses the certificate's entry in a known certificate log", async () => {
    const { trustedRoots, ...rest } = await embedded.trust.load();
    const [trustedRoot] = trustedRoots;
    const trust = { load: () => Promise.resolve({ ...rest, trustedRoots: one({ ...trustedRoot, ctlogs: [] }) }) };
    const result = await authenticate(createVerifier({ trust }), await makeBundle());
    expect(verdictOf(result)).toBe("certificate broken sct");
  });

  test("refuses a certificate whose authority was not valid at the signing time", async () => {
    const { trustedRoots, ...rest } = await embedded.trust.load();
    const [trustedRoot] = trustedRoots;
    const certificateAuthorities = trustedRoot.certificateAuthorities.map((authority) => ({
      ...authority,
      validFor: { start: new Date(0), end: new Date(1) },
    }));
    const trust = {
      load: () => Promise.resolve({ ...rest, trustedRoots: one({ ...trustedRoot, certificateAuthorities }) }),
    };
    expect(verdictOf(await authenticate(createVerifier({ trust }), await makeBundle()))).toBe(
      "certificate broken certificate-chain",
    );
  });

  test("keeps the signer as claimed where the payload is no statement", async () => {
    const result = await authenticate(verifier, await makeBundle({ statement: "[1]" }));
    expect(verdictOf(result)).toBe("statement unprovable statement-malformed");
    expect(result).toMatchObject({ claimed: { signer: { kind: "certificate" } } });
  });

  test.each([
    ["signed", (bundle: object) => bundle, "payload-type unprovable payload-type"],
    [
      "not signed",
      (bundle: object) => alter(bundle, "dsseEnvelope.payloadType", "text/plain"),
      "payload-type broken payload-type",
    ],
  ])("quotes another payload type, %s", async (_title, change, expected) => {
    const result = await authenticate(
      verifier,
      change(await makeBundle({ payloadType: "application/vnd.in-toto+jsonA" })),
    );
    expect(verdictOf(result)).toBe(expected);
    expect(result).toHaveProperty("message", expect.stringMatching(/"application\/vnd\.in-toto\+jsonA"|"text\/plain"/));
  });

  test("never lets the libraries' own errors through", async () => {
    const bundle = await makeBundle();
    const body = Buffer.from('{"kind":"dsse","apiVersion":"0.0.1"}').toString("base64");
    const results = await Promise.all(
      [
        alter(bundle, "verificationMaterial.certificate.rawBytes", "AAAA"),
        alter(bundle, "verificationMaterial.timestampVerificationData", {
          rfc3161Timestamps: [{ signedTimestamp: "AAAA" }],
        }),
        alter(bundle, ENTRY, { ...(valueAt(bundle, ENTRY) as object), canonicalizedBody: body }),
      ].map(verdict),
    );
    expect(results).toEqual([
      "bundle unprovable bundle-malformed",
      "bundle unprovable bundle-malformed",
      "log broken log-promise",
    ]);
  });
});

describe("the time of signing", () => {
  const TIMESTAMPS = "verificationMaterial.timestampVerificationData";

  test.each<[string, Form, (bundle: object) => object, string]>([
    [
      "a time of 0 beside an authority's",
      { log: "rekor-v2" },
      (bundle) => alter(bundle, `${ENTRY}.integratedTime`, "0"),
      "ok",
    ],
    [
      "no time beside an authority's",
      { log: "rekor-v2" },
      (bundle) => alter(bundle, `${ENTRY}.integratedTime`, undefined),
      "ok",
    ],
    [
      "a number with a proof but no promise",
      {},
      (bundle) => alter(bundle, `${ENTRY}.inclusionPromise`, undefined),
      "timestamp unprovable no-trusted-time",
    ],
    [
      "a promised time as a number",
      {},
      (bundle) => alter(bundle, `${ENTRY}.integratedTime`, Number(valueAt(bundle, `${ENTRY}.integratedTime`))),
      "ok",
    ],
    [
      "neither time nor authority",
      { log: "rekor-v2" },
      (bundle) => alter(bundle, TIMESTAMPS, undefined),
      "timestamp unprovable no-trusted-time",
    ],
  ])("%s", async (_title, form, change, expected) => {
    const result = await authenticate(verifier, change(await makeBundle(form)));
    expect(verdictOf(result)).toBe(expected);
    expect(JSON.stringify(result)).not.toContain("1970-01-01");
  });
});

describe("a bundle by a plain key", () => {
  async function publish(statement: object = PUBLISH, form: Form = {}): Promise<object> {
    const { privateKey, keyId } = embedded.sigstore.registryKey;
    return await embedded.sigstore.attestWithKey({ statement, key: privateKey, keyId, log: "dsse", ...form });
  }

  function registryPem(): string {
    const { publicKey } = embedded.sigstore.registryKey;
    return createPublicKey({ key: publicKey, format: "der", type: "spki" })
      .export({ format: "pem", type: "spki" })
      .toString();
  }

  test("is the registry's where the trust root gives the key for it", async () => {
    const { keyId } = embedded.sigstore.registryKey;
    expect(await authenticate(verifier, await publish())).toMatchObject({
      ok: true,
      signer: { kind: "key", keyId, scope: "registry", registry: REGISTRY },
      log: "proof",
    });
  });

  test("needs a log entry when it is a registry's", async () => {
    const bundle = alter(await publish(), "verificationMaterial.tlogEntries", []);
    expect(await verdict(bundle)).toBe("log unprovable log-entry-missing");
  });

  test("is refused where the key was not valid at the signing time", async () => {
    const root = await embedded.trust.load();
    const ended = root.registryKeys.map((key) => ({ ...key, validFor: { end: new Date("2001-01-01") } }));
    const trust = { load: () => Promise.resolve({ ...root, registryKeys: ended }) };
    expect(verdictOf(await authenticate(createVerifier({ trust }), await publish()))).toBe(
      "certificate broken key-not-valid",
    );
  });

  test("is that of the registry which the attestation names, of several with the same key", async () => {
    const root = await embedded.trust.load();
    const twice = root.registryKeys.flatMap((key) => [{ ...key, host: "mirror.example" }, key]);
    const both = createVerifier({ trust: { load: () => Promise.resolve({ ...root, registryKeys: twice }) } });
    expect(await authenticate(both, await publish())).toMatchObject({ signer: { registry: REGISTRY } });
    const named = { ...PUBLISH, predicate: { registry: "https://mirror.example/" } };
    expect(await authenticate(both, await publish(named))).toMatchObject({ signer: { registry: "mirror.example" } });
  });

  test("is held to the period of that registry, not to another's with the same key", async () => {
    const root = await embedded.trust.load();
    const ended = { end: new Date("2001-01-01") };
    const keys = root.registryKeys.flatMap((key) => [
      { ...key, validFor: ended },
      { ...key, host: "mirror.example" },
    ]);
    const trust = { load: () => Promise.resolve({ ...root, registryKeys: keys }) };
    expect(verdictOf(await authenticate(createVerifier({ trust }), await publish()))).toBe(
      "certificate broken key-not-valid",
    );
  });

  test("cannot be told where nobody knows the key", async () => {
    const unknown = createVerifier({ trust: createTrustSource({ offline: true }) });
    const result = await authenticate(unknown, await publish());
    expect(verdictOf(result)).toBe("signature unprovable key-unknown");
    expect(result).toHaveProperty("message", expect.stringContaining(embedded.sigstore.registryKey.keyId));
    expect(result).toMatchObject({ claimed: { statement: { predicateType: PUBLISH.predicateType } } });
  });

  test("is broken where the known key did not sign it", async () => {
    const bundle = await publish();
    const path = "dsseEnvelope.payload";
    expect(await verdict(alter(bundle, path, flip(valueAt(bundle, path))))).toBe("signature broken signature");
  });

  test("needs neither log nor time when the user configured the key", async () => {
    const configured = embedded.verifier([{ publicKey: registryPem(), keyId: embedded.sigstore.registryKey.keyId }]);
    const bare = alter(await publish(), "verificationMaterial.tlogEntries", []);
    const expected = { ok: true, signer: { kind: "key", scope: "configured" }, times: [] };
    expect(await authenticate(configured, bare)).toMatchObject({ ...expected, log: "none" });
    const trust = { load: () => Promise.reject(new Error("not needed")) };
    expect(await authenticate(createVerifier({ trust, keys: [{ publicKey: registryPem() }] }), bare)).toMatchObject(
      expected,
    );
  });

  test("keeps the log's word for a configured key where the log is known, and does without an unknown one", async () => {
    const keys = [{ publicKey: registryPem() }];
    const bundle = await publish();
    expect(await authenticate(embedded.verifier(keys), bundle)).toMatchObject({
      ok: true,
      log: "proof",
      times: [{ from: "log" }],
    });
    expect(await authenticate(bundledVerifier(keys), bundle)).toMatchObject({ ok: true, log: "none", times: [] });
    const path = `${ENTRY}.inclusionPromise.signedEntryTimestamp`;
    const broken = alter(bundle, path, flip(valueAt(bundle, path)));
    expect(verdictOf(await authenticate(embedded.verifier(keys), broken))).toBe("log broken log-promise");
  });

  test("is refused with a timestamp of something else, though the key needs none", async () => {
    const path = "verificationMaterial.timestampVerificationData";
    const form = { log: "none", timestamp: true } as const;
    const [bundle, other] = [await publish(PUBLISH, form), await publish(STATEMENT, form)];
    const configured = embedded.verifier([{ publicKey: registryPem() }]);
    expect(await authenticate(configured, bundle)).toMatchObject({ ok: true, times: [{ from: "authority" }] });
    const moved = alter(bundle, path, valueAt(other, path));
    expect(verdictOf(await authenticate(configured, moved))).toBe("timestamp broken timestamp");
  });

  test("verifies with the hash of the curve", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    const bundle = await embedded.sigstore.attestWithKey({
      statement: STATEMENT,
      key: privateKey,
      keyId: "k",
      log: "none",
    });
    expect(await authenticate(embedded.verifier([{ publicKey: pem }]), bundle)).toMatchObject({ ok: true });
  });
});

describe("a signature over the artifact itself", () => {
  const blob = Buffer.from("widget");
  const sha256 = createHash("sha256").update(blob).digest("hex");
  const makeBlobBundle = (): Promise<object> => embedded.sigstore.signBlob({ blob, identity: IDENTITY });

  test("authenticates by the artifact's digest and has no statement", async () => {
    const result = await authenticate(verifier, await makeBlobBundle(), { sha256 });
    expect(result).toMatchObject({ ok: true, signer: { kind: "certificate" }, log: "proof" });
    expect(result).not.toHaveProperty("statement");
  });

  test("cannot be told without the digest", async () => {
    for (const digests of [undefined, { sha512: "c".repeat(128) }]) {
      const result = await authenticate(verifier, await makeBlobBundle(), digests);
      expect(verdictOf(result)).toBe("subject unprovable artifact-digest-unknown");
    }
  });

  test("is about another artifact where the digests differ", async () => {
    const result = await authenticate(verifier, await makeBlobBundle(), { sha256: "0".repeat(64) });
    expect(verdictOf(result)).toBe("subject broken artifact-digest");
  });

  test("cannot be told with a hash or a key that needs the artifact", async () => {
    const sha3 = alter(await makeBlobBundle(), "messageSignature.messageDigest.algorithm", "SHA3_256");
    const unsupported = "bundle unprovable message-signature-unsupported";
    expect(verdictOf(await authenticate(verifier, sha3, { sha256 }))).toBe(unsupported);
    const { publicKey } = generateKeyPairSync("ed25519");
    const keys = [{ publicKey: publicKey.export({ format: "pem", type: "spki" }).toString() }];
    const plain = alter(await makeBlobBundle(), "verificationMaterial", { publicKey: { hint: "" }, tlogEntries: [] });
    expect(verdictOf(await authenticate(bundledVerifier(keys), plain, { sha256 }))).toBe(unsupported);
  });

  test("is broken where only the bundle's own digest was changed to fit", async () => {
    const digest = createHash("sha256").update("forged").digest();
    const forged = alter(await makeBlobBundle(), "messageSignature.messageDigest.digest", digest.toString("base64"));
    const result = await authenticate(verifier, forged, { sha256: digest.toString("hex") });
    expect(verdictOf(result)).toBe("signature broken signature");
  });
});

test("warns where the store's media type is not the bundle's own, which counts", async () => {
  const bytes = Buffer.from(JSON.stringify(await makeBundle()));
  const mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  const proof = { mediaType, bytes, digest: "sha256:00", store: "oci", location: "layer 1", filed: "digest" } as const;
  expect(await verifier.authenticate(proof)).toMatchObject({
    ok: true,
    warnings: [{ code: "media-type-differs", message: expect.stringContaining(mediaType) as string }],
  });
});

function one(root: TrustRoot["trustedRoots"][0]): TrustRoot["trustedRoots"] {
  return [root];
}

describe("what a known log says of a bundle", () => {
  const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rawBytes = log.publicKey.export({ format: "der", type: "spki" });
  const logId = createHash("sha256").update(rawBytes).digest();

  /** A bundle whose entry has that body, truly promised by a log that the trust root holds. */
  async function verdictWith(
    makeBody: (bundle: object) => { kind: string; apiVersion: string; spec: object },
  ): Promise<string> {
    const { trustedRoots, ...rest } = await embedded.trust.load();
    const [trustedRoot] = trustedRoots;
    const [known] = trustedRoot.tlogs;
    if (known?.publicKey === undefined) throw new Error("the trust root has no log");
    const own = {
      ...known,
      publicKey: { ...known.publicKey, rawBytes },
      logId: { keyId: logId },
      checkpointKeyId: undefined,
    };
    const trust = { load: () => Promise.resolve({ ...rest, trustedRoots: one({ ...trustedRoot, tlogs: [own] }) }) };
    const bundle = await makeBundle({ bundleVersion: "0.1" });
    const content = makeBody(bundle);
    const body = Buffer.from(JSON.stringify(content)).toString("base64");
    const integratedTime = Number(valueAt(bundle, `${ENTRY}.integratedTime`));
    const promised = { body, integratedTime, logID: logId.toString("hex"), logIndex: 7 };
    const entry = {
      logIndex: "7",
      logId: { keyId: logId.toString("base64") },
      kindVersion: { kind: content.kind, version: content.apiVersion },
      integratedTime,
      inclusionPromise: {
        signedEntryTimestamp: sign("sha256", Buffer.from(JSON.stringify(promised)), log.privateKey).toString("base64"),
      },
      canonicalizedBody: body,
    };
    return verdictOf(
      await authenticate(createVerifier({ trust }), alter(bundle, "verificationMaterial.tlogEntries", [entry])),
    );
  }

  const hashOf = (bundle: object, path: string): string =>
    createHash("sha256")
      .update(Buffer.from(String(valueAt(bundle, path)), "base64"))
      .digest("hex");
  const dsse = (bundle: object, value: string): object => ({
    signatures: [{ signature: valueAt(bundle, "dsseEnvelope.signatures.0.sig") }],
    payloadHash: { algorithm: "sha256", value },
  });

  test.each<[string, Parameters<typeof verdictWith>[0], string]>([
    [
      "the same payload",
      (bundle) => ({ kind: "dsse", apiVersion: "0.0.1", spec: dsse(bundle, hashOf(bundle, "dsseEnvelope.payload")) }),
      "ok",
    ],
    [
      "another payload",
      (bundle) => ({ kind: "dsse", apiVersion: "0.0.1", spec: dsse(bundle, "0".repeat(64)) }),
      "log broken log-body",
    ],
    [
      "another signed text",
      (bundle) => ({
        kind: "hashedrekord",
        apiVersion: "0.0.2",
        spec: {
          hashedRekordV002: {
            signature: { content: valueAt(bundle, "dsseEnvelope.signatures.0.sig") },
            data: { algorithm: "SHA2_256", digest: Buffer.alloc(32).toString("base64") },
          },
        },
      }),
      "log broken log-body",
    ],
    [
      "a kind that nobody reads here",
      () => ({ kind: "intoto", apiVersion: "0.0.3", spec: {} }),
      "log unprovable log-body",
    ],
    [
      "nothing that can be read",
      () => ({ kind: "intoto", apiVersion: "0.0.2", spec: {} }),
      "bundle unprovable bundle-malformed",
    ],
  ])("%s", async (_title, makeBody, expected) => {
    expect(await verdictWith(makeBody)).toBe(expected);
  });
});
