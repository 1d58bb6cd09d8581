import type { NpmFacts, Proof, ReleaseObject } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { Registry } from "../config/registry.ts";
import { reasonOfError, reasonOfFailure, reasonOfStatus, type NpmReason } from "../reason.ts";
import { parseAttestations } from "./attestations.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;

export interface FetchContext {
  readonly http: Http;
  readonly registry: Registry;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Further ones of each request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Fetched = { readonly found: readonly Proof[] } | { readonly reason: NpmReason };

/** Asks for what a version advertises. The endpoint lags behind the packument, so that what is absent is asked again. */
export async function fetchAttestations(
  object: Pick<ReleaseObject, "name" | "version">,
  facts: Pick<NpmFacts, "attestationsUrl" | "provenanceType">,
  context: FetchContext,
): Promise<Fetched> {
  const { attestationsUrl: url = "", provenanceType } = facts;
  const { http, registry, sleep, headers = {} } = context;
  const what = `${object.name}@${object.version} on ${registry.url}`;
  let lack = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await sleep(FIRST_PAUSE_MS * attempt);
    const answer = await http.fetchBytes({
      url,
      accept: "application/json",
      headers,
      maxBytes: MAX_BYTES,
      retries: ATTEMPTS - 1 - attempt,
      retryOn: [404],
      ...(registry.credentials !== undefined && { credentials: registry.credentials }),
    });
    if (answer.outcome === "failed") return { reason: reasonOfFailure(what, answer.reason) };
    if (answer.code === 404) return { reason: notServed(what, url, "last status 404") };
    if (answer.code !== 200) {
      const authorized = registry.credentials !== undefined;
      return { reason: reasonOfStatus(answer.code, { what, registry: registry.url, authorized }) };
    }
    let found: readonly Proof[];
    try {
      found = parseAttestations(answer.bytes, url);
    } catch (error) {
      return { reason: reasonOfError(`${what} (${url})`, error) };
    }
    const whole =
      found.length > 0 && (provenanceType === undefined || found.some((p) => p.listedAs === provenanceType));
    if (whole) return { found };
    lack = found.length === 0 ? "an empty list, last status 200" : `a list without ${provenanceType}, last status 200`;
  }
  return { reason: notServed(what, url, lack) };
}

function notServed(what: string, url: string, last: string): NpmReason {
  return {
    code: "attestation-not-served",
    message: `${what}: the packument advertises attestations, but ${url} does not serve them (${last})`,
    hint: "Ask again later; if it stays so, ask the registry's operator, or the registry that it is published to.",
  };
}
