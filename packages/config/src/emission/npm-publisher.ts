import { join } from "node:path";
import type { Answer, NotDone, ObjectId, Publication, Publisher, ReleaseObject } from "@colophon/core";
import type { NpmPublication, publishTarball } from "@colophon/npm/publish";
import type { Npm } from "../npm.ts";
import { failureOf } from "./failure.ts";

/** How packages get their provenance at the registry. */
export type RegistryProvenance = "registry" | "bundle" | "none";

export interface PublisherRequest {
  /** Paths by id. */
  readonly tarballs: ReadonlyMap<ObjectId, string>;
  readonly provenance: RegistryProvenance;
  /** Folder of the bundles. */
  readonly bundles: string;
  /** Waited for what another publisher has published, and nothing published. */
  readonly isPublishedElsewhere: boolean;
}

/** What it is made of. */
interface Means extends PublisherRequest {
  readonly tool: "npm" | "pnpm";
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string) => void;
  readonly patienceMs: number;
  readonly publication: NpmPublication;
  readonly publishTarball: typeof publishTarball;
  readonly reader: Npm;
}

/** An npm registry, and the tool that publishes at it. What it serves is looked up once for each package. */
export function createNpmPublisher(means: Means): Publisher {
  const { tarballs, provenance, bundles, isPublishedElsewhere, publication, reader, patienceMs, tool, args } = means;
  let stopped = false;
  const seen = new Map<ObjectId, ReturnType<typeof look>>();
  const look = async ({ name, version, digest }: Publication) =>
    await publication.readBack({
      name,
      version,
      expected: digest,
      wantsProvenance: provenance !== "none",
      patienceMs,
      now: () => Date.now(),
    });
  const back = async (one: Publication) => {
    const found = seen.get(one.id) ?? look(one);
    seen.set(one.id, found);
    return await found;
  };
  return {
    state: async (one) => {
      if (!isPublishedElsewhere) return await publication.versionState(one.name, one.version);
      const found = await back(one);
      if (found.status === "not-served") return { state: "unknown", reason: found.reason };
      return { state: "taken", digest: found.digest };
    },
    predecessor: ({ name, version }) => publication.predecessor(name, version),
    publish: async (one, bundle) => {
      if (stopped) return kept(one, tool);
      const publishing = means.publishTarball({
        ...means,
        tarball: tarballs.get(one.id) ?? "",
        args: [
          ...args,
          ...provenanceArguments(tool, provenance, bundle === undefined ? undefined : join(bundles, bundle)),
        ],
      });
      // What others of the release have become must not be lost with it, and whoever ends one wants no more of them.
      const outcome = await publishing.catch((cause: unknown) => {
        const failure = failureOf(cause);
        if (failure?.reason.code !== "TOOL_STOPPED") throw cause;
        stopped = true;
        return { outcome: "failed" as const, code: failure.reason.code, message: failure.reason.message };
      });
      return outcome.outcome === "published" ? { status: "published" } : notPublished(one, tool, outcome);
    },
    served: async (one) => {
      const found = await back(one);
      if (found.status === "not-served") return { status: "not-served", reason: found.reason };
      return { status: "served", digest: found.digest, from: "registry-bytes" };
    },
    attestations: async (one) => {
      const found = await back(one);
      if (found.status === "served" && typeof found.attestations === "object")
        return { object: one.id, status: "unavailable", reason: found.attestations.reason };
      return await readAttestations(one, reader);
    },
  };
}

function provenanceArguments(
  tool: Means["tool"],
  provenance: RegistryProvenance,
  bundle: string | undefined,
): string[] {
  if (provenance === "registry") return ["--provenance"];
  if (bundle !== undefined) return [`--provenance-file=${bundle}`];
  // A registry that carries none refuses a package that brings some along, be it asked for in package.json.
  return tool === "npm" ? ["--provenance=false"] : [];
}

/** What another try may mend; everything else has to be changed by somebody. */
const PASSING =
  /^(?:TOOL_STOPPED|E5\d\d|E429|ETIMEDOUT|ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_SOCKET_TIMEOUT|ERR_PNPM_(?:META_FETCH|FETCH_5).*)$/;

function kept({ name, version }: Publication, tool: Means["tool"]): NotDone {
  const message = `${name}@${version} is kept back: ${tool} was ended while it published another package`;
  const hint = "Run the same command again: what is published already is taken up.";
  return { status: "unreachable", reason: { code: "release-kept-back", message, hint } };
}

function notPublished(
  { name, version }: Publication,
  tool: Means["tool"],
  { code, message }: { readonly code: string; readonly message: string },
): NotDone {
  const passing = PASSING.test(code);
  const hint = passing ? "Run the same command again: what is published already is taken up." : `${tool} says why.`;
  return {
    status: passing ? "unreachable" : "refused",
    reason: {
      code: "publish-failed",
      message: `${name}@${version} is not published: ${tool} ended with ${code}: ${message}`,
      hint,
    },
  };
}

/** The registry's own attestations, by the code that reads everybody's. */
async function readAttestations({ id, name, version }: Publication, { inventory, store }: Npm): Promise<Answer> {
  const objects: ReleaseObject[] = [];
  for await (const page of inventory.list({ channel: "npm", name, range: version })) {
    objects.push(...page.objects);
    const [gap] = page.gaps;
    if (gap !== undefined) return { object: id, status: "unavailable", reason: gap.reason };
  }
  for await (const answer of store.find(objects)) return answer;
  return { object: id, status: "answered", found: [] };
}
