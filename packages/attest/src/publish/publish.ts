import { compareDigests, type NotDone, type Publication, type Publisher, type Served } from "@colophon/core";
import { shown } from "./check.ts";
import { orderPublications } from "./order.ts";

/** Each is a process of the publisher's. */
const AT_ONCE = 4;

/** What became of one package. */
export interface Published {
  readonly status: "now" | "earlier" | "not";
  /** What the registry serves of it: the same as was packed, unless `failure` says otherwise. */
  readonly served?: Served & { readonly status: "served" };
  /** Why it is not published, or why it is not known to be. */
  readonly failure?: NotDone;
}

/**
 * Publishes each package after those that it depends on, others at the same time, and reads back what the registry serves. One
 * that fails keeps those back that depend on it, and no other.
 */
export async function publishAll(
  publications: readonly Publication[],
  earlier: ReadonlySet<Publication>,
  publish: (publication: Publication) => Promise<{ readonly status: "published" } | NotDone>,
  publisher: Publisher,
): Promise<ReadonlyMap<Publication, Published>> {
  const done = new Map<Publication, Published>();
  for (const step of orderPublications(publications)) {
    const results = new Map<Publication, Published>();
    const left = step.values();
    const work = async (): Promise<void> => {
      for (const one of left) {
        const lacking = lackingOf(one, done);
        if (lacking !== undefined) results.set(one, notPublished(one, lacking));
        else if (earlier.has(one)) results.set(one, await readBack(one, "earlier", publisher));
        else results.set(one, await publishOne(one, publish, publisher));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const one of step) done.set(one, results.get(one) ?? { status: "not" });
  }
  return done;
}

async function publishOne(
  one: Publication,
  publish: (publication: Publication) => Promise<{ readonly status: "published" } | NotDone>,
  publisher: Publisher,
): Promise<Published> {
  const answer = await publish(one);
  if (answer.status === "published") return await readBack(one, "now", publisher);
  // A registry that fails after it has accepted, or is asked a second time by its client, has what it says it did not take.
  const after = await publisher.state(one);
  if (after.state === "taken") return await readBack(one, "now", publisher);
  if (after.state === "free") return { status: "not", failure: answer };
  const message = `${answer.reason.message}; whether it is published is not known: ${after.reason.message}`;
  return { status: "not", failure: { status: "unreachable", reason: { ...answer.reason, message } } };
}

async function readBack(one: Publication, status: "now" | "earlier", publisher: Publisher): Promise<Published> {
  const served = await publisher.served(one);
  if (served.status === "not-served") return { status, failure: { status: "unreachable", reason: served.reason } };
  if (compareDigests(served.digest, one.digest) === "match") return { status, served };
  const reason = {
    code: "published-bytes-differ",
    message: `the registry serves ${shown(served.digest)} as ${one.name}@${one.version}, and ${shown(one.digest)} was packed`,
    hint: "Something packed it again. Nothing is attested of what is served; find out what it is before anybody installs it.",
  };
  return { status, served, failure: { status: "refused", reason } };
}

/** A package of the release that it needs, and that is not there. */
function lackingOf(one: Publication, done: ReadonlyMap<Publication, Published>): Publication | undefined {
  return [...done].find(([{ name }, { status }]) => status === "not" && one.after.includes(name))?.[0];
}

function notPublished({ name, version }: Publication, needed: Publication): Published {
  const reason = {
    code: "dependency-not-published",
    message: `${name}@${version} is kept back: it depends on ${needed.name}@${needed.version}, which is not published`,
    hint: "Put that right and run again: what is published already is taken up.",
  };
  return { status: "not", failure: { status: "unreachable", reason } };
}
