import { X509Certificate, type KeyObject } from "node:crypto";

/** What signing has to know of its own certificate. Times are RFC 3339. */
export interface LeafCertificate {
  readonly der: Uint8Array;
  readonly publicKey: KeyObject;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Undefined for text that is no certificate in PEM. */
export function readCertificate(pem: string): LeafCertificate | undefined {
  if (!pem.startsWith("-----BEGIN CERTIFICATE-----")) return undefined;
  try {
    const { raw, publicKey, validFromDate, validToDate } = new X509Certificate(pem);
    return {
      der: new Uint8Array(raw),
      publicKey,
      notBefore: validFromDate.toISOString(),
      notAfter: validToDate.toISOString(),
    };
  } catch {
    return undefined;
  }
}
