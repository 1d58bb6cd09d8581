import type { KeyObject } from "node:crypto";
import { SigstoreError } from "../error.ts";

export function passwordMissing(): SigstoreError {
  return new SigstoreError("KEY_PASSWORD_MISSING", "the signing key is encrypted, and no password was given", {
    hint: "Give the password of the key (COLOPHON_KEY_PASSWORD, or a file).",
  });
}

export function wrongPassword(): SigstoreError {
  return new SigstoreError("KEY_PASSWORD_WRONG", "the signing key does not open with the password that was given", {
    hint: "Check the password, a line break at its end included, and that the file is complete.",
  });
}

export function invalid(why: string): SigstoreError {
  return new SigstoreError("KEY_INVALID", `the signing key is not a private key in PEM: ${why}`, {
    hint: "Give a private key as PKCS#8 (BEGIN PRIVATE KEY), encrypted or not, SEC1, PKCS#1, or a key of cosign's.",
  });
}

export function notAKey(label: string): SigstoreError {
  if (label === "") return invalid("it has no PEM header");
  if (label === "OPENSSH PRIVATE KEY") return unsupportedFormat("OpenSSH's own", "ssh-keygen -p -m PKCS8 -f KEY");
  return invalid(`it holds a "${label}"`);
}

function unsupportedFormat(format: string, command: string): SigstoreError {
  return new SigstoreError("KEY_UNSUPPORTED", `the signing key is in a format that is not read: ${format}`, {
    hint: `Convert a copy of it: ${command}`,
  });
}

export function unsupportedKind(key: KeyObject): SigstoreError {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const kind = [key.asymmetricKeyType, namedCurve, modulusLength].filter((part) => part !== undefined).join(" ");
  return new SigstoreError("KEY_UNSUPPORTED", `nothing is signed with a key of this kind: ${kind}`, {
    hint: "Take ECDSA P-256 (which everyone verifies), P-384 or P-521, Ed25519, or RSA of at least 2048 bits.",
  });
}
