import { createHash, randomBytes } from "node:crypto";
import type { NotDone, SignedEnvelope, Testimony, Witness } from "@colophon/core";
import type { Http } from "@colophon/http";
import { believe, refusal } from "./answer.ts";
import { isNotDone } from "./not-done.ts";
import { createService, type Service } from "./service.ts";

const SIGSTORE_PATH = "/api/v1/timestamp";

/**
 * A timestamp authority (RFC 3161 over HTTP, §3.4), Sigstore's or any other: it states when it saw the signature. The URL is
 * used as it is; a bare origin stands for Sigstore's path. Throws SERVICE_URL_INVALID.
 */
export function createTimestampWitness({ http, url }: { readonly http: Http; readonly url: string }): Witness {
  const authority = createService(http, url);
  return { kind: "timestamp", name: authority.host, witness: (envelope) => requestTimestamp(authority, url, envelope) };
}

/** When it saw a signature, over whatever that is; `url` is the authority's, as it was given. */
export async function requestTimestamp(
  authority: Service,
  url: string,
  { signature }: Pick<SignedEnvelope, "signature">,
): Promise<Testimony | NotDone> {
  const full = new URL(url);
  if (full.pathname === "/") full.pathname = SIGSTORE_PATH;
  // Only who asks for timestamps pays for loading ASN.1.
  const { checkResponse, encodeQuery } = await import("./timestamp-query.ts");
  const query = { digest: createHash("sha256").update(signature).digest(), nonce: createNonce() };
  const answer = await authority.ask({
    url: full.href,
    method: "POST",
    body: { bytes: encodeQuery(query), mediaType: "application/timestamp-query" },
    accept: "application/timestamp-reply",
  });
  if (isNotDone(answer)) return answer;
  if (answer.code !== 200 && answer.code !== 201) return refusal(authority.host, "a request for a timestamp", answer);
  return believe(authority.host, (): Testimony => {
    checkResponse(answer.bytes, query);
    return { kind: "timestamp", response: answer.bytes };
  });
}

/** 64 bits, of which the first are 01: a positive ASN.1 integer of always the same length. */
function createNonce(): Uint8Array {
  const nonce = new Uint8Array(randomBytes(8));
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}
