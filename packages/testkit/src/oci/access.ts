import type { Reply, Request } from "../loopback-server.ts";
import { fail } from "./answers.ts";
import { SERVICE, toBasic, type OciAuth, type Target } from "./auth.ts";
import type { Tokens } from "./tokens.ts";

/** Decides about requests. */
export interface Access {
  /** The refusal of a request, if it is refused. */
  refuse(request: Request, target: Target): Reply | undefined;
  /** 401 as the registry asks for authentication. */
  challenge(target: Target): Reply;
}

/** Makes the access of a registry; `realm` is the address of its token endpoint. */
export function createAccess(auth: OciAuth | undefined, tokens: Tokens | undefined, realm: () => string): Access {
  const describe = ({ repository, action }: Target): string => {
    if (tokens === undefined) return 'Basic realm="registry"';
    const actions = action === "push" ? "pull,push" : action;
    const scope = repository === undefined ? "" : `,scope="repository:${repository}:${actions}"`;
    return `Bearer realm="${realm()}",service="${SERVICE}"${scope}`;
  };
  const challenge = (target: Target): Reply => {
    const reply = fail(401, "UNAUTHORIZED", "authentication required");
    return { ...reply, headers: { ...reply.headers, "www-authenticate": describe(target) } };
  };
  return {
    challenge,
    refuse({ headers: { authorization = "" } }, target) {
      if (auth === undefined) return undefined;
      if (tokens !== undefined) return tokens.allow(authorization, target) ? undefined : challenge(target);
      if (authorization === toBasic(auth)) return undefined;
      const isOpen = auth.anonymousPull === true && target.action === "pull" && target.repository !== undefined;
      return isOpen && authorization === "" ? undefined : challenge(target);
    },
  };
}
