import { generateKeyPairSync } from "node:crypto";
import type { Proof } from "@colophon/core";
import { breakSignature } from "@colophon/testkit";
import type { ConfiguredKey } from "../src/index.ts";
import { toProof } from "./authenticate.ts";
import { IDENTITY, PUBLISH, STATEMENT, type Embedded } from "./embedded.ts";

/** Proofs of each kind, good and bad, and the key that one of them needs. */
export async function makeProofs({ sigstore }: Embedded): Promise<{ proofs: Proof[]; keys: ConfiguredKey[] }> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { privateKey: registryKey, keyId } = sigstore.registryKey;
  const keyless = await sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  const bundles = [
    keyless,
    breakSignature(keyless),
    await sigstore.attestWithKey({ statement: PUBLISH, key: registryKey, keyId }),
    await sigstore.attestWithKey({ statement: STATEMENT, key: privateKey, keyId: "", log: "none" }),
    { mediaType: "application/json" },
    STATEMENT,
  ];
  return {
    proofs: bundles.map(toProof),
    keys: [{ publicKey: publicKey.export({ format: "pem", type: "spki" }).toString() }],
  };
}
