import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSigningKey, SigstoreError } from "../../src/sign/index.ts";
import { shown } from "./services.ts";

const PASSWORD = "correct horse";
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const COSIGN = fixture("cosign.key");

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync("ed25519").privateKey;
const SEALED = { cipher: "aes-256-cbc", passphrase: PASSWORD };

function pem(key: KeyObject, type: "pkcs8" | "sec1" | "pkcs1", sealed: object = {}): string {
  return String(key.export({ format: "pem", type, ...sealed } as never));
}

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
}

/** A key of cosign's with its JSON changed. */
function cosignWith(change: (json: Record<string, never>) => void): string {
  const json = JSON.parse(Buffer.from(COSIGN.replaceAll(/-----[^-]+-----/g, ""), "base64").toString());
  change(json);
  const label = "ENCRYPTED SIGSTORE PRIVATE KEY";
  return `-----BEGIN ${label}-----\n${Buffer.from(JSON.stringify(json)).toString("base64")}\n-----END ${label}-----\n`;
}

const CURVE = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

test.each([
  ["PKCS#8", pem(ec, "pkcs8"), undefined, publicPem(ec)],
  ["PKCS#8 of Ed25519", pem(ed25519, "pkcs8"), undefined, publicPem(ed25519)],
  ["encrypted PKCS#8", pem(ec, "pkcs8", SEALED), PASSWORD, publicPem(ec)],
  ["SEC1", pem(ec, "sec1"), undefined, publicPem(ec)],
  ["SEC1 behind the curve's parameters", `${CURVE}${pem(ec, "sec1")}`, undefined, publicPem(ec)],
  ["encrypted SEC1", pem(ec, "sec1", SEALED), PASSWORD, publicPem(ec)],
  ["PKCS#1", pem(rsa, "pkcs1"), undefined, publicPem(rsa)],
  ["a plain key, whatever the password", pem(ec, "pkcs8"), PASSWORD, publicPem(ec)],
  ["cosign's own form", COSIGN, PASSWORD, fixture("cosign.pub")],
  ["cosign's own form, by its older name", COSIGN.replaceAll("SIGSTORE", "COSIGN"), PASSWORD, fixture("cosign.pub")],
])("reads %s", async (_title, text, password, publicKey) => {
  expect(publicPem(await readSigningKey(text, password))).toBe(publicKey);
});

const dsa = generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }).privateKey;
const odd = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;
const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

test.each([
  ["an encrypted key without a password", pem(ec, "pkcs8", SEALED), undefined, "KEY_PASSWORD_MISSING"],
  ["an encrypted SEC1 key without a password", pem(ec, "sec1", SEALED), undefined, "KEY_PASSWORD_MISSING"],
  ["a key of cosign's without a password", COSIGN, undefined, "KEY_PASSWORD_MISSING"],
  ["a wrong password", pem(ec, "pkcs8", SEALED), "hunter2", "KEY_PASSWORD_WRONG"],
  ["a wrong password for a key of cosign's", COSIGN, "hunter2", "KEY_PASSWORD_WRONG"],
  ["a kind that nothing is signed with", pem(dsa, "pkcs8"), undefined, "KEY_UNSUPPORTED"],
  ["an unusual curve", pem(odd, "pkcs8"), undefined, "KEY_UNSUPPORTED"],
  ["RSA that is too small", pem(small, "pkcs1"), undefined, "KEY_UNSUPPORTED"],
  ["OpenSSH's own form", OPENSSH, undefined, "KEY_UNSUPPORTED"],
  ["a public key", publicPem(ec), undefined, "KEY_INVALID"],
  ["a key that breaks off", pem(ec, "pkcs8").slice(0, 90), undefined, "KEY_INVALID"],
  ["no PEM at all", "hunter2", undefined, "KEY_INVALID"],
  [
    "a costly derivation",
    cosignWith((key) => Object.assign(key["kdf"]!["params"]!, { N: 2 ** 30 })),
    "",
    "KEY_INVALID",
  ],
  ["a wide derivation", cosignWith((key) => Object.assign(key["kdf"]!["params"]!, { r: 80 })), "", "KEY_INVALID"],
  ["another derivation", cosignWith((key) => Object.assign(key["kdf"]!, { name: "none" })), "", "KEY_INVALID"],
  ["another cipher", cosignWith((key) => Object.assign(key["cipher"]!, { name: "rot13" })), "", "KEY_INVALID"],
  ["a short nonce", cosignWith((key) => Object.assign(key["cipher"]!, { nonce: "AAAA" })), "", "KEY_INVALID"],
  ["no ciphertext", cosignWith((key) => Object.assign(key, { ciphertext: "%" })), "", "KEY_INVALID"],
  ["something else than JSON", COSIGN.replace(/\n[^-]+\n/, "\nAAAA\n"), PASSWORD, "KEY_INVALID"],
])("refuses %s, and repeats neither key nor password", async (_title, text, password, code) => {
  const error: unknown = await readSigningKey(text, password).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SigstoreError);
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) as string });
  const { stack: _stack, ...rest } = error as SigstoreError;
  const everything = shown([rest, (error as SigstoreError).message]);
  const lines = text.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
  for (const secret of ["hunter2", PASSWORD, ...lines]) expect(everything).not.toContain(secret);
});
