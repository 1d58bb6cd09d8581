import { workerData } from "node:worker_threads";
import type { Authentication, DigestSet, Proof } from "@colophon/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import type { ConfiguredKey } from "../configured-key.ts";
import type { TrustRoot } from "../trust/trust-root.ts";
import { createVerifier } from "../verifier.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** A trusted root as protobuf JSON. */
  readonly trustedRoot: unknown;
  readonly rest: Omit<TrustRoot, "trustedRoot">;
  readonly keys: readonly ConfiguredKey[];
}

/** One proof to authenticate. */
export interface Task {
  readonly proof: Proof;
  readonly claimed: DigestSet | undefined;
}

const { trustedRoot, rest, keys } = workerData as ThreadData;
const root: TrustRoot = { trustedRoot: TrustedRoot.fromJSON(trustedRoot), ...rest };
const verifier = createVerifier({ trust: { load: () => Promise.resolve(root) }, keys });

export function authenticate({ proof, claimed }: Task): Promise<Authentication> {
  return verifier.authenticate(proof, claimed);
}
