import { createIdentityProvider, tokenEndpointHost } from "@colophon/build";
import type { IdentityToken, RequestCounts } from "@colophon/core";
import type { WrittenSign } from "../written-config.ts";
import { networkOf } from "./network.ts";
import type { NamedServices } from "./services.ts";
import { readSigning, type OpenedSigning } from "./signing.ts";
import { reuseTokens, tellFailure } from "./tokens.ts";

export interface ServicesRequest {
  /** What a configuration says; paths in it are absolute. */
  readonly written?: WrittenSign;
  /** What ranks above it; paths are absolute. */
  readonly services?: NamedServices & { readonly key?: string };
  readonly password?: () => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly offline: boolean;
  readonly userAgent: string;
  readonly tokenFile?: string;
  /** An issuer of identity tokens that is accepted besides the platform's own. */
  readonly acceptedIssuer?: string;
}

/** The services that sign, wired; nothing is asked before it is needed. */
export interface SigningServices {
  /** Host of a log that anybody reads. */
  readonly publicLog?: string;
  /** Whether an identity can be had, without asking for one. */
  readonly hasIdentity: boolean;
  /** The identity that a keyless signature is made with; for a key, the platform's own where it has one to give. */
  readonly token: () => Promise<IdentityToken | undefined>;
  /** Rejects with ConfigError or SigstoreError for a key that cannot be used. */
  readonly opened: Promise<OpenedSigning>;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

const AUDIENCE = "sigstore";

/** Rejects with ConfigError or SigstoreError for what is configured wrongly. */
export async function openServices(request: ServicesRequest): Promise<SigningServices> {
  const { written, services = {}, env, now, offline, userAgent, tokenFile, acceptedIssuer } = request;
  const signing = await readSigning({
    ...(written === undefined ? {} : { written }),
    flags: services,
    password: request.password ?? (async () => env["COLOPHON_KEY_PASSWORD"]),
    now,
  });
  const { createHttp } = await import("@colophon/http");
  const tokenHost = tokenEndpointHost(env);
  const http = createHttp({ userAgent, offline, ...networkOf(signing.services, tokenHost, env) });
  const file = tokenFile === undefined ? {} : { tokenFile };
  const issuer = acceptedIssuer === undefined ? {} : { acceptedIssuer };
  const identity = reuseTokens(createIdentityProvider({ env, now, http, ...file, ...issuer }), now);
  const opened = signing.open(http, identity).then((one) => ({ ...one, signer: tellFailure(one.signer) }));
  opened.catch(() => undefined);
  // Beside the key's derivation this costs nothing; after it, it is what the read-back would wait for.
  if (!signing.keyless) void (await import("@colophon/sigstore")).loadLibraries();
  const hasIdentity = tokenFile !== undefined || (env["SIGSTORE_ID_TOKEN"] ?? "") !== "" || tokenHost !== null;
  return {
    ...(signing.publicLog === undefined ? {} : { publicLog: signing.publicLog }),
    hasIdentity,
    token: async () => (signing.keyless || hasIdentity ? await identity.token(AUDIENCE) : undefined),
    opened,
    requests: () => http.counts(),
    close: () => http.close(),
  };
}
