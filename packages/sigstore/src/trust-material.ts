import type { KeyObject } from "node:crypto";
import type { SignedEntity, TrustMaterial, Verifier as LibraryVerifier, VerifierOptions } from "@sigstore/verify";
import type { X509Certificate } from "@sigstore/core";
import { loadLibraries, type Libraries } from "./libraries.ts";
import { rememberCertificate } from "./remember-certificate.ts";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { RegistryKey, TrustRoot } from "./trust/trust-root.ts";

/** The trust root made ready once for all proofs. */
export interface ReadyTrust {
  readonly registryKeys: readonly RegistryKey[];
  /** One for each Sigstore instance, at least one. */
  readonly instances: readonly [ReadyInstance, ...ReadyInstance[]];
}

/** The authorities and logs of one Sigstore instance. */
export interface ReadyInstance {
  readonly material: TrustMaterial;
  readonly core: Libraries["core"];
  /** Whether certificates and signatures are held to be logged: the instance has logs for them. */
  readonly needsLog: boolean;
  /** Certificate and time, each once, and at least that many log entries where it has logs. */
  keyless(logEntries: 0 | 1): LibraryVerifier;
  /** The same checks for a plain key, which the caller has chosen. */
  withKey(key: ChosenKey, thresholds: VerifierOptions): LibraryVerifier;
}

export interface ChosenKey {
  readonly publicKey: KeyObject;
  readonly validFor: (date: Date) => boolean;
}

export async function prepareTrust({ trustedRoots, registryKeys }: TrustRoot): Promise<ReadyTrust> {
  const libraries = await loadLibraries();
  const [first, ...others] = trustedRoots;
  const prepare = (root: TrustedRoot): ReadyInstance => prepareInstance(root, libraries);
  return { registryKeys, instances: [prepare(first), ...others.map(prepare)] };
}

function prepareInstance(root: TrustedRoot, { core, verify }: Libraries): ReadyInstance {
  const { toTrustMaterial, Verifier } = verify;
  const material = toTrustMaterial(root);
  for (const { certChain } of [...material.certificateAuthorities, ...material.timestampAuthorities]) {
    for (const certificate of certChain) rememberCertificate(certificate, core);
  }
  // GitHub's own instance has no logs: there a timestamp authority alone vouches for the time.
  const needsLog = material.tlogs.length > 0;
  const ctlogThreshold = Math.min(material.ctlogs.length, 1);
  const keyless = (logEntries: number): LibraryVerifier =>
    new Verifier(material, { tlogThreshold: needsLog ? logEntries : 0, ctlogThreshold, timestampThreshold: 1 });
  const [unlogged, logged] = [keyless(0), keyless(1)];
  return {
    core,
    material,
    needsLog,
    keyless: (logEntries) => (logEntries === 0 ? unlogged : logged),
    withKey: (key, thresholds) => new Verifier({ ...material, publicKey: () => key }, thresholds),
  };
}

/** The instance that the entity is of: which issued its certificate, or else knows its log entries and timestamps. */
export function instanceOf(
  { key, tlogEntries, timestamps }: Pick<SignedEntity, "key" | "tlogEntries" | "timestamps">,
  { instances }: ReadyTrust,
): ReadyInstance {
  const isKnown = ({ material }: ReadyInstance): boolean =>
    key.$case === "certificate"
      ? isFromKnownAuthority(key.certificate, material)
      : tlogEntries.every((entry) => isKnownLog(entry, material)) &&
        timestamps.every((one) => one.$case !== "timestamp-authority" || isKnownTimestampAuthority(one, material));
  // Asking checks a signature, for nothing where there is no choice.
  return instances.length === 1 ? instances[0] : (instances.find(isKnown) ?? instances[0]);
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
