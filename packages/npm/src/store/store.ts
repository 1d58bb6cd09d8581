import { setTimeout as wait } from "node:timers/promises";
import type { Answer, ReleaseObject, Store } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { NpmConfig } from "../config/read-config.ts";
import type { NpmReason } from "../reason.ts";
import { fetchAttestations, type FetchContext } from "./fetch-attestations.ts";
import { mapConcurrently } from "./map-concurrently.ts";

export interface NpmStoreOptions {
  readonly http: Http;
  readonly config: NpmConfig;
  /** For tests. Waits before an incomplete list is asked for again, 1.5 s in all. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** npm's own number for audits (`npm audit signatures`). */
const IN_FLIGHT = 20;

/** The attestations endpoint of the registries that packages come from. Answers come as they are had, in any order. */
export function createNpmStore({ http, config, sleep = (ms) => wait(ms) }: NpmStoreOptions): Store {
  return {
    name: "npm",
    find: (batch) =>
      mapConcurrently(batch, IN_FLIGHT, (object) =>
        answerFor(object, () => ({ http, registry: config.registryFor(object.name), sleep })),
      ),
  };
}

async function answerFor(object: ReleaseObject, context: () => FetchContext): Promise<Answer> {
  const { npm } = object;
  switch (npm?.attestations) {
    case undefined:
    case "never":
      return { object: object.id, status: "not-applicable" };
    case "none":
      return { object: object.id, status: "answered", found: [] };
    case "not-carried":
      return { object: object.id, status: "unavailable", reason: notCarried(object) };
    case "advertised": {
      const fetched = await fetchAttestations(object, npm, context());
      return "found" in fetched
        ? { object: object.id, status: "answered", found: fetched.found }
        : { object: object.id, status: "unavailable", reason: fetched.reason };
    }
  }
}

function notCarried({ name, version, npm }: ReleaseObject): NpmReason {
  return {
    code: "attestations-not-carried",
    message: `${name}@${version}: nothing shows that the registry for ${npm?.servedFor} carries attestations`,
    hint: "Ask the registry that it is published to, or tell the configuration that this one never carries any.",
  };
}
