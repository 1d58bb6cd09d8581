// Has to be there before the certificate library.
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { generateKeyPairSync, randomBytes, webcrypto, type KeyPairKeyObjectResult } from "node:crypto";

type Curve = "P-256" | "P-384";

/** A certificate with its key. */
export interface Certified {
  readonly name: string;
  readonly curve: Curve;
  readonly keys: KeyPairKeyObjectResult;
  readonly pem: string;
}

export interface CertificateRequest {
  readonly name: string;
  readonly curve: Curve;
  /** Another one's; by default its own. */
  readonly issuer?: Certified;
  /** How many authorities may stand below it; absent: it is no authority. */
  readonly pathLength?: number;
  /** OIDs of extended key usages. */
  readonly usages?: readonly string[];
  readonly usagesCritical?: boolean;
  /** Host names. */
  readonly hosts?: readonly string[];
}

const NOT_BEFORE = new Date("2020-01-01T00:00:00Z");
const NOT_AFTER = new Date("2049-01-01T00:00:00Z");

/** Makes a key and a certificate for it. */
export async function certify(request: CertificateRequest): Promise<Certified> {
  const { name, curve, issuer, pathLength, usages = [], usagesCritical = false, hosts = [] } = request;
  const keys = generateKeyPairSync("ec", { namedCurve: curve });
  const signer = issuer ?? { name, curve, keys };
  const publicKey = toPublicKey(keys, curve);
  const isAuthority = pathLength !== undefined;
  const keyUsage = isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(isAuthority, pathLength, true),
    new KeyUsagesExtension(keyUsage, true),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(toPublicKey(signer.keys, signer.curve), false, webcrypto),
  ];
  if (usages.length > 0) extensions.push(new ExtendedKeyUsageExtension([...usages], usagesCritical));
  if (hosts.length > 0) {
    extensions.push(new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns", value }))));
  }
  const certificate = await X509CertificateGenerator.create(
    {
      // Positive, as RFC 5280 §4.1.2.2 wants it.
      serialNumber: `01${randomBytes(15).toString("hex")}`,
      subject: name,
      issuer: signer.name,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-384" },
      publicKey,
      signingKey: signer.keys.privateKey.toCryptoKey({ name: "ECDSA", namedCurve: signer.curve }, false, ["sign"]),
      extensions,
    },
    webcrypto,
  );
  return { name, curve, keys, pem: `${certificate.toString("pem")}\n` };
}

function toPublicKey({ publicKey }: KeyPairKeyObjectResult, namedCurve: Curve): webcrypto.CryptoKey {
  return publicKey.toCryptoKey({ name: "ECDSA", namedCurve }, true, ["verify"]);
}
