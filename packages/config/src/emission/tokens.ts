import { BuildError } from "@colophon/build";
import type { EnvelopeSigner, IdentityProvider, IdentityToken } from "@colophon/core";
import { failureOf } from "./failure.ts";

const LEAST_REMAINING_MS = 60_000;

/** Describing and signing ask for the same token: one does for both while it holds. */
export function reuseTokens(identity: IdentityProvider, now: () => Date): IdentityProvider {
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
export function tellFailure(signer: EnvelopeSigner): EnvelopeSigner {
  return {
    ...signer,
    sign: async (statement) => {
      try {
        return await signer.sign(statement);
      } catch (cause) {
        const failure = cause instanceof BuildError ? failureOf(cause) : undefined;
        if (failure !== undefined) return failure;
        throw cause;
      }
    },
  };
}
