import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isObject, type Authentication, type DigestSet, type Proof, type Verifier } from "@colophon/core";
import { createCache } from "@colophon/http/cache";
import { readConfiguredKey, type ConfiguredKey } from "./configured-key.ts";
import type { TrustSource } from "./trust/trust-root.ts";

/** A large provenance has some hundred kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface AuthenticationCache {
  /** Made when needed, private to the user. */
  readonly folder: string;
  /** Identifies the program that authenticates: another one reads no entry of this one. */
  readonly build: string;
}

/**
 * Keeps authentications on disk: an entry holds what follows from a proof's bytes, the trust root, the keys and this
 * build alone, so that deleting it never changes an answer. What could not be decided is not kept.
 */
export function createCachedVerifier(
  verifier: Verifier,
  { trust, keys }: { readonly trust: TrustSource; readonly keys: readonly ConfiguredKey[] },
  { folder, build }: AuthenticationCache,
): Verifier {
  const cache = createCache(folder);
  const keyIds = keys
    .map(readConfiguredKey)
    .map(({ keyId, publicKey }) => [keyId, publicKey.export({ format: "der", type: "spki" }).toString("base64")]);
  const keyOf = async ({ digest, mediaType, location }: Proof, claimed: DigestSet | undefined): Promise<string> => {
    // Type and location are named in warnings.
    const facts = [build, (await trust.load()).digest, keyIds, digest, mediaType, location, sorted(claimed)];
    return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  };
  return {
    authenticate: async (proof, claimed) => {
      const key = await keyOf(proof, claimed);
      const known = parseAuthentication((await cache.read(key, MAX_BYTES))?.bytes);
      if (known !== undefined) return known;
      const found = await verifier.authenticate(proof, claimed);
      const text = JSON.stringify(found);
      const isKept = found.ok || found.kind !== "unavailable";
      // A payload can hold what JSON writes otherwise than it was read, such as a number that is too large.
      if (isKept && isDeepStrictEqual(JSON.parse(text), found))
        await cache.write(key, { headers: {}, bytes: Buffer.from(text) });
      return found;
    },
  };
}

function sorted(digests: DigestSet | undefined): unknown {
  return digests && Object.entries(digests).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

/** The cache has checked that these are the bytes that were written under this key. */
function parseAuthentication(bytes: Uint8Array | undefined): Authentication | undefined {
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  return isObject(value) && typeof value["ok"] === "boolean" ? (value as unknown as Authentication) : undefined;
}
