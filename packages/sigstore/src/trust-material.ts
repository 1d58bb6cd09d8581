import type { KeyObject } from "node:crypto";
import type { SignedEntity, TrustMaterial, Verifier as LibraryVerifier, VerifierOptions } from "@sigstore/verify";
import type { X509Certificate } from "@sigstore/core";
import { loadLibraries, type Libraries } from "./libraries.ts";
import { rememberCertificate } from "./remember-certificate.ts";
import type { RegistryKey, TrustRoot } from "./trust/trust-root.ts";

/** A trust root made ready once for all proofs. */
export interface ReadyTrust {
  readonly registryKeys: readonly RegistryKey[];
  readonly material: TrustMaterial;
  readonly core: Libraries["core"];
  /** Certificate and time, each once, and at least that many log entries. */
  keyless(logEntries: 0 | 1): LibraryVerifier;
  /** The same checks for a plain key, which the caller has chosen. */
  withKey(key: ChosenKey, thresholds: VerifierOptions): LibraryVerifier;
}

export interface ChosenKey {
  readonly publicKey: KeyObject;
  readonly validFor: (date: Date) => boolean;
}

export async function prepareTrust(root: TrustRoot): Promise<ReadyTrust> {
  const { core, verify } = await loadLibraries();
  const { toTrustMaterial, Verifier } = verify;
  const material = toTrustMaterial(root.trustedRoot);
  for (const { certChain } of [...material.certificateAuthorities, ...material.timestampAuthorities]) {
    for (const certificate of certChain) rememberCertificate(certificate, core);
  }
  const keyless = (tlogThreshold: number): LibraryVerifier =>
    new Verifier(material, { tlogThreshold, ctlogThreshold: 1, timestampThreshold: 1 });
  const [unlogged, logged] = [keyless(0), keyless(1)];
  return {
    core,
    registryKeys: root.registryKeys,
    material,
    keyless: (logEntries) => (logEntries === 0 ? unlogged : logged),
    withKey: (key, thresholds) => new Verifier({ ...material, publicKey: () => key }, thresholds),
  };
}

/** Whether a certificate authority of the trust root signed the certificate, whatever the time. */
export function isFromKnownAuthority(certificate: X509Certificate, material: TrustMaterial): boolean {
  return material.certificateAuthorities.some((authority) =>
    authority.certChain.some((issuer) => issuer.subject.equals(certificate.issuer) && certificate.verify(issuer)),
  );
}

export function isKnownLog(entry: SignedEntity["tlogEntries"][number], material: TrustMaterial): boolean {
  return material.tlogs.some((log) => log.logID.equals(entry.logId.keyId));
}

type AuthorityTimestamp = Extract<SignedEntity["timestamps"][number], { $case: "timestamp-authority" }>;

/** By the certificate that the timestamp names: its issuer and serial number. */
export function isKnownTimestampAuthority({ timestamp }: AuthorityTimestamp, material: TrustMaterial): boolean {
  return material.timestampAuthorities.some(({ certChain: [leaf] }) => {
    if (leaf === undefined) return false;
    return leaf.serialNumber.equals(timestamp.signerSerialNumber) && leaf.issuer.equals(timestamp.signerIssuer);
  });
}
