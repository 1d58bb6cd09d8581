// reflect-metadata has to be there before the certificate library; the mock loads it.
import "@sigstore/mock";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
} from "@peculiar/x509";
import { generateKeyPairSync, webcrypto, type KeyPairKeyObjectResult } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";

/** An authority for the certificates of hosts. */
export interface HostAuthority {
  /** Its own certificate, PEM. */
  readonly pem: string;
  /** Certificate and key of a host, for a TLS server. */
  certify(host: string): Promise<SecureContext>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const NAME = "CN=loopback authority of a test";
const NOT_BEFORE = new Date("2015-01-01T00:00:00Z");
const NOT_AFTER = new Date("2049-01-01T00:00:00Z");

/** Makes an authority whose key nobody keeps. */
export async function createHostAuthority(): Promise<HostAuthority> {
  const keys = generateKeys();
  const root = await issue(NAME, "01", keys, keys, [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
  ]);
  let serial = 1;
  return {
    pem: root,
    certify: async (host) => {
      serial += 1;
      const own = generateKeys();
      const names = new SubjectAlternativeNameExtension([{ type: "dns", value: host }]);
      const cert = await issue(`CN=${host}`, serial.toString(16).padStart(2, "0"), own, keys, [names]);
      return createSecureContext({ cert, key: own.privateKey.export({ format: "pem", type: "pkcs8" }) });
    },
  };
}

async function issue(
  subject: string,
  serialNumber: string,
  { publicKey }: KeyPairKeyObjectResult,
  { privateKey }: KeyPairKeyObjectResult,
  extensions: Extension[],
): Promise<string> {
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber,
      subject,
      issuer: NAME,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      publicKey: publicKey.toCryptoKey(ALGORITHM, true, ["verify"]),
      signingKey: privateKey.toCryptoKey(ALGORITHM, true, ["sign"]),
      extensions,
    },
    webcrypto,
  );
  return certificate.toString("pem");
}

function generateKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}
