import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "@colophon/core";
import type { Http } from "@colophon/http";
import { endlessBody, startSigstore, truncate, type EmbeddedSigstore } from "@colophon/testkit";
import { createKeylessSigner } from "../../src/sign/index.ts";
import { CANARY, changed, CLAIMS, client, identity, shown, signed, STATEMENT_BYTES, textOf, told } from "./services.ts";

const PATH = "/api/v2/signingCert";

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
beforeEach(() => {
  sigstore.requests.length = 0;
  sigstore.respond(() => true, "serve");
});
afterAll(() => sigstore.close());

function keyless(http: Http = client(sigstore.url), provider = identity(), now = () => new Date()) {
  return createKeylessSigner({ http, fulcioUrl: sigstore.url, identity: provider, now });
}

interface Posted {
  readonly credentials: { readonly oidcIdentityToken: string };
  readonly publicKeyRequest: {
    readonly publicKey: { readonly algorithm: string; readonly content: string };
    readonly proofOfPossession: string;
  };
}

function posted(index = 0): Posted {
  return JSON.parse(sigstore.requests[index]?.body ?? "") as Posted;
}

describe("one certificate", () => {
  test("serves a thousand signatures, at once and one after the other", async () => {
    const provider = identity();
    const signer = keyless(undefined, provider);
    const envelopes = await Promise.all(Array.from({ length: 500 }, () => signed(signer)));
    for (let turn = 0; turn < 500; turn += 1) envelopes.push(await signed(signer));
    expect(sigstore.requests.map(({ path }) => path)).toEqual([PATH]);
    expect(provider.audiences).toEqual(["sigstore"]);
    expect(new Set(envelopes.map(({ signer }) => JSON.stringify(signer))).size).toBe(1);
    expect(new Set(envelopes.map(({ signature }) => signature.toString())).size).toBe(1000);
  });

  test.each([
    ["a minute of it remains", -60_000, 1],
    ["less than a minute remains", -59_999, 2],
  ])("is used again while time is left: %s", async (_title, fromItsEnd, requests) => {
    let now = new Date();
    const signer = keyless(undefined, undefined, () => now);
    const { signer: first } = await signed(signer);
    expect(first).toMatchObject({ kind: "certificate", expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    now = new Date(Date.parse("expiresAt" in first ? first.expiresAt : "") + fromItsEnd);
    const { signer: second } = await signed(signer);
    expect(sigstore.requests).toHaveLength(requests);
    expect(JSON.stringify(first) === JSON.stringify(second)).toBe(requests === 1);
    // Each certificate is for a key of its own.
    const keys = sigstore.requests.map((_, index) => posted(index).publicKeyRequest.publicKey.content);
    expect(new Set(keys).size).toBe(requests);
  });

  test("is asked for anew after a failure, which all who waited are told", async () => {
    sigstore.respond(PATH, [403, "serve"]);
    const signer = keyless();
    const answers = await Promise.all([signer.sign(STATEMENT_BYTES), signer.sign(STATEMENT_BYTES)]);
    expect(answers.map(told)).toEqual(["refused identity-token-refused", "refused identity-token-refused"]);
    expect(told(await signer.sign(STATEMENT_BYTES))).toBe("done");
    expect(sigstore.requests).toHaveLength(2);
  });

  test("is not asked for without a token, and the provider's own words are passed on", async () => {
    const provider = { token: async () => Promise.reject(new Error("set id-token: write")) };
    const signer = createKeylessSigner({
      http: client(sigstore.url),
      fulcioUrl: sigstore.url,
      identity: provider,
      now: () => new Date(),
    });
    await expect(signer.sign(STATEMENT_BYTES)).rejects.toThrow("set id-token: write");
    expect(sigstore.requests).toEqual([]);
  });
});

describe("the proof that the key is held", () => {
  const { sub: _sub, ...nameless } = CLAIMS;

  test.each<readonly [string, JsonObject, string]>([
    ["the subject", CLAIMS, String(CLAIMS["sub"])],
    [
      "an e-mail address that is verified",
      { ...CLAIMS, email: "a@example.test", email_verified: true },
      "a@example.test",
    ],
    ["one that says so as text", { ...CLAIMS, email: "a@example.test", email_verified: "true" }, "a@example.test"],
  ])("is over %s", async (_title, claims, subject) => {
    await signed(keyless(undefined, identity(claims)));
    const { publicKey, proofOfPossession } = posted().publicKeyRequest;
    expect(publicKey.algorithm).toBe("ECDSA");
    const proof = Buffer.from(proofOfPossession, "base64");
    expect(verify("sha256", Buffer.from(subject), createPublicKey(publicKey.content), proof)).toBe(true);
    expect(posted().credentials.oidcIdentityToken).toContain(CANARY);
  });

  test.each<readonly [string, JsonObject, string]>([
    ["an e-mail address that is not verified", { ...CLAIMS, email: "a@example.test" }, "refused email-not-verified"],
    ["no subject", nameless, "refused subject-missing"],
  ])("is not made for a token with %s", async (_title, claims, verdict) => {
    expect(told(await keyless(undefined, identity(claims)).sign(STATEMENT_BYTES))).toBe(verdict);
    expect(sigstore.requests).toEqual([]);
  });
});

const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "pem", type: "spki" });

/** A certificate for somebody else's key, as a careless proxy's cache would hand out. */
async function foreign(): Promise<string> {
  const body = { ...posted(), publicKeyRequest: { publicKey: { algorithm: "ECDSA", content: other } } };
  const answer = await fetch(`${sigstore.url}${PATH}`, { method: "POST", body: JSON.stringify(body) });
  return answer.text();
}

describe("an authority that", () => {
  const JUNK = "-----BEGIN CERTIFICATE-----\nAAAA\n";
  const html = { body: "<!doctype html><title>Sign in</title>" };
  test.each<readonly [string, Parameters<EmbeddedSigstore["respond"]>[1], string, number]>([
    ["answers 400", 400, "refused certificate-refused", 1],
    ["answers 401", 401, "refused identity-token-refused", 1],
    ["answers 403", 403, "refused identity-token-refused", 1],
    ["answers 404", 404, "refused certificate-refused", 1],
    [
      "repeats the token as it refuses",
      (usual) => ({ status: 400, body: `${textOf(usual)}${CANARY}` }),
      "refused certificate-refused",
      1,
    ],
    [
      "answers 429 for longer than anyone waits",
      { status: 429, headers: { "retry-after": "3600" } },
      "unreachable rate-limited",
      1,
    ],
    ["answers 429 all the time", 429, "unreachable rate-limited", 4],
    ["answers 429 once", [{ status: 429, headers: { "retry-after": "1" } }, "serve"], "done", 2],
    ["answers 500 all the time", 500, "unreachable service-failed", 4],
    ["answers 502 once", [502, "serve"], "done", 2],
    ["loses the connection once", ["reset", "serve"], "done", 2],
    ["loses every connection", "reset", "unreachable unreachable", 4],
    ["keeps silent", "silence", "unreachable timed-out", 1],
    ["never ends", { body: endlessBody("{".repeat(65_536)) }, "refused too-large", 1],
    [
      "breaks off",
      (usual) => ({ ...truncate(100)(usual), headers: { "content-length": "9999" } }),
      "unreachable timed-out",
      1,
    ],
    ["answers half", truncate(100), "refused answer-wrong", 1],
    ["answers in HTML", html, "refused answer-wrong", 1],
    ["answers in binary", { body: Buffer.from([0xff, 0xfe]) }, "refused answer-wrong", 1],
    ["answers without a certificate", { body: "{}" }, "refused answer-wrong", 1],
    [
      "answers with junk for a certificate",
      changed((value) => Object.assign(value["signedCertificateEmbeddedSct"]!["chain"]!, { certificates: [JUNK] })),
      "refused answer-wrong",
      1,
    ],
    [
      "logs the certificate apart",
      changed((value) => Object.assign(value, { signedCertificateDetachedSct: value["signedCertificateEmbeddedSct"] })),
      "refused sct-detached",
      1,
    ],
    ["redirects", { status: 307, headers: { location: "http://127.0.0.1:9/" } }, "refused redirect-refused", 1],
  ])("%s", async (_title, script, verdict, requests) => {
    sigstore.respond(PATH, script);
    const answer = await keyless(client(sigstore.url, verdict.endsWith("timed-out") ? { timeoutMs: 500 } : {})).sign(
      STATEMENT_BYTES,
    );
    expect(told(answer)).toBe(verdict);
    expect(sigstore.requests).toHaveLength(requests);
    expect(shown(answer)).not.toContain(CANARY);
    if (verdict !== "done")
      expect(answer).toHaveProperty("reason.message", expect.stringContaining("127.0.0.1") as string);
  });

  test("certifies another key is not believed", async () => {
    await signed(keyless());
    sigstore.respond(PATH, { body: await foreign() });
    expect(told(await keyless().sign(STATEMENT_BYTES))).toBe("refused answer-wrong");
  });

  test.each([
    ["long ago", -3_600_000, "refused certificate-not-valid-now"],
    ["a while ahead", 61_000, "refused certificate-not-valid-now"],
    ["a little ahead, as clocks are", 30_000, "done"],
  ])("has a clock that is %s", async (_title, ahead, verdict) => {
    const answer = await keyless(undefined, undefined, () => new Date(Date.now() - ahead)).sign(STATEMENT_BYTES);
    expect(told(answer)).toBe(verdict);
  });

  test("is not there", async () => {
    const gone = await startSigstore();
    await gone.close();
    const options = { http: client(gone.url), fulcioUrl: gone.url, identity: identity(), now: () => new Date() };
    expect(told(await createKeylessSigner(options).sign(STATEMENT_BYTES))).toBe("unreachable unreachable");
  });
});

test.each(["ftp://fulcio.example", "fulcio", "https://user:canary-6f1d@fulcio.example"])(
  "is not made for %s",
  (fulcioUrl) => {
    try {
      createKeylessSigner({ http: client(sigstore.url), fulcioUrl, identity: identity(), now: () => new Date() });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "SERVICE_URL_INVALID" });
      expect(String(error)).not.toContain(CANARY);
    }
  },
);

test("neither the signer nor what it signed holds the token", async () => {
  const signer = keyless();
  expect(shown([await signed(signer), signer])).not.toContain(CANARY);
});
