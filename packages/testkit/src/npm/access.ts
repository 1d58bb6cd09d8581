import { randomBytes } from "node:crypto";
import { memberObject, memberString, type JsonObject } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { created, fail } from "./answers.ts";

/** Who may do what at a registry. */
export interface AccessOptions {
  /** Requests without `Authorization: Bearer <token>` are answered 401. */
  readonly token?: string;
  /** In place of `token`: what writing takes while everyone may read. Without both, anyone may write. */
  readonly publishToken?: string;
  /** Packages with a trusted publisher: an identity token of any job is exchanged for one that publishes them. */
  readonly trustedPublishers?: readonly string[];
}

/** Who publishes: someone with the registry's token, or a job that one package trusts. */
export interface Caller {
  readonly trustedBy?: string;
}

/** The tokens of a registry. */
export interface Access {
  mayRead(authorization: string | undefined): boolean;
  /** Absent: the request has to be answered 401. */
  identify(authorization: string | undefined): Caller | undefined;
  /** Answers `POST /-/npm/v1/oidc/token/exchange/package/:name`. */
  exchange(name: string, authorization: string | undefined): Reply;
}

/** Makes the tokens of a registry. */
export function createAccess({ token, publishToken, trustedPublishers = [] }: AccessOptions): Access {
  const issued = new Map<string, Caller>();
  return {
    mayRead: (authorization = "") =>
      token === undefined || authorization === `Bearer ${token}` || issued.has(authorization),
    identify: (authorization = "") => {
      const job = issued.get(authorization);
      if (job !== undefined) return job;
      return publishToken === undefined || authorization === `Bearer ${publishToken}` ? {} : undefined;
    },
    exchange: (name, authorization = "") => {
      const claims = readClaims(authorization);
      // The audience is the host that the client was told, which need not be the one that it reached.
      if (!memberString(claims, "aud").startsWith("npm:")) return refuse(401, "invalid id token");
      if (!trustedPublishers.includes(name)) return refuse(404, "package not found");
      const exchanged = `npm_${randomBytes(18).toString("hex")}`;
      issued.set(`Bearer ${exchanged}`, { trustedBy: name });
      return created({ token_type: "oidc", token: exchanged });
    },
  };
}

function refuse(status: number, reason: string): Reply {
  const message = `OIDC token exchange error - ${reason}`;
  return { ...fail(status, message), body: JSON.stringify({ message }) };
}

function readClaims(authorization: string): JsonObject {
  const payload = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/u.exec(authorization)?.[1];
  try {
    return memberObject(JSON.parse(Buffer.from(payload ?? "", "base64url").toString()));
  } catch {
    return {};
  }
}
