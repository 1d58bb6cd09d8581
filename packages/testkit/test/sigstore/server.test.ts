import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSigstore, toGitHubClaims, type EmbeddedSigstore, type SigstoreBundle } from "../../src/index.ts";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { webcrypto } from "node:crypto";
import { verifyBundle } from "./verify.ts";

const claims = toGitHubClaims({
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
});
const payloadType = "application/vnd.in-toto+json";
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
const b64 = (data: string | Uint8Array) => Buffer.from(data as string).toString("base64");
const toToken = (body: object) => `e30.${Buffer.from(JSON.stringify(body)).toString("base64url")}.c2ln`;

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

async function post(path: string, body: unknown) {
  const response = await fetch(`${sigstore.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, json: () => JSON.parse(bytes.toString()) };
}

/** What a Sigstore client does before it logs anything: a key, a certificate for it, a signature. */
async function signByHttp(token: object = claims) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const content = publicKey.export({ format: "pem", type: "spki" });
  const answer = await post("/api/v2/signingCert", {
    credentials: { oidcIdentityToken: toToken(token) },
    publicKeyRequest: { publicKey: { algorithm: "ECDSA", content }, proofOfPossession: "" },
  });
  const [pem] = answer.json().signedCertificateEmbeddedSct.chain.certificates as string[];
  const rawBytes = (pem ?? "").replaceAll(/-----[^-]+-----|\s/gu, "");
  const signature = sign("sha256", signed, privateKey).toString("base64");
  const envelope = { payload: b64(payload), payloadType, signatures: [{ sig: signature, keyid: "" }] };
  return { status: answer.status, pem: pem ?? "", rawBytes, signature, envelope };
}

async function stamp(signature: string): Promise<string> {
  const artifactHash = createHash("sha256").update(Buffer.from(signature, "base64")).digest("base64");
  const answer = await post("/api/v1/timestamp", { artifactHash, hashAlgorithm: "sha256", certificates: true });
  expect(answer.headers.get("content-type")).toBe("application/timestamp-reply");
  return answer.bytes.toString("base64");
}

function toBundle(rawBytes: string, envelope: object, entries: unknown[], stamps: string[] = []): SigstoreBundle {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes },
      tlogEntries: entries as never,
      timestampVerificationData: { rfc3161Timestamps: stamps.map((signedTimestamp) => ({ signedTimestamp })) },
    },
    dsseEnvelope: envelope as never,
  };
}

describe("Fulcio", () => {
  test("names a GitHub job by its workflow", async () => {
    const { status, rawBytes, signature, envelope } = await signByHttp();
    expect(status).toBe(201);
    const bundle = toBundle(rawBytes, envelope, [], [await stamp(signature)]);
    const signer = verifyBundle(sigstore, bundle, { thresholds: { tlogThreshold: 0 } });
    expect(signer.identity?.subjectAlternativeName).toBe(
      "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0",
    );
  });

  test("names anyone else by the subject of the token", async () => {
    const { rawBytes, signature, envelope } = await signByHttp({
      iss: "https://id.acme.example",
      sub: "https://a.example/b",
    });
    const bundle = toBundle(rawBytes, envelope, [], [await stamp(signature)]);
    const { identity } = verifyBundle(sigstore, bundle, { thresholds: { tlogThreshold: 0 } });
    expect(identity?.subjectAlternativeName).toBe("https://a.example/b");
    expect(identity?.extensions).toMatchObject({ issuer: expect.stringContaining("https://id.acme.example") });
  });

  test("takes a certificate signing request too", async () => {
    const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const request = await Pkcs10CertificateRequestGenerator.create(
      { signingAlgorithm: { name: "ECDSA", hash: "SHA-256" }, keys },
      webcrypto,
    );
    const answer = await post("/api/v2/signingCert", {
      credentials: { oidcIdentityToken: toToken(claims) },
      certificateSigningRequest: b64(request.toString("pem")),
    });
    expect(answer.status).toBe(201);
  });

  test("answers 400 to a token that is no JWT, and does not repeat it", async () => {
    const answer = await post("/api/v2/signingCert", { credentials: { oidcIdentityToken: "canary-secret" } });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).not.toContain("canary-secret");
  });
});

test("the timestamp authority sends the certificate that the trusted root holds", async () => {
  const answer = await post("/api/v1/timestamp", { artifactHash: b64("x".repeat(32)), certificates: true });
  const [signer] = sigstore.trustedRoot.timestampAuthorities[0]?.certChain.certificates ?? [];
  expect(answer.bytes.includes(Buffer.from(signer?.rawBytes ?? "", "base64"))).toBe(true);
});

describe("Rekor v1", () => {
  const propose = (pem: string, envelope: object) => ({
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: { proposedContent: { envelope: JSON.stringify(envelope), verifiers: [b64(pem)] } },
  });

  /** As `@sigstore/sign` makes a bundle's entry of the answer. */
  function toEntry(answer: Record<string, Record<string, never>>, kind: string, version: string) {
    const entry = Object.values(answer)[0] as never as {
      body: string;
      integratedTime: number;
      logID: string;
      logIndex: number;
      verification: { signedEntryTimestamp: string; inclusionProof: Record<string, never> };
    };
    const proof = entry.verification.inclusionProof as never as {
      checkpoint: string;
      hashes: string[];
      logIndex: number;
      rootHash: string;
      treeSize: number;
    };
    const hex = (text: string) => Buffer.from(text, "hex").toString("base64");
    return {
      logIndex: String(entry.logIndex),
      logId: { keyId: hex(entry.logID) },
      kindVersion: { kind, version },
      integratedTime: String(entry.integratedTime),
      inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: hex(proof.rootHash),
        treeSize: String(proof.treeSize),
        hashes: proof.hashes.map(hex),
        checkpoint: { envelope: proof.checkpoint },
      },
      canonicalizedBody: entry.body,
    };
  }

  test("logs a DSSE envelope, and the entry verifies", async () => {
    const { pem, rawBytes, envelope } = await signByHttp();
    const answer = await post("/api/v1/log/entries", propose(pem, envelope));
    expect(answer.status).toBe(201);
    verifyBundle(sigstore, toBundle(rawBytes, envelope, [toEntry(answer.json(), "dsse", "0.0.1")]));
  });

  test("stores hashes in place of the envelope", async () => {
    const { pem, signature, envelope } = await signByHttp();
    const answer = await post("/api/v1/log/entries", propose(pem, envelope));
    const body = JSON.parse(
      Buffer.from(toEntry(answer.json(), "dsse", "0.0.1").canonicalizedBody, "base64").toString(),
    );
    const hash = (data: string | Uint8Array) => ({
      algorithm: "sha256",
      value: createHash("sha256").update(data).digest("hex"),
    });
    expect(body.spec).toEqual({
      envelopeHash: hash(JSON.stringify(envelope)),
      payloadHash: hash(payload),
      signatures: [{ signature, verifier: b64(pem) }],
    });
  });

  test("answers 409 to an entry that it has, with the place where it lies", async () => {
    const { pem, envelope } = await signByHttp();
    const first = await post("/api/v1/log/entries", propose(pem, envelope));
    const again = await post("/api/v1/log/entries", propose(pem, envelope));
    expect(again.status).toBe(409);
    expect(again.headers.get("location")).toMatch(/^\/api\/v1\/log\/entries\/[0-9a-f]{80}$/u);
    const stored = await fetch(`${sigstore.url}${again.headers.get("location")}`);
    expect(await stored.json()).toEqual(first.json());
  });

  test("answers 400 to a kind of entry that it does not take", async () => {
    const answer = await post("/api/v1/log/entries", { kind: "rfc3161", apiVersion: "0.0.1", spec: {} });
    expect(answer.status).toBe(400);
    expect(answer.json().message).toContain("rfc3161 0.0.1");
  });
});

describe("Rekor v2", () => {
  const verifierOf = (rawBytes: string) => ({ keyDetails: "PKIX_ECDSA_P256_SHA_256", x509Certificate: { rawBytes } });

  test("logs a hash of the pre-authentication encoding, and the answer goes straight into a bundle", async () => {
    const { rawBytes, signature, envelope } = await signByHttp();
    const digest = createHash("sha256").update(signed).digest("base64");
    const answer = await post("/api/v2/log/entries", {
      hashedRekordRequestV002: { digest, signature: { content: signature, verifier: verifierOf(rawBytes) } },
    });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ kindVersion: { kind: "hashedrekord", version: "0.0.2" } });
    expect(answer.json()).not.toHaveProperty("integratedTime");
    verifyBundle(sigstore, toBundle(rawBytes, envelope, [answer.json()], [await stamp(signature)]));
  });

  test("logs a DSSE envelope as early logs did", async () => {
    const { rawBytes, signature, envelope } = await signByHttp();
    const answer = await post("/api/v2/log/entries", {
      dsseRequestV002: { envelope, verifiers: [verifierOf(rawBytes)] },
    });
    expect(answer.json()).toMatchObject({ kindVersion: { kind: "dsse", version: "0.0.2" } });
    verifyBundle(sigstore, toBundle(rawBytes, envelope, [answer.json()], [await stamp(signature)]));
  });

  test("answers 400 to any other request", async () => {
    expect((await post("/api/v2/log/entries", { other: {} })).status).toBe(400);
  });
});

test("answers 404 elsewhere", async () => {
  expect((await fetch(`${sigstore.url}/api/v1/log`)).status).toBe(404);
});
