import { inspect } from "node:util";
import { arrayAt, stringAt, type IdentityToken, type JsonObject } from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import { readClaims } from "./jwt.ts";

/** How far the clock of the machine may lag behind the issuer's. */
const LAG_SECONDS = 60;
/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can tell. */
const LAST_SECOND = 253_402_300_799;
const REDACTED = "[redacted]";

class RedactedToken implements IdentityToken {
  readonly #jwt: string;
  readonly issuer: string;
  readonly claims: JsonObject;
  readonly expiresAt: string;

  constructor(jwt: string, issuer: string, claims: JsonObject, expiresAt: string) {
    this.#jwt = jwt;
    this.issuer = issuer;
    this.claims = claims;
    this.expiresAt = expiresAt;
  }

  reveal(): string {
    return this.#jwt;
  }

  toString(): typeof REDACTED {
    return REDACTED;
  }

  toJSON(): typeof REDACTED {
    return REDACTED;
  }

  [inspect.custom](): typeof REDACTED {
    return REDACTED;
  }
}

export interface TokenRequirements {
  readonly audience: string;
  readonly now: Date;
  /** Where the token is from, for messages. */
  readonly from: string;
  /** What to do about a token for another audience. */
  readonly audienceHint?: string;
}

/**
 * Reads an identity token (RFC 7519; OpenID Connect Core 1.0 §2) and holds its audience and times against what is
 * needed. Throws `token-malformed`, `token-audience`, `token-expired`, `token-not-yet-valid` and `token-claims`.
 */
export function readIdentityToken(text: string, required: TokenRequirements): IdentityToken {
  const { audience, now, from } = required;
  const jwt = text.trim();
  const read = readClaims(jwt);
  if ("fault" in read) {
    throw new BuildError("token-malformed", `the identity token of ${from} ${read.fault}`, {
      hint: "Check how it got there: it must be the JWT alone, whole and not quoted.",
    });
  }
  const { claims } = read;
  const audiences = [stringAt(claims, "aud"), ...(arrayAt(claims, "aud") ?? [])].filter(
    (one) => typeof one === "string",
  );
  if (!audiences.includes(audience)) {
    const { audienceHint: hint } = required;
    const found = audiences.map(quote).join(", ") || "nobody";
    throw new BuildError(
      "token-audience",
      `the identity token of ${from} is for ${found}, not for ${quote(audience)}`,
      {
        ...(hint !== undefined && { hint }),
      },
    );
  }
  const issuer = stringAt(claims, "iss");
  if (issuer === undefined) throw lacks(from, "iss");
  const expires = secondsAt(claims, "exp", from);
  if (expires === undefined) throw lacks(from, "exp");
  const seconds = now.getTime() / 1000;
  if (expires <= seconds) {
    throw new BuildError("token-expired", `the identity token of ${from} expired at ${toTime(expires)}`, {
      hint: "Ask for a new one just before signing; check the clock of this machine.",
    });
  }
  const begins = secondsAt(claims, "nbf", from);
  if (begins !== undefined && begins > seconds + LAG_SECONDS) {
    throw new BuildError("token-not-yet-valid", `the identity token of ${from} is valid from ${toTime(begins)} only`, {
      hint: "Check the clock of this machine.",
    });
  }
  return new RedactedToken(jwt, issuer, claims, toTime(expires));
}

/** A NumericDate (RFC 7519 §2). */
function secondsAt(claims: JsonObject, claim: "exp" | "nbf", from: string): number | undefined {
  const value = claims[claim];
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= 0 && value <= LAST_SECOND) return value;
  throw new BuildError("token-claims", `the claim ${claim} of the identity token of ${from} is no time`, {
    hint: "Give an OpenID Connect identity token, as its issuer made it.",
  });
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function lacks(from: string, claim: string): BuildError {
  return new BuildError("token-claims", `the identity token of ${from} has no claim ${claim}`, {
    hint: "Give an OpenID Connect identity token, not an access token.",
  });
}
