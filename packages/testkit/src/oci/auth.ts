/** Who may do what at a registry; without it everybody may do everything. */
export type OciAuth = BasicAuth | BearerAuth;

interface Account {
  readonly username: string;
  readonly password: string;
  /** Whether everybody may pull. `/v2/` asks for authentication all the same. */
  readonly anonymousPull?: boolean;
}

/** Username and password with every request. */
export interface BasicAuth extends Account {
  readonly kind: "basic";
}

/** Tokens for repositories and actions, given for username and password (Docker's token authentication). */
export interface BearerAuth extends Account {
  readonly kind: "bearer";
  /** A refresh token that is good from the start: the `identitytoken` of a Docker credential file. */
  readonly identityToken?: string;
  /** Where tokens are given: at the registry's own address, or at another port. Default `own`. */
  readonly tokenServer?: "own" | "apart";
}

/** What a request is about: a repository, or none at `/v2/`. */
export interface Target {
  readonly repository: string | undefined;
  readonly action: "pull" | "push" | "delete";
}

/** The name that the registry has at its token endpoint. */
export const SERVICE = "registry.test";

/** The `Authorization` header of an account. */
export function toBasic({ username, password }: Pick<Account, "username" | "password">): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
