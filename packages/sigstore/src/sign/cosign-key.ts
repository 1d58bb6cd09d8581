import { createPrivateKey, scrypt, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { CoreError, objectAt, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { isCanonicalBase64 } from "../base64.ts";
import { invalid, wrongPassword } from "./key-error.ts";

const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt);

/** What go-securesystemslib writes (its legacy, standard and OWASP strengths); others could ask for any memory. */
const COSTS: ReadonlySet<unknown> = new Set([2 ** 15, 2 ** 16, 2 ** 17]);
const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/**
 * Opens a key as cosign writes it (go-securesystemslib, `encrypted`): JSON in PEM, scrypt (RFC 7914) and NaCl's secretbox
 * (XSalsa20-Poly1305) around PKCS#8. Throws KEY_INVALID or KEY_PASSWORD_WRONG.
 */
export async function openCosignKey(pem: string, password: string): Promise<KeyObject> {
  const value = parse(pem);
  const kdf = objectAt(value, "kdf");
  const { N, r, p } = objectAt(kdf, "params") ?? {};
  const isScrypt = stringAt(kdf, "name") === "scrypt" && COSTS.has(N) && r === 8 && p === 1;
  if (!isScrypt) throw invalid("its password derivation is not scrypt as cosign uses it");
  const cipher = objectAt(value, "cipher");
  if (stringAt(cipher, "name") !== "nacl/secretbox") throw invalid("its cipher is not nacl/secretbox");
  const [salt, nonce, ciphertext] = [bytesAt(kdf, "salt"), bytesAt(cipher, "nonce"), bytesAt(value, "ciphertext")];
  if (nonce.length !== NONCE_BYTES) throw invalid("its nonce has another length");
  const cost = Number(N);
  const secret = await derive(password, salt, KEY_BYTES, { N: cost, r: 8, p: 1, maxmem: 2 * 128 * 8 * cost });
  const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
  let der: Uint8Array;
  try {
    der = xsalsa20poly1305(new Uint8Array(secret), nonce).decrypt(ciphertext);
  } catch {
    throw wrongPassword();
  }
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  } catch {
    throw invalid("what it holds is not PKCS#8");
  }
}

function parse(pem: string): unknown {
  const body = /-----BEGIN [A-Z ]+-----([^-]*)-----END /.exec(pem)?.[1] ?? "";
  try {
    return parseStrictJson(Buffer.from(body, "base64").toString("utf8"), "the signing key");
  } catch (error) {
    if (error instanceof CoreError) throw invalid("it does not hold the JSON that cosign writes");
    throw error;
  }
}

function bytesAt(value: unknown, key: string): Uint8Array {
  const text = stringAt(value as JsonObject, key) ?? "";
  if (text === "" || !isCanonicalBase64(text)) throw invalid(`its ${key} is not base64`);
  return new Uint8Array(Buffer.from(text, "base64"));
}
