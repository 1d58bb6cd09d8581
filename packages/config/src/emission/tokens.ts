import { BuildError } from "@colophon/build";
import type { EnvelopeSigner, IdentityProvider, IdentityToken, NotDone } from "@colophon/core";

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
        if (cause instanceof BuildError) return failureOf(cause);
        throw cause;
      }
    },
  };
}

/** What a failure to get a token means: asking again later helps, or something has to be changed. */
function failureOf({ code, message, hint }: BuildError): NotDone {
  const reason = { code, message, ...(hint === undefined ? {} : { hint }) };
  return { status: code === "token-endpoint-unavailable" ? "unreachable" : "refused", reason };
}
