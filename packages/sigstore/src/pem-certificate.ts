import type { X509Certificate } from "@sigstore/core";
import { loadLibraries } from "./libraries.ts";

/** Characters of a certificate of 64 KB, which is the most that a bundle may hold too. */
const MAX_LENGTH = 90_000;

/** The certificate in a PEM text; undefined where it is none, or a larger one. */
export async function parsePemCertificate(pem: string): Promise<X509Certificate | undefined> {
  if (pem.length > MAX_LENGTH) return undefined;
  const { X509Certificate } = (await loadLibraries()).core;
  try {
    return X509Certificate.parse(pem);
  } catch {
    return undefined;
  }
}
