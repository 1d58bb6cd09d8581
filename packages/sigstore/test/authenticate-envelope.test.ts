import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { preAuthEncoding } from "../src/envelope-signature.ts";
import { alter, flip, valueAt } from "./alter.ts";
import { authenticate, bundledVerifier, toProof, verdictOf } from "./authenticate.ts";
import { IDENTITY, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";

const IN_TOTO = "application/vnd.in-toto+json";
const payload = Buffer.from(JSON.stringify(STATEMENT));
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = publicKey.export({ format: "pem", type: "spki" }).toString();

function envelope(signature: object | undefined, payloadType = IN_TOTO): object {
  return { payloadType, payload: payload.toString("base64"), signatures: signature === undefined ? [] : [signature] };
}

function signed(key: KeyObject, payloadType = IN_TOTO): string {
  return sign("sha256", preAuthEncoding(payloadType, payload), key).toString("base64");
}

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(async () => {
  await embedded.close();
});

/** An envelope with the certificate inside the signature, as slsa-github-generator attaches it. */
async function withCertificate(): Promise<object> {
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  const der = String(valueAt(bundle, "verificationMaterial.certificate.rawBytes"));
  const cert = `-----BEGIN CERTIFICATE-----\n${der.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  return alter(valueAt(bundle, "dsseEnvelope") as object, "signatures.0.cert", cert);
}

describe("what is not signed", () => {
  test.each([
    ["an envelope without signatures", envelope(undefined)],
    ["an envelope of an empty signature", envelope({ keyid: "", sig: "" })],
    ["an envelope of a signature that is null", { ...envelope(undefined), signatures: [null, { sig: null }] }],
    ["a bare statement", STATEMENT],
  ])("%s proves nothing and keeps its statement as claimed", async (_title, content) => {
    const result = await authenticate(bundledVerifier([{ publicKey: pem }]), content);
    expect(verdictOf(result)).toBe("signature unprovable envelope-unsigned");
    expect(result).toMatchObject({ claimed: { statement: { predicateType: STATEMENT.predicateType } } });
  });
});

test("a bare statement in a registry is an attestation that its builder did not sign", async () => {
  const result = await bundledVerifier().authenticate({ ...toProof(STATEMENT), store: "oci" });
  expect(verdictOf(result)).toBe("signature unprovable attestation-unsigned");
});

describe("an envelope with a signature alone", () => {
  const random = envelope({ keyid: "", sig: randomBytes(64).toString("base64") });

  test("has nothing to be verified with", async () => {
    const result = await authenticate(bundledVerifier(), random);
    expect(verdictOf(result)).toBe("certificate unprovable no-verification-material");
    expect(result).toMatchObject({ claimed: { statement: { subject: STATEMENT.subject } } });
  });

  test("is judged by a configured key, and fails", async () => {
    const result = await authenticate(bundledVerifier([{ publicKey: pem }]), random);
    expect(verdictOf(result)).toBe("signature broken signature");
  });

  test.each([
    ["without key id", {}, {}],
    ["whose key id is the key's", { keyid: "k" }, { keyId: "k" }],
    ["without key id, by a key that has one", { keyid: "" }, { keyId: "k" }],
  ])("authenticates by a configured key %s", async (_title, hint, id) => {
    const verifier = bundledVerifier([{ publicKey: pem, ...id }]);
    const result = await authenticate(verifier, envelope({ ...hint, sig: signed(privateKey) }));
    expect(result).toMatchObject({ ok: true, signer: { scope: "configured", ...id }, times: [], log: "none" });
    expect(result).toHaveProperty("statement.subject", STATEMENT.subject);
  });

  test("names the key by its fingerprint where the user gave no id, whatever the envelope says", async () => {
    const result = await authenticate(
      bundledVerifier([{ publicKey: pem }]),
      envelope({ keyid: "mine", sig: signed(privateKey) }),
    );
    expect(result).toHaveProperty("signer.keyId", expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/));
  });

  test("is not verified by a key with another id", async () => {
    const verifier = bundledVerifier([{ publicKey: pem, keyId: "other" }]);
    const result = await authenticate(verifier, envelope({ keyid: "k", sig: signed(privateKey) }));
    expect(verdictOf(result)).toBe("signature unprovable key-unknown");
  });

  test("is not verified for another payload type, whoever signed", async () => {
    const type = "https://slsa.dev/provenance/v1";
    const content = envelope({ keyid: "k", sig: signed(privateKey, type) }, type);
    for (const keys of [[{ publicKey: pem, keyId: "k" }], []]) {
      const result = await authenticate(bundledVerifier(keys), content);
      expect(verdictOf(result)).toBe("payload-type unprovable payload-type");
      expect(result).toHaveProperty("message", expect.stringContaining(type));
    }
  });

  test("is broken for another payload type that a known key did not sign", async () => {
    const content = envelope({ sig: signed(privateKey) }, "text/plain");
    expect(verdictOf(await authenticate(bundledVerifier([{ publicKey: pem }]), content))).toBe(
      "payload-type broken payload-type",
    );
  });
});

describe("an envelope with a certificate beside the signature", () => {
  test("lacks the log entry that would prove its time", async () => {
    const result = await authenticate(embedded.verifier(), await withCertificate());
    expect(verdictOf(result)).toBe("log unprovable log-entry-missing");
    expect(result).toMatchObject({
      claimed: {
        statement: { predicateType: STATEMENT.predicateType },
        signer: { claims: { sourceRepositoryUri: "https://github.com/acme/widget" } },
      },
    });
  });

  test("is broken where the certificate's key did not sign it", async () => {
    const content = await withCertificate();
    const changed = alter(content, "payload", flip(valueAt(content, "payload")));
    expect(verdictOf(await authenticate(embedded.verifier(), changed))).toBe("signature broken signature");
  });

  test("does not know the certificate authority of another Sigstore", async () => {
    const result = await authenticate(bundledVerifier(), await withCertificate());
    expect(verdictOf(result)).toBe("certificate unprovable issuer-ca-unknown");
  });

  test("is malformed where the certificate cannot be read", async () => {
    const content = alter(await withCertificate(), "signatures.0.cert", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    expect(verdictOf(await authenticate(bundledVerifier(), content))).toBe("bundle unprovable bundle-malformed");
  });
});

describe("an envelope of another shape", () => {
  const sig = signed(privateKey);

  test.each([
    ["two signatures", { ...envelope({ sig }), signatures: [{ sig }, { sig }] }],
    ["a payload with stray bits", { ...envelope({ sig }), payload: "e31=" }],
    ["a payload that is no text", { ...envelope({ sig }), payload: 1 }],
    ["a signature in URL-safe base64", envelope({ sig: "-_-_" })],
    ["no payload type", { ...envelope({ sig }), payloadType: undefined }],
  ])("is refused: %s", async (_title, content) => {
    const verifier = bundledVerifier([{ publicKey: pem }]);
    expect(verdictOf(await authenticate(verifier, content))).toBe("bundle unprovable bundle-malformed");
  });
});
