import { workerData } from "node:worker_threads";
import type { Authentication, DigestSet, Proof } from "@colophon/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import type { ConfiguredKey } from "../configured-key.ts";
import type { TrustRoot } from "../trust/trust-root.ts";
import { createVerifier } from "../verifier.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** As protobuf JSON. */
  readonly trustedRoots: readonly unknown[];
  readonly rest: Omit<TrustRoot, "trustedRoots">;
  readonly keys: readonly ConfiguredKey[];
}

/** One proof to authenticate. */
export interface Task {
  readonly proof: Proof;
  readonly claimed: DigestSet | undefined;
}

const { trustedRoots, rest, keys } = workerData as ThreadData;
const root = { trustedRoots: trustedRoots.map((one) => TrustedRoot.fromJSON(one)), ...rest } as unknown as TrustRoot;
const verifier = createVerifier({ trust: { load: () => Promise.resolve(root) }, keys });

export function authenticate({ proof, claimed }: Task): Promise<Authentication> {
  return verifier.authenticate(proof, claimed);
}
