import { createPrivateKey, type KeyObject } from "node:crypto";
import { openCosignKey } from "./cosign-key.ts";
import { invalid, notAKey, passwordMissing, unsupportedKind, wrongPassword } from "./key-error.ts";
import { schemeOf } from "./scheme.ts";

/** Of the first private key: `openssl ecparam` writes the curve's parameters in front. */
const LABELS = /-----BEGIN ([A-Z0-9 ]{1,60})-----/g;
const COSIGN_LABELS: ReadonlySet<string> = new Set(["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"]);
const PLAIN_LABELS: ReadonlySet<string> = new Set([
  "PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "EC PRIVATE KEY",
  "RSA PRIVATE KEY",
]);

/**
 * Reads a private key in PEM: PKCS#8, encrypted PKCS#8 (RFC 5958), SEC1, PKCS#1, or as cosign encrypts it. Throws
 * KEY_PASSWORD_MISSING, KEY_PASSWORD_WRONG, KEY_UNSUPPORTED or KEY_INVALID, none of which holds key or password.
 */
export async function readSigningKey(pem: string, password?: string): Promise<KeyObject> {
  const labels = Array.from(pem.matchAll(LABELS), ([, found = ""]) => found);
  const label = labels.find((found) => found.endsWith("PRIVATE KEY")) ?? labels[0] ?? "";
  if (!COSIGN_LABELS.has(label) && !PLAIN_LABELS.has(label)) throw notAKey(label);
  const isEncrypted = label.startsWith("ENCRYPTED") || /^Proc-Type: 4,ENCRYPTED/m.test(pem);
  if (isEncrypted && password === undefined) throw passwordMissing();
  const key = COSIGN_LABELS.has(label) ? await openCosignKey(pem, password ?? "") : open(pem, isEncrypted, password);
  if (schemeOf(key) === undefined) throw unsupportedKind(key);
  return key;
}

/** Causes are left out: a message of OpenSSL is no secret, but nobody vouches for that. */
function open(pem: string, isEncrypted: boolean, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(isEncrypted && { passphrase }) });
  } catch {
    // OpenSSL tells a wrong password from a broken file by chance alone.
    throw isEncrypted ? wrongPassword() : invalid("it cannot be read as PKCS#8, SEC1 or PKCS#1");
  }
}
