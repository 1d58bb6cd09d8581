import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breakSignature, startSigstore, type EmbeddedSigstore, type GitHubIdentity } from "../../src/index.ts";
import { verifyBundle } from "./verify.ts";

const identity: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};
const statement = { _type: "https://in-toto.io/Statement/v1", subject: [], predicateType: "x", predicate: {} };

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

describe("attest", () => {
  test.each([
    ["dsse", "dsse 0.0.1"],
    ["intoto", "intoto 0.0.2"],
    ["rekor-v2", "hashedrekord 0.0.2"],
    ["rekor-v2-dsse", "dsse 0.0.2"],
  ] as const)("makes a bundle logged as %s that verifies with default thresholds", async (log, kind) => {
    const bundle = await sigstore.attest({ statement, identity, log });
    const entry = bundle.verificationMaterial.tlogEntries[0];
    expect(`${entry?.kindVersion.kind} ${entry?.kindVersion.version}`).toBe(kind);
    expect(verifyBundle(sigstore, bundle).identity?.subjectAlternativeName).toBe(
      "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0",
    );
  });

  test.each(["dsse", "intoto", "rekor-v2", "rekor-v2-dsse"] as const)(
    "makes a bundle logged as %s that fails once its signature is broken",
    async (log) => {
      const bundle = await sigstore.attest({ statement, identity, log });
      expect(() => verifyBundle(sigstore, breakSignature(bundle))).toThrow(/signature|timestamp/u);
    },
  );

  test.each(["dsse", "rekor-v2"] as const)("binds the log entry of form %s to the payload", async (log) => {
    const bundle = await sigstore.attest({ statement, identity, log });
    const other = await sigstore.attest({ statement: { ...statement, predicateType: "y" }, identity, log });
    const mixed = structuredClone(bundle);
    mixed.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
    expect(() => verifyBundle(sigstore, mixed)).toThrow(/mismatch/u);
  });

  test.each(["0.1", "0.2", "0.3"] as const)("writes bundle version %s, which verifies", async (bundleVersion) => {
    const bundle = await sigstore.attest({ statement, identity, bundleVersion });
    const { certificate, x509CertificateChain, tlogEntries } = bundle.verificationMaterial;
    expect(bundle.mediaType).toContain(bundleVersion);
    expect(certificate === undefined).toBe(bundleVersion !== "0.3");
    expect(x509CertificateChain === undefined).toBe(bundleVersion === "0.3");
    expect(tlogEntries[0]?.inclusionProof === undefined).toBe(bundleVersion === "0.1");
    verifyBundle(sigstore, bundle);
  });

  test("refuses a bundle 0.1 for Rekor v2, which gives no promise", async () => {
    await expect(sigstore.attest({ statement, identity, bundleVersion: "0.1", log: "rekor-v2" })).rejects.toMatchObject(
      {
        code: "BUNDLE_VERSION_UNSUPPORTED",
      },
    );
  });

  test("adds no timestamp by default, one when asked, and always one beside Rekor v2", async () => {
    const count = async (form: object) => {
      const { verificationMaterial } = await sigstore.attest({ statement, identity, ...form });
      return verificationMaterial.timestampVerificationData?.rfc3161Timestamps.length;
    };
    expect(await count({})).toBe(0);
    expect(await count({ timestamp: true })).toBe(1);
    expect(await count({ log: "rekor-v2", timestamp: false })).toBe(1);
  });

  test("verifies by the timestamp alone when nothing was logged", async () => {
    const bundle = await sigstore.attest({ statement, identity, log: "none", timestamp: true });
    expect(bundle.verificationMaterial.tlogEntries).toEqual([]);
    verifyBundle(sigstore, bundle, { thresholds: { tlogThreshold: 0 } });
    expect(() => verifyBundle(sigstore, bundle)).toThrow(/tlog entries/u);
  });

  test("takes a payload of raw text and a payload type as they are", async () => {
    const bundle = await sigstore.attest({ statement: "not json {", payloadType: "text/plain", identity });
    expect(Buffer.from(bundle.dsseEnvelope?.payload ?? "", "base64").toString()).toBe("not json {");
    expect(bundle.dsseEnvelope?.payloadType).toBe("text/plain");
    verifyBundle(sigstore, bundle);
  });

  test("verifies every entry of a growing log", async () => {
    const bundles = await Promise.all(Array.from({ length: 21 }, () => sigstore.attest({ statement, identity })));
    for (const bundle of bundles) verifyBundle(sigstore, bundle);
    const indexes = new Set(bundles.map((bundle) => bundle.verificationMaterial.tlogEntries[0]?.logIndex));
    expect(indexes.size).toBe(21);
  });
});

describe("attestWithKey", () => {
  test.each(["dsse", "intoto", "rekor-v2", "rekor-v2-dsse"] as const)(
    "makes a bundle with a public key hint, logged as %s, that verifies",
    async (log) => {
      const { privateKey: key, keyId } = sigstore.registryKey;
      const bundle = await sigstore.attestWithKey({ statement, key, keyId, log });
      expect(bundle.verificationMaterial.publicKey?.hint).toBe(keyId);
      expect(bundle.dsseEnvelope?.signatures[0]?.keyid).toBe(keyId);
      verifyBundle(sigstore, bundle);
      expect(() => verifyBundle(sigstore, breakSignature(bundle))).toThrow(/signature|timestamp/u);
    },
  );
});

test("an intoto entry holds the envelope's key id and not its payload", async () => {
  const { privateKey: key, keyId } = sigstore.registryKey;
  const bundle = await sigstore.attestWithKey({ statement, key, keyId, log: "intoto" });
  const body = Buffer.from(bundle.verificationMaterial.tlogEntries[0]?.canonicalizedBody ?? "", "base64").toString();
  const { envelope } = JSON.parse(body).spec.content;
  expect(Object.keys(envelope)).toEqual(["payloadType", "signatures"]);
  expect(envelope.signatures).toEqual([{ keyid: keyId, publicKey: expect.any(String), sig: expect.any(String) }]);
});

describe("signBlob", () => {
  const blob = Buffer.from("hello\n");

  test.each([
    ["hashedrekord", "0.0.1"],
    ["rekor-v2", "0.0.2"],
  ] as const)("makes a message signature logged as %s that verifies for its bytes alone", async (log, version) => {
    const bundle = await sigstore.signBlob({ blob, identity, log });
    expect(bundle.verificationMaterial.tlogEntries[0]?.kindVersion).toEqual({ kind: "hashedrekord", version });
    verifyBundle(sigstore, bundle, { artifact: blob });
    expect(() => verifyBundle(sigstore, bundle, { artifact: Buffer.from("other") })).toThrow(/signature/u);
    expect(() => verifyBundle(sigstore, breakSignature(bundle), { artifact: blob })).toThrow(/signature|timestamp/u);
  });
});

describe("startSigstore", () => {
  test.each([7, 70, 700])("stamps a valid time whatever the fraction of the second (%i ms)", async (milliseconds) => {
    const fixed = await startSigstore({ clock: new Date(Date.UTC(2024, 0, 2, 3, 4, 5, milliseconds)) });
    verifyBundle(fixed, await fixed.attest({ statement, identity, log: "rekor-v2" }));
    await fixed.close();
  });

  test.each(["2020-02-29T12:00:00Z", "2040-01-01T00:00:00Z"])(
    "issues everything at a fixed clock of %s",
    async (time) => {
      const fixed = await startSigstore({ clock: new Date(time) });
      const bundle = await fixed.attest({ statement, identity, timestamp: true });
      verifyBundle(fixed, bundle);
      verifyBundle(fixed, await fixed.attest({ statement, identity, log: "rekor-v2" }));
      expect(bundle.verificationMaterial.tlogEntries[0]?.integratedTime).toBe(String(Date.parse(time) / 1000));
      await fixed.close();
    },
  );

  test("trusts no bundle of another embedded Sigstore", async () => {
    const other = await startSigstore();
    const bundle = await other.attest({ statement, identity });
    expect(() => verifyBundle(sigstore, bundle)).toThrow(/certificate/u);
    await other.close();
  });
});
