import { homedir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import {
  parsePurl,
  type Depository,
  type DigestSet,
  type Plan,
  type PlannedStatement,
  type PlannedSubject,
  type RequestCounts,
  type Warning,
} from "@colophon/core";
import type { MatchedPushed, Patience, PushedReference } from "@colophon/oci";
import { namedHosts } from "../named-hosts.ts";

export interface ImagesRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly userAgent: string;
  readonly now: () => Date;
  /** Images and repositories that the user named: their registries may be on this machine, and there without TLS. */
  readonly named: readonly string[];
  /** How long registries may take to serve what they were given. */
  readonly readBackTimeoutMs: number;
}

/** What is said of images that were pushed. */
export interface ImageSubjects {
  /** Each image or index, and what its platforms get, in every repository that it was pushed to. */
  readonly subjects: readonly PlannedSubject[];
  /** One statement for each image: the digest of the image that a subject belongs to; empty for what is no image. */
  readonly groupOf: (subject: PlannedSubject) => string;
  readonly warnings: readonly Warning[];
}

/** Images in registries as what an emission is about, and as places for attestations. */
export interface Images {
  /** Rejects with OciError where something else is there than was pushed, or nothing, or it cannot be asked. */
  readonly confirm: (pushed: readonly PushedReference[]) => Promise<ImageSubjects>;
  /** The digests that image subjects have now: none of what is gone, the other one of what a tag leads away from. */
  readonly observe: (subjects: readonly PlannedSubject[]) => Promise<ReadonlyMap<string, DigestSet>>;
  /** A place for each image that a statement is about: beside it, or in another repository. */
  readonly depositoriesOf: (statement: PlannedStatement, elsewhere?: string) => readonly Depository[];
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

/** Repositories of the images that a plan is about, as the user named them once. */
export function imagesOfPlan(plan: Plan): readonly string[] {
  const purls = plan.subjects.filter(({ from }) => from === "registry").map(({ name }) => parsePurl(name));
  return [...new Set(purls.map(({ qualifiers }) => qualifiers["repository_url"] ?? ""))];
}

/** What a builder wrote; `where` names it in messages. */
export interface BuilderOutput {
  readonly bytes: Uint8Array;
  readonly where: string;
}

/** What was pushed, by the names that a user gives and what builders wrote. Rejects with OciError. */
export async function readPushed(
  references: readonly string[],
  outputs: readonly BuilderOutput[] = [],
): Promise<MatchedPushed> {
  const { matchPushed, readBuilderOutput } = await import("@colophon/oci");
  const told = outputs.map(({ bytes, where }) => readBuilderOutput(bytes, where));
  return matchPushed(references, told);
}

/** What cannot be found may as well be named wrongly, and is not waited for as long as what was put there. */
const LONGEST_CONFIRM_MS = 15_000;

/** Reads the logins of Docker and Podman. Rejects with OciError for a name that is none, or for files that cannot be read. */
export async function openImages(request: ImagesRequest): Promise<Images> {
  const { env, offline, userAgent, now, named, readBackTimeoutMs } = request;
  const [oci, { createHttp }] = await Promise.all([import("@colophon/oci"), import("@colophon/http")]);
  const hosts = [...new Set(named.map((one) => oci.parseReference(one).registry))];
  const http = createHttp({ userAgent, offline, ...namedHosts(hosts, env) });
  const credentials = await oci.readCredentials({ env, home: env["HOME"] ?? homedir() });
  const registry = oci.createRegistry({ http, credentials });
  const patienceOf = (patienceMs: number): Patience => ({
    patienceMs,
    now: () => performance.now(),
    wait: async (ms) => await wait(ms),
  });
  const confirming = patienceOf(Math.min(readBackTimeoutMs, LONGEST_CONFIRM_MS));
  const patience = patienceOf(readBackTimeoutMs);
  return {
    confirm: async (pushed) => {
      const confirmed = await Promise.all(pushed.map((one) => oci.confirmImage(registry, one, confirming)));
      const subjects = confirmed.flatMap((image) => oci.subjectsOfImage(image));
      const groups = new Map(
        // Of what two images share, the first is the one.
        confirmed.toReversed().flatMap((image) => oci.subjectsOfImage(image).map(({ name }) => [name, image.digest])),
      );
      return {
        subjects,
        groupOf: ({ name }) => groups.get(name) ?? "",
        warnings: confirmed.flatMap(({ warnings }) => warnings),
      };
    },
    observe: async (subjects) => await oci.observeImages(registry, subjects),
    depositoriesOf: ({ subjects }, elsewhere) =>
      subjects.flatMap((name) => {
        const image = oci.parseImagePurl(name);
        if (image === undefined) return [];
        const { digest: subject, ...home } = image;
        const repository = elsewhere === undefined ? home : oci.parseRepository(elsewhere);
        const place = { registry, repository, home, subject, patience };
        return [oci.createOciDepository({ ...place, now: () => now().toISOString() })];
      }),
    requests: () => http.counts(),
    close: () => http.close(),
  };
}
