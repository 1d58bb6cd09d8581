import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isEcdsaCurveKnown, verifyDigestByEcdsa } from "../src/ecdsa.ts";

describe.each([
  ["P-256", "sha256"],
  ["P-384", "sha384"],
  ["P-256", "sha512"],
  ["P-384", "sha256"],
])("on %s with %s", (namedCurve, hash) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const digestOf = (data: string): Buffer => createHash(hash).update(data).digest();

  test("agrees with what node signs", () => {
    for (let index = 0; index < 20; index += 1) {
      const signature = sign(hash, Buffer.from(`data ${index}`), privateKey);
      expect(verifyDigestByEcdsa(digestOf(`data ${index}`), publicKey, signature)).toBe(true);
    }
  });

  test("refuses another digest, another key, and every changed byte of the signature", () => {
    const signature = sign(hash, Buffer.from("data"), privateKey);
    const other = generateKeyPairSync("ec", { namedCurve });
    expect(verifyDigestByEcdsa(digestOf("other"), publicKey, signature)).toBe(false);
    expect(verifyDigestByEcdsa(digestOf("data"), other.publicKey, signature)).toBe(false);
    for (const at of signature.keys()) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyDigestByEcdsa(digestOf("data"), publicKey, changed)).toBe(false);
    }
  });
});

describe("a signature that is no proper pair of numbers", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const digest = createHash("sha256").update("data").digest();
  const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  const good = sign("sha256", Buffer.from("data"), privateKey);

  test.each([
    ["nothing", ""],
    ["zeros", "3006020100020100"],
    ["one and zero", "3006020101020100"],
    ["r at the order", `3026022100${order}020101`],
    ["a negative number", "3006020181020101"],
    ["a number with a needless zero", "300702020001020101"],
    ["a number of no bytes", "30050200020101"],
    ["a length past the end", "3006020101022001"],
    ["two numbers side by side", "00".repeat(64)],
    ["text behind it", `${good.toString("hex")}00`],
  ])("is refused: %s", (_title, hex) => {
    expect(verifyDigestByEcdsa(digest, publicKey, Buffer.from(hex, "hex"))).toBe(false);
  });

  test("is refused with r or s moved by the order", () => {
    const rLength = good[3] ?? 0;
    const s = BigInt(`0x${good.subarray(6 + rLength).toString("hex")}`) + BigInt(`0x${order}`);
    const moved = Buffer.from(
      `00${s.toString(16).padStart(66, "0")}`.replace(/^(?:00)+(?=0[1-9a-f]|[1-7])/, ""),
      "hex",
    );
    const body = Buffer.concat([good.subarray(2, 4 + rLength), Buffer.from([2, moved.length]), moved]);
    expect(verifyDigestByEcdsa(digest, publicKey, Buffer.concat([Buffer.from([0x30, body.length]), body]))).toBe(false);
  });
});

test("knows neither other curves nor other kinds of keys", () => {
  expect(isEcdsaCurveKnown(generateKeyPairSync("ec", { namedCurve: "P-521" }).publicKey)).toBe(false);
  expect(isEcdsaCurveKnown(generateKeyPairSync("ed25519").publicKey)).toBe(false);
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  expect(verifyDigestByEcdsa(Buffer.alloc(32), publicKey, sign(null, Buffer.alloc(32), privateKey))).toBe(false);
});
