// reflect-metadata has to be there before the certificate library; the mock loads it.
import { initializeCA, initializeCTLog, initializeTSA } from "@sigstore/mock";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { createHash, generateKeyPairSync, webcrypto, type KeyPairKeyObjectResult } from "node:crypto";
import { Certificate, TimeStampReq, type TSTInfo } from "pkijs";
import type { CertificateContent } from "./certificate.ts";

/** A certificate authority like Fulcio, with its certificate transparency log. */
export interface CertificateAuthority {
  /** DER. */
  readonly rootCertificate: Buffer;
  /** Absent: certificates are not logged. */
  readonly ctLog?: { readonly publicKey: Buffer; readonly keyId: Buffer };
  issue(content: CertificateContent, publicKey: Buffer): Promise<Buffer>;
}

/** A timestamp authority (RFC 3161): its signing certificate, then its root, DER. */
export interface TimestampAuthority {
  readonly certificates: readonly Buffer[];
  /** Timestamp response over the SHA-256 of `signature`, DER. */
  timestamp(signature: Uint8Array): Promise<Buffer>;
  /** Timestamp response to a request (RFC 3161 §2.4.1), both DER. */
  answer(query: Uint8Array): Promise<Buffer>;
  /** The mock's own object, for its HTTP handler. */
  readonly mock: Awaited<ReturnType<typeof initializeTSA>>;
}

// The mock's own certificates live from this moment on; a fixed clock in the past needs older ones.
const NOT_BEFORE = new Date("2015-01-01T00:00:00Z");
const NOT_AFTER = new Date("2049-01-01T00:00:00Z");
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING_ALGORITHM = { name: "ECDSA", hash: "SHA-384" };
const CA_NAME = "CN=sigstore,O=sigstore.mock";
const TSA_NAME = "CN=tsa,O=sigstore.mock";
const TSA_SIGNER_NAME = "CN=tsa signing,O=sigstore.mock";
const SHA256_OID = "2.16.840.1.101.3.4.2.1";
const TSA_POLICY_OID = "1.3.6.1.4.1.57264.2";

/** Makes a certificate authority; `clock` fixes the time of issue. */
export async function createCertificateAuthority(
  clock: Date | undefined,
  isLogged: boolean,
): Promise<CertificateAuthority> {
  const keys = generateKeys();
  const ctLog = isLogged ? await initializeCTLog(generateKeys(), clock) : undefined;
  const ca = await initializeCA(keys, ctLog, clock);
  const rootCertificate = await makeCertificate({ name: CA_NAME, issuer: CA_NAME, keys, role: "root" });
  return {
    rootCertificate,
    ...(ctLog && { ctLog: { publicKey: ctLog.publicKey, keyId: toBuffer(ctLog.logID) } }),
    issue: async ({ subjectAltName, extensions }, publicKey) =>
      toBuffer(await ca.issueCertificate({ publicKey: new Uint8Array(publicKey), subjectAltName, extensions })),
  };
}

/** Makes a timestamp authority; `clock` fixes the time it states. */
export async function createTimestampAuthority(clock: Date | undefined): Promise<TimestampAuthority> {
  const keys = generateKeys();
  const root = await makeCertificate({ name: TSA_NAME, issuer: TSA_NAME, keys, role: "root" });
  const signer = await makeCertificate({ name: TSA_SIGNER_NAME, issuer: TSA_NAME, keys, role: "timestamp" });
  const mock = Object.assign(await initializeTSA(keys), {
    intCert: Certificate.fromBER(signer),
    // Some fractions of a second come out of the mock's ASN.1 encoder as an invalid time.
    getCurrentTime: () => new Date(Math.floor((clock ?? new Date()).getTime() / 1000) * 1000),
  });
  const withNonce = mock as unknown as { tstInfo(request: { readonly nonceOf?: TimeStampReq }): TSTInfo };
  const plainInfo = withNonce.tstInfo.bind(mock);
  withNonce.tstInfo = (request) => {
    const info = plainInfo(request);
    // The mock knows nonces that fit a number alone, and always has one.
    if (request.nonceOf !== undefined) Object.assign(info, { nonce: request.nonceOf.nonce });
    return info;
  };
  return {
    certificates: [signer, root],
    mock,
    answer: async (query) => {
      const asked = TimeStampReq.fromBER(query);
      const { hashAlgorithm, hashedMessage } = asked.messageImprint;
      const request = {
        artifactHash: Buffer.from(hashedMessage.valueBlock.valueHexView),
        hashAlgorithmOID: hashAlgorithm.algorithmId,
        nonce: 1,
        nonceOf: asked,
        policyOID: asked.reqPolicy ?? TSA_POLICY_OID,
        certReq: asked.certReq ?? false,
      };
      return toBuffer(await mock.timestamp(request));
    },
    timestamp: async (signature) => {
      const artifactHash = createHash("sha256").update(signature).digest();
      const request = { artifactHash, hashAlgorithmOID: SHA256_OID, nonce: 1, policyOID: TSA_POLICY_OID };
      return toBuffer(await mock.timestamp(request));
    },
  };
}

interface CertificateSubject {
  readonly name: string;
  readonly issuer: string;
  readonly keys: KeyPairKeyObjectResult;
  readonly role: "root" | "timestamp";
}

async function makeCertificate({ name, issuer, keys, role }: CertificateSubject): Promise<Buffer> {
  const publicKey = keys.publicKey.toCryptoKey(ALGORITHM, true, ["verify"]);
  const signingKey = keys.privateKey.toCryptoKey(ALGORITHM, true, ["sign"]);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(role === "root", undefined, true),
    new KeyUsagesExtension(role === "root" ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
  if (role === "timestamp") extensions.push(new ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true));
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: role === "root" ? "01" : "02",
      subject: name,
      issuer,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: SIGNING_ALGORITHM,
      publicKey,
      signingKey,
      extensions,
    },
    webcrypto,
  );
  return Buffer.from(certificate.rawData);
}

function generateKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function toBuffer(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
