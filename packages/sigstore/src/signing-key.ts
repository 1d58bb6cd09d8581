import { objectAt, stringAt, type SignerIdentity, type Statement } from "@colophon/core";
import type { ReadyKey } from "./configured-key.ts";
import type { SignedContent } from "./signed-content.ts";
import type { ChosenKey } from "./trust-material.ts";
import type { RegistryKey } from "./trust/trust-root.ts";

/** A plain key that may have signed, and who it then stands for. */
export interface CandidateKey extends ChosenKey {
  readonly signer: Extract<SignerIdentity, { kind: "key" }>;
}

export function configuredCandidates(keys: readonly ReadyKey[], hint: string): readonly CandidateKey[] {
  return keys
    .filter((key) => key.isMeantBy(hint))
    .map(({ keyId, publicKey }) => ({
      publicKey,
      validFor: () => true,
      signer: { kind: "key", keyId, scope: "configured" },
    }));
}

/**
 * Keys that the trust root gives for registries, by key id. A key may be that of several registries (mirrors):
 * the one that the publish attestation names comes first.
 */
export function registryCandidates(
  keys: readonly RegistryKey[],
  hint: string,
  statement: Statement | undefined,
): readonly CandidateKey[] {
  const named = registryHostOf(statement);
  return keys
    .filter((key) => key.keyId === hint)
    .toSorted((left, right) => Number(right.host === named) - Number(left.host === named))
    .map(({ host, keyId, publicKey }) => ({
      publicKey,
      // One key can be listed with several periods.
      validFor: (date) =>
        keys.some((key) => key.host === host && key.publicKey.equals(publicKey) && isWithin(date, key.validFor)),
      signer: { kind: "key", keyId, scope: "registry", registry: host },
    }));
}

function isWithin(date: Date, { start, end }: RegistryKey["validFor"]): boolean {
  return (start === undefined || start <= date) && (end === undefined || date <= end);
}

export function findSigningKey(candidates: readonly CandidateKey[], content: SignedContent): CandidateKey | undefined {
  return candidates.find(({ publicKey }) => content.verifySignature(publicKey));
}

function registryHostOf(statement: Statement | undefined): string | undefined {
  const registry = stringAt(objectAt(statement, "predicate"), "registry") ?? "";
  return URL.canParse(registry) ? new URL(registry).host : undefined;
}
