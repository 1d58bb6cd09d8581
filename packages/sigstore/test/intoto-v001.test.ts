import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Verifier } from "@colophon/core";
import { createTrustSource, createVerifier } from "../src/index.ts";
import { alter, flip, valueAt } from "./alter.ts";
import { authenticate, bundledVerifier, verdictOf } from "./authenticate.ts";
import { readCosignBundle } from "./cosign-layout.ts";
import { IDENTITY, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";
import { hasRealData, WITH_REAL_DATA } from "./real-data.ts";

const ENTRY = "verificationMaterial.tlogEntries.0";
const CERTIFICATE = "verificationMaterial.x509CertificateChain.certificates.0.rawBytes";

describe.skipIf(!hasRealData)(`what cosign attached to real images ${WITH_REAL_DATA}`, () => {
  const verifier = bundledVerifier();

  test.each(["v1.4.0", "v1.6.0", "v1.8.0", "v1.10.0", "v2.0.0"])("authenticates %s by its promise", async (version) => {
    expect(await authenticate(verifier, readCosignBundle(version))).toMatchObject({
      ok: true,
      log: "promise",
      times: [{ from: "log" }],
      signer: { kind: "certificate", issuer: "https://token.actions.githubusercontent.com" },
    });
  });

  test.each<[string, string, (value: unknown) => unknown, string]>([
    ["payload", "dsseEnvelope.payload", flip, "signature broken signature"],
    ["signature", "dsseEnvelope.signatures.0.sig", flip, "signature broken signature"],
    ["key id", "dsseEnvelope.signatures.0.keyid", () => "other", "log broken log-body"],
    ["promise", `${ENTRY}.inclusionPromise.signedEntryTimestamp`, flip, "log broken log-promise"],
    ["body", `${ENTRY}.canonicalizedBody`, flip, "log broken log-promise"],
    ["index", `${ENTRY}.logIndex`, () => "7", "log broken log-promise"],
    ["time", `${ENTRY}.integratedTime`, (time) => String(Number(time) + 1), "log broken log-promise"],
    ["log", `${ENTRY}.logId.keyId`, flip, "log unprovable log-unknown"],
    ["kind", `${ENTRY}.kindVersion.version`, () => "0.0.2", "log broken log-body"],
  ])("refuses a changed %s", async (_title, path, change, expected) => {
    const bundle = readCosignBundle("v1.4.0");
    expect(verdictOf(await authenticate(verifier, alter(bundle, path, change(valueAt(bundle, path)))))).toBe(expected);
  });

  test("refuses the entry of another envelope", async () => {
    const entry = valueAt(readCosignBundle("v1.6.0"), ENTRY);
    const bundle = alter(readCosignBundle("v1.4.0"), ENTRY, entry);
    expect(verdictOf(await authenticate(verifier, bundle))).toBe("log broken log-body");
  });

  test("refuses an altered certificate", async () => {
    const bundle = readCosignBundle("v1.4.0");
    const bytes = Buffer.from(String(valueAt(bundle, CERTIFICATE)), "base64");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const altered = alter(bundle, CERTIFICATE, bytes.toString("base64"));
    expect(verdictOf(await authenticate(verifier, altered))).toBe("certificate unprovable issuer-ca-unknown");
  });
});

describe("an entry of a log whose key is at hand", () => {
  let embedded: Embedded;
  let verifier: Verifier;
  let logKey: KeyObject;
  let logId: Buffer;
  let base: object;
  beforeAll(async () => {
    embedded = await startEmbedded();
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    logKey = pair.privateKey;
    const spki = pair.publicKey.export({ format: "der", type: "spki" });
    logId = createHash("sha256").update(spki).digest();
    const log = {
      baseUrl: "https://log.example",
      hashAlgorithm: "SHA2_256",
      publicKey: {
        rawBytes: spki.toString("base64"),
        keyDetails: "PKIX_ECDSA_P256_SHA_256",
        validFor: { start: "2020-01-01T00:00:00Z", end: "2040-01-01T00:00:00Z" },
      },
      logId: { keyId: logId.toString("base64") },
    };
    const root = structuredClone(embedded.sigstore.trustedRoot) as unknown as { tlogs: object[] };
    root.tlogs.push(log);
    const trustedRootFile = join(embedded.folder, "with-old-log.json");
    await writeFile(trustedRootFile, JSON.stringify(root));
    verifier = createVerifier({ trust: createTrustSource({ offline: true, trustedRootFile }) });
    base = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY, bundleVersion: "0.1" });
  });
  afterAll(async () => {
    await embedded.close();
  });

  const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

  interface Body {
    readonly of?: object;
    readonly kind?: string;
    readonly apiVersion?: string;
    readonly hash?: object;
    readonly payloadHash?: object | undefined;
    readonly publicKey?: string;
  }

  function bodyOf(changes: Body = {}): object {
    const signed = changes.of ?? base;
    const payload = String(valueAt(signed, "dsseEnvelope.payload"));
    const { sig } = valueAt(signed, "dsseEnvelope.signatures.0") as { sig: string };
    const envelope = `{"payloadType":"application/vnd.in-toto+json","payload":"${payload}","signatures":[{"keyid":"","sig":"${sig}"}]}`;
    const certificate = String(valueAt(base, CERTIFICATE));
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
    const { kind = "intoto", apiVersion = "0.0.1", ...spec } = changes;
    const hash = spec.hash ?? { algorithm: "sha256", value: sha256(envelope) };
    const payloadHash =
      "payloadHash" in spec ? spec.payloadHash : { algorithm: "sha256", value: sha256(Buffer.from(payload, "base64")) };
    const publicKey = spec.publicKey ?? Buffer.from(pem).toString("base64");
    return { apiVersion, kind, spec: { content: { hash, ...(payloadHash && { payloadHash }) }, publicKey } };
  }

  /** The bundle with an entry that the log has promised, whatever stands in it. */
  function withEntry(
    content: object | string,
    time = Math.floor(Date.now() / 1000),
    signed = base,
    ofLog = logId,
  ): object {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const body = Buffer.from(text).toString("base64");
    const promised = `{"body":"${body}","integratedTime":${time},"logID":"${ofLog.toString("hex")}","logIndex":5}`;
    return alter(signed, ENTRY, {
      logIndex: "5",
      logId: { keyId: ofLog.toString("base64") },
      kindVersion: { kind: "intoto", version: "0.0.1" },
      integratedTime: String(time),
      inclusionPromise: { signedEntryTimestamp: sign("sha256", Buffer.from(promised), logKey).toString("base64") },
      canonicalizedBody: body,
    });
  }

  const verdict = async (bundle: object): Promise<string> => verdictOf(await authenticate(verifier, bundle));
  const zeros = { algorithm: "sha256", value: "0".repeat(64) };

  test("authenticates by promise", async () => {
    expect(await authenticate(verifier, withEntry(bodyOf()))).toMatchObject({ ok: true, log: "promise" });
  });

  test("authenticates without a hash of the payload, which the envelope's holds too", async () => {
    expect(await verdict(withEntry(bodyOf({ payloadHash: undefined })))).toBe("ok");
  });

  test.each<[string, Body]>([
    ["another envelope's hash", { hash: zeros }],
    ["another payload's hash", { payloadHash: zeros }],
    ["an empty hash of the payload", { payloadHash: {} }],
    ["another kind", { kind: "dsse" }],
    ["another version", { apiVersion: "0.0.2" }],
    ["no certificate", { publicKey: "" }],
    ["a certificate that cannot be read", { publicKey: Buffer.from("-----BEGIN CERTIFICATE-----").toString("base64") }],
  ])("refuses a promised body with %s", async (_title, changes) => {
    expect(await verdict(withEntry(bodyOf(changes)))).toBe("log broken log-body");
  });

  test("refuses a promised body with another certificate", async () => {
    const other = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY, bundleVersion: "0.1" });
    const pem = `-----BEGIN CERTIFICATE-----\n${String(valueAt(other, CERTIFICATE))}\n-----END CERTIFICATE-----\n`;
    const publicKey = Buffer.from(pem).toString("base64");
    expect(await verdict(withEntry(bodyOf({ publicKey })))).toBe("log broken log-body");
  });

  test.each(["", "no JSON", '{"kind":"intoto","kind":"intoto"}', "[]"])(
    "refuses a promised body that is %j",
    async (text) => {
      expect(await verdict(withEntry(text))).toBe("log broken log-body");
    },
  );

  test("refuses a promised hash of another algorithm", async () => {
    const body = alter(bodyOf(), "spec.content.hash.algorithm", "sha512");
    expect(await verdict(withEntry(body))).toBe("log broken log-body");
  });

  test("refuses a promise that another known log has signed", async () => {
    const other = Buffer.from(String(valueAt(base, `${ENTRY}.logId.keyId`)), "base64");
    expect(await verdict(withEntry(bodyOf(), undefined, base, other))).toBe("log broken log-promise");
  });

  test("refuses a promise from before the log's key was valid", async () => {
    const time = Date.parse("2019-12-31T00:00:00Z") / 1000;
    expect(await verdict(withEntry(bodyOf(), time))).toBe("log broken log-promise");
  });

  test("refuses a promised time at which the certificate was not valid", async () => {
    const time = Date.parse("2021-01-01T00:00:00Z") / 1000;
    expect(await verdict(withEntry(bodyOf(), time))).toBe("certificate broken certificate-expired");
  });

  test("takes no inclusion proof beside the promise, since none is checked", async () => {
    const proven = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
    const proof = valueAt(proven, `${ENTRY}.inclusionProof`);
    const bundle = alter(withEntry(bodyOf()), `${ENTRY}.inclusionProof`, proof);
    expect(await verdict(bundle)).toBe("log unprovable log-entry");
  });

  test("refuses a second entry beside it", async () => {
    const bundle = withEntry(bodyOf());
    const entry = valueAt(bundle, ENTRY);
    const doubled = alter(bundle, "verificationMaterial.tlogEntries", [entry, entry]);
    expect(await verdict(doubled)).toBe("log unprovable log-body");
  });

  test("takes a configured key that stands in the entry instead of a certificate, and no other", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    const trusting = createVerifier({
      trust: createTrustSource({ offline: true, trustedRootFile: join(embedded.folder, "with-old-log.json") }),
      keys: [{ publicKey: pem }],
    });
    const form = { statement: STATEMENT, key: privateKey, keyId: "", bundleVersion: "0.1" } as const;
    const of = await embedded.sigstore.attestWithKey(form);
    const logged = (key: string): object =>
      withEntry(bodyOf({ of, publicKey: Buffer.from(key).toString("base64") }), undefined, of);
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "pem", type: "spki" });
    const [right, wrong] = [logged(pem), logged(other.toString())];
    expect(await authenticate(trusting, right)).toMatchObject({ ok: true, log: "promise" });
    expect(verdictOf(await authenticate(trusting, wrong))).toBe("log broken log-body");
  });
});
