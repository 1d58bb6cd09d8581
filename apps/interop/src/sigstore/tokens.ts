import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { signToken, type Claims } from "./issuer.ts";
import type { RealSigstore } from "./start.ts";

/** An identity token with these claims; `iss` is one of the Sigstore's issuers. */
export function tokenFor({ issuerKey }: RealSigstore, claims: Claims): string {
  return signToken(createPrivateKey(readFileSync(issuerKey)), claims);
}
