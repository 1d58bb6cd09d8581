import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { preAuthEncoding, verifySignature } from "../src/envelope-signature.ts";

test("encodes type and payload as the DSSE protocol's own example", () => {
  const encoded = preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
  expect(encoded.toString("utf8")).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("counts bytes, not characters", () => {
  expect(preAuthEncoding("ü", Buffer.from("é")).toString("utf8")).toBe("DSSEv1 2 ü 2 é");
});

const data = Buffer.from("data");
const curve = (namedCurve: string): ReturnType<typeof generateKeyPairSync> => generateKeyPairSync("ec", { namedCurve });

describe.each([
  ["P-256", () => curve("P-256"), "sha256"],
  ["P-384", () => curve("P-384"), "sha384"],
  ["P-384 by the common hash", () => curve("P-384"), "sha256"],
  ["P-521", () => curve("P-521"), "sha512"],
  ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 }), "sha256"],
  ["Ed25519", () => generateKeyPairSync("ed25519"), null],
])("%s", (_title, generate, hash) => {
  test("verifies its own signature and no other", () => {
    const { privateKey, publicKey } = generate();
    const signature = sign(hash, data, privateKey);
    expect(verifySignature(data, publicKey, signature)).toBe(true);
    expect(verifySignature(Buffer.from("other"), publicKey, signature)).toBe(false);
    expect(verifySignature(data, generate().publicKey, signature)).toBe(false);
    expect(verifySignature(data, publicKey, Buffer.alloc(0))).toBe(false);
  });
});

test("reads r and s side by side too", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signature = sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" });
  expect(verifySignature(data, publicKey, signature)).toBe(true);
});

test("verifies nothing with SHA-1, on an unusual curve or with a kind of key that signs nothing", () => {
  const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(verifySignature(data, p256.publicKey, sign("sha1", data, p256.privateKey))).toBe(false);
  const unusual = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  expect(verifySignature(data, unusual.publicKey, sign("sha256", data, unusual.privateKey))).toBe(false);
  expect(verifySignature(data, generateKeyPairSync("x25519").publicKey, Buffer.alloc(64))).toBe(false);
});
