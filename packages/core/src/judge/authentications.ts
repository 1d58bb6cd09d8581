import type { DigestSet } from "../digest.ts";
import { ARTIFACT_DIGEST_UNKNOWN, type Authentication, type Proof, type Verifier } from "../ports.ts";

/**
 * One for each proof, however many objects it is about; of a signature over an artifact itself one more for each
 * artifact that it was found for.
 */
export type Authentications = ReadonlyMap<string, Authentication>;

/** Authenticates what is found, and remembers it. */
export interface Authenticator {
  /** `digest`: of the object that the proof was found for. */
  authenticate(proof: Proof, digest: DigestSet): Promise<void>;
  /** All of them, to judge by. */
  all(): Promise<Authentications>;
}

/** Asks the verifier no more than it takes, also of what is asked at once. */
export function createAuthenticator(verifier: Verifier): Authenticator {
  const known = new Map<string, Promise<Authentication>>();
  const once = async (key: string, proof: Proof, claimed?: DigestSet): Promise<Authentication> => {
    const authentication = known.get(key) ?? verifier.authenticate(proof, claimed);
    known.set(key, authentication);
    return await authentication;
  };
  return {
    authenticate: async (proof, digest) => {
      const own = await once(proof.digest, proof);
      if (dependsOnObject(own)) await once(keyFor(proof, digest), proof, digest);
    },
    all: async () => new Map(await Promise.all([...known].map(async ([key, one]) => [key, await one] as const))),
  };
}

/** That of a proof which was found for the object of that digest. Throws TypeError where it was not authenticated. */
export function authenticationOf(proof: Proof, digest: DigestSet, authentications: Authentications): Authentication {
  const own = authentications.get(proof.digest);
  const found = own !== undefined && dependsOnObject(own) ? (authentications.get(keyFor(proof, digest)) ?? own) : own;
  if (found === undefined) throw new TypeError(`the proof ${proof.digest} at ${proof.location} was not authenticated`);
  return found;
}

function dependsOnObject(authentication: Authentication): boolean {
  return !authentication.ok && authentication.code === ARTIFACT_DIGEST_UNKNOWN;
}

function keyFor(proof: Proof, digest: DigestSet): string {
  const pairs = Object.entries(digest).map((pair) => pair.join(":"));
  return [proof.digest, ...pairs.toSorted()].join(" ");
}
