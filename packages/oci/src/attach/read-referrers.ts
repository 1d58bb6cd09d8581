import { errorOf } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { ReferrerList, Registry } from "../registry/registry.ts";

/**
 * What may refer to a manifest in a repository; undefined where the repository is not there yet, as far as one may see,
 * and the first push makes it: the one that the manifest itself lies in is always there. `tags`: all of the repository,
 * where they are known. Throws OciError.
 */
export async function readReferrers(
  registry: Registry,
  repository: Repository,
  digest: string,
  tags?: ReadonlySet<string>,
): Promise<ReferrerList | undefined> {
  const referrers = await registry.referrers(repository, digest, tags);
  if (referrers.ok) return referrers.value;
  if (referrers.reason.code === "repository-unknown") return undefined;
  throw errorOf(referrers.reason);
}
