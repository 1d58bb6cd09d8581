import { writeFile } from "node:fs/promises";
import type { SigningServices } from "./services.ts";

interface Validity {
  start: string;
  end?: string;
}
interface LogInstance {
  baseUrl: string;
  hashAlgorithm: "SHA2_256";
  publicKey: { rawBytes: string; keyDetails: string; validFor: Validity };
  logId: { keyId: string };
}
interface Authority {
  subject: { organization: string; commonName: string };
  uri: string;
  certChain: { certificates: { rawBytes: string }[] };
  validFor: Validity;
}

/** A Sigstore trusted root in protobuf JSON (`dev.sigstore.trustroot.v1.TrustedRoot`). */
export interface TrustedRootDocument {
  mediaType: string;
  tlogs: LogInstance[];
  certificateAuthorities: Authority[];
  ctlogs: LogInstance[];
  timestampAuthorities: Authority[];
}

const START = "2016-01-01T00:00:00.000Z";

/** The trusted root of an embedded Sigstore: two logs, one CA, its CT log if it has one, one timestamp authority. */
export function buildTrustedRoot(url: string, { ca, tsa, rekorV1, rekorV2 }: SigningServices): TrustedRootDocument {
  const p256 = "PKIX_ECDSA_P256_SHA_256";
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [toLogInstance(url, rekorV1, p256), toLogInstance(url, rekorV2, "PKIX_ED25519")],
    certificateAuthorities: [toAuthority("sigstore", url, [ca.rootCertificate])],
    ctlogs: ca.ctLog === undefined ? [] : [toLogInstance(url, ca.ctLog, p256)],
    timestampAuthorities: [toAuthority("tsa", `${url}/api/v1/timestamp`, tsa.certificates)],
  };
}

/** Writes a trusted root as one line of JSON with a newline at its end, the form that every client reads. */
export async function writeTrustedRoot(file: string, root: TrustedRootDocument): Promise<void> {
  await writeFile(file, `${JSON.stringify(root)}\n`);
}

function toLogInstance(baseUrl: string, log: { publicKey: Buffer; keyId: Buffer }, keyDetails: string): LogInstance {
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: log.publicKey.toString("base64"), keyDetails, validFor: { start: START } },
    logId: { keyId: log.keyId.toString("base64") },
  };
}

function toAuthority(commonName: string, uri: string, certificates: readonly Buffer[]): Authority {
  return {
    subject: { organization: "sigstore.mock", commonName },
    uri,
    certChain: { certificates: certificates.map((der) => ({ rawBytes: der.toString("base64") })) },
    validFor: { start: START },
  };
}
