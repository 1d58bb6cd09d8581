import { isObject, stringAt } from "@colophon/core";

/** How to log in to a registry: nothing of it is for messages. */
export type Login =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** A refresh token, which the registry's token service changes for others. */
  | { readonly kind: "identity"; readonly token: string }
  /** What the registry itself takes as a bearer. */
  | { readonly kind: "bearer"; readonly token: string };

/** The login in an entry of `auths` (Docker's config.json, Podman's auth.json); undefined where it holds none. */
export function loginIn(entry: unknown): Login | undefined {
  if (!isObject(entry)) return undefined;
  const identity = stringAt(entry, "identitytoken");
  if (identity) return { kind: "identity", token: identity };
  const bearer = stringAt(entry, "registrytoken");
  if (bearer) return { kind: "bearer", token: bearer };
  const auth = Buffer.from(stringAt(entry, "auth") ?? "", "base64").toString("utf8");
  const colon = auth.indexOf(":");
  const username = colon === -1 ? stringAt(entry, "username") : auth.slice(0, colon);
  // Docker on Windows ends it with a zero.
  const password = colon === -1 ? stringAt(entry, "password") : auth.slice(colon + 1).replace(/\0+$/, "");
  return username && password ? basic(username, password) : undefined;
}

/** What a credential helper answers: the user name `<token>` says that the secret is an identity token. */
export function loginOfHelper(answer: unknown): Login | undefined {
  const username = stringAt(answer, "Username");
  const secret = stringAt(answer, "Secret");
  if (!username || !secret) return undefined;
  return username === "<token>" ? { kind: "identity", token: secret } : basic(username, secret);
}

function basic(username: string, password: string): Login {
  return { kind: "basic", username, password };
}
