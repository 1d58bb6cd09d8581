import type { Verifier } from "./clients/client.ts";
import { askColophon } from "./clients/colophon.ts";
import { askCosign } from "./clients/cosign.ts";
import { askGh } from "./clients/gh.ts";
import { askSigstoreJs } from "./clients/sigstore-js.ts";
import { askSigstorePython } from "./clients/sigstore-python.ts";

/** Everybody who can be asked about a bundle; the columns of the matrix. */
export const VERIFIERS = {
  colophon: askColophon,
  cosign: askCosign,
  gh: askGh,
  "sigstore-python": askSigstorePython,
  "sigstore-js-4": askSigstoreJs("sigstore-4"),
  "sigstore-js-5": askSigstoreJs("sigstore-5"),
} as const satisfies Readonly<Record<string, Verifier>>;

export type VerifierName = keyof typeof VERIFIERS;
export const VERIFIER_NAMES: readonly VerifierName[] = Object.keys(VERIFIERS) as VerifierName[];
