import { BuildError, createIdentityProvider, tokenEndpointHost } from "@colophon/build";
import type { EnvelopeSigner, IdentityProvider, IdentityToken, NotDone, RequestCounts, Witness } from "@colophon/core";
import { networkOf } from "./network.ts";
import type { Signing } from "./signing.ts";

export interface EmissionRequest {
  readonly signing: Signing;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly offline: boolean;
  readonly userAgent: string;
  readonly tokenFile?: string;
  readonly acceptedIssuer?: string;
}

/** The services that an emission asks, wired; nothing is asked before it is needed. */
export interface Emission {
  readonly signer: EnvelopeSigner;
  readonly witnesses: readonly Witness[];
  /** The identity that a keyless signature is made with; for a key, the platform's own where it has one to give. */
  readonly token: () => Promise<IdentityToken | undefined>;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

const AUDIENCE = "sigstore";

/** Rejects with SigstoreError for the address of a service that cannot be one. */
export async function openEmission(request: EmissionRequest): Promise<Emission> {
  const { signing, env, now, offline, userAgent, tokenFile, acceptedIssuer } = request;
  const { createHttp } = await import("@colophon/http");
  const tokenHost = tokenEndpointHost(env);
  const http = createHttp({ userAgent, offline, ...networkOf(signing.services, tokenHost, env) });
  const identity = reuseTokens(
    createIdentityProvider({
      env,
      now,
      http,
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(acceptedIssuer === undefined ? {} : { acceptedIssuer }),
    }),
    now,
  );
  const { signer, witnesses } = await signing.open(http, identity);
  const hasToken =
    signing.keyless || tokenFile !== undefined || (env["SIGSTORE_ID_TOKEN"] ?? "") !== "" || tokenHost !== null;
  return {
    signer: tellFailure(signer),
    witnesses,
    token: async () => (hasToken ? await identity.token(AUDIENCE) : undefined),
    requests: () => http.counts(),
    close: () => http.close(),
  };
}

const LEAST_REMAINING_MS = 60_000;

/** Describing and signing ask for the same token: one does for both while it holds. */
function reuseTokens(identity: IdentityProvider, now: () => Date): IdentityProvider {
  const known = new Map<string, IdentityToken>();
  return {
    token: async (audience) => {
      const token = known.get(audience);
      if (token !== undefined && Date.parse(token.expiresAt) - now().getTime() > LEAST_REMAINING_MS) return token;
      const fresh = await identity.token(audience);
      known.set(audience, fresh);
      return fresh;
    },
  };
}

/** A token that cannot be had again while sealing is an answer: what was sealed before it must not be lost. */
function tellFailure(signer: EnvelopeSigner): EnvelopeSigner {
  return {
    ...signer,
    sign: async (statement) => {
      try {
        return await signer.sign(statement);
      } catch (cause) {
        if (cause instanceof BuildError) return failureOf(cause);
        throw cause;
      }
    },
  };
}

/** What a failure to get a token means: asking again later helps, or something has to be changed. */
export function failureOf({ code, message, hint }: BuildError): NotDone {
  const reason = { code, message, ...(hint === undefined ? {} : { hint }) };
  return { status: code === "token-endpoint-unavailable" ? "unreachable" : "refused", reason };
}
