import type { KeyObject } from "node:crypto";
import type { SignedEntity, TrustMaterial, Verifier as LibraryVerifier, VerifierOptions } from "@sigstore/verify";
import type { X509Certificate } from "@sigstore/core";
import type { RegistryKey, TrustRoot } from "./trust/trust-root.ts";

/** A trust root made ready once for all proofs. */
export interface ReadyTrust {
  readonly registryKeys: readonly RegistryKey[];
  readonly material: TrustMaterial;
  /** Certificate, log and time, each once. */
  readonly keyless: LibraryVerifier;
  /** The same checks for a plain key, which the caller has chosen. */
  withKey(key: ChosenKey, thresholds: VerifierOptions): LibraryVerifier;
}

export interface ChosenKey {
  readonly publicKey: KeyObject;
  readonly validFor: (date: Date) => boolean;
}

export async function prepareTrust(root: TrustRoot): Promise<ReadyTrust> {
  const { toTrustMaterial, Verifier } = await import("@sigstore/verify");
  const material = toTrustMaterial(root.trustedRoot);
  return {
    registryKeys: root.registryKeys,
    material,
    keyless: new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 }),
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
