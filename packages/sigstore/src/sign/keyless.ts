import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import {
  IN_TOTO_PAYLOAD_TYPE,
  type EnvelopeSigner,
  type IdentityProvider,
  type NotDone,
  type SignedEnvelope,
} from "@colophon/core";
import type { Http } from "@colophon/http";
import { preAuthEncoding } from "../envelope-signature.ts";
import { requestCertificate } from "./fulcio.ts";
import { isNotDone } from "./not-done.ts";
import type { LeafCertificate } from "./read-certificate.ts";
import { createService, type Service } from "./service.ts";

export interface KeylessOptions {
  readonly http: Http;
  readonly fulcioUrl: string;
  /** Asked for the audience `sigstore`, once for each certificate; what it rejects with is passed on. */
  readonly identity: IdentityProvider;
  readonly now: () => Date;
}

/** A log must see the signature while the certificate is valid. */
const LEAST_REMAINING_MS = 60_000;

export interface Credential {
  readonly privateKey: KeyObject;
  readonly certificate: LeafCertificate;
}

/** A new key and a certificate for it. */
export async function certify(
  fulcio: Service,
  { identity, now }: Pick<KeylessOptions, "identity" | "now">,
): Promise<Credential | NotDone> {
  const token = await identity.token("sigstore");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = await requestCertificate(fulcio, token, { publicKey, privateKey }, now());
  return isNotDone(certificate) ? certificate : { privateKey, certificate };
}

/**
 * Signs with a P-256 key that never leaves memory, and a short-lived certificate of Fulcio's for it. One certificate serves
 * every signature, concurrent ones too, while at least 60 s of it remain. Throws SERVICE_URL_INVALID.
 */
export function createKeylessSigner({ http, fulcioUrl, identity, now }: KeylessOptions): EnvelopeSigner {
  const fulcio = createService(http, fulcioUrl);
  let kept: Credential | undefined;
  let underway: Promise<Credential | NotDone> | undefined;

  async function renew(): Promise<Credential | NotDone> {
    const credential = await certify(fulcio, { identity, now });
    if (!isNotDone(credential)) kept = credential;
    return credential;
  }

  async function credential(): Promise<Credential | NotDone> {
    if (kept !== undefined && Date.parse(kept.certificate.notAfter) - now().getTime() >= LEAST_REMAINING_MS)
      return kept;
    underway ??= renew().finally(() => (underway = undefined));
    return underway;
  }

  return {
    async sign(statement) {
      const signer = await credential();
      return isNotDone(signer) ? signer : envelopeByCertificate(statement, signer);
    },
  };
}

function envelopeByCertificate(statement: Uint8Array, { privateKey, certificate }: Credential): SignedEnvelope {
  return {
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload: statement,
    signature: new Uint8Array(sign("sha256", preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, statement), privateKey)),
    keyId: "",
    signer: { kind: "certificate", certificate: certificate.der, expiresAt: certificate.notAfter },
  };
}
