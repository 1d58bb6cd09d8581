import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startOciRegistry, type EmbeddedOciRegistry } from "@colophon/testkit";
import { round, type Benchmark, type Row } from "./row.ts";

const COLOPHON = join(import.meta.dirname, "../../cli/bin/colophon.js");
const DIGESTS = 100;
const TAGS_EACH = 10;
const TAGS = DIGESTS * TAGS_EACH;
/** Of a tool that goes tag by tag, and asks for each manifest, its referrers, their tag, and cosign's `.att` tag. */
const NAIVE_EACH = 4 * TAGS_EACH;
const PLATFORMS = ["linux/amd64", "linux/arm64"];

/** 1,000 tags of 100 digests; every other one is an index of two platforms. Nothing is attested. */
function fill(registry: EmbeddedOciRegistry): void {
  for (let minor = 0; minor < DIGESTS; minor += 1) {
    const tags = Array.from({ length: TAGS_EACH }, (_, patch) => `1.${minor}.${patch}`);
    registry.addImage("acme/widget", tags, { platforms: minor % 2 === 0 ? PLATFORMS : PLATFORMS.slice(0, 1) });
  }
}

/**
 * Requests for each digest, beyond the pages of the list of tags and one for each tag, without which nobody knows where
 * it leads. HEAD tells that, and is no pull; the first tag is read, which saves one.
 */
function requestsPerDigest(what: Pick<Row, "name" | "goal">, referrers: 404 | "served", most: number): Benchmark {
  return {
    name: what.name,
    run: async (): Promise<Row> => {
      const registry = await startOciRegistry({ referrers });
      try {
        fill(registry);
        const args = [COLOPHON, "coverage", `oci://${registry.host}/acme/widget`, "--json", "--no-cache"];
        const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
        const { objects } = JSON.parse(stdout) as { objects: readonly unknown[] };
        if (objects.length !== DIGESTS) throw new Error(`${objects.length} objects were counted, not ${DIGESTS}`);
        const beyond = registry.requests.filter(({ path }) => !path.includes("/tags/list")).length - TAGS;
        const value = beyond / DIGESTS;
        return {
          ...what,
          value: round(value),
          unit: "requests",
          baseline: "manifest, referrers, their tag and .att, tag by tag",
          ratio: round(value / NAIVE_EACH),
          met: value <= most,
        };
      } finally {
        await registry.close();
      }
    },
  };
}

/** Of a registry without referrers API: its manifest alone, since the list of tags tells what else there is. */
export const ociRequests = requestsPerDigest({ name: "oci-requests", goal: "value <= 1" }, 404, 1);

/** Of one that has it: its manifest, its referrers, and those of its platforms, of which there is one on average. */
export const ociRequestsApi = requestsPerDigest({ name: "oci-requests-api", goal: "value <= 3" }, "served", 3);
