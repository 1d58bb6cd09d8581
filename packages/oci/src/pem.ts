import { X509Certificate } from "node:crypto";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** The certificates of a PEM text in their order, each as base64 of its DER. Splitting, since it takes linear time. */
export function certificatesIn(pem: string): readonly string[] {
  return pem
    .split(BEGIN)
    .slice(1)
    .filter((part) => part.includes(END))
    .map((part) => Buffer.from(part.slice(0, part.indexOf(END)), "base64").toString("base64"));
}

/** Whether it names itself as its issuer. What is no certificate is none. */
export function isRoot(base64: string): boolean {
  try {
    const { issuer, subject } = new X509Certificate(Buffer.from(base64, "base64"));
    return issuer === subject;
  } catch {
    return false;
  }
}
