import {
  createAuthenticator,
  proofsIn,
  type Answer,
  type Authentications,
  type Authenticator,
  type DigestSet,
  type ReleaseObject,
  type Store,
  type StoreName,
  type StoreState,
  type Verifier,
} from "@colophon/core";
import { pMapIterable } from "p-map";

const BATCH = 100;
/** Answers whose proofs are held in memory while they are authenticated. */
const IN_HAND = 16;
const NOTHING = new Uint8Array();

export interface Gathered {
  /** By object, one answer for each store. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  readonly authentications: Authentications;
  readonly states: readonly { readonly name: StoreName; readonly state: StoreState }[];
}

/**
 * Asks every store about every object, and authenticates each proof once, but where that depends on the object. The proofs' bytes are let go as soon as
 * they are authenticated: a package of thousands of versions must not be held in memory.
 */
export async function gather(
  objects: readonly ReleaseObject[],
  stores: readonly Store[],
  verifier: Verifier,
  onAnswer: () => void,
): Promise<Gathered> {
  const answers = new Map<string, Answer[]>(objects.map(({ id }) => [id, []]));
  const digests = new Map(objects.map(({ id, digest }) => [id, digest]));
  const authenticator = createAuthenticator(verifier);
  const states: { name: StoreName; state: StoreState }[] = [];
  for (const store of stores) {
    const statuses = new Set<Answer["status"]>();
    for (let start = 0; start < objects.length; start += BATCH) {
      const found = store.find(objects.slice(start, start + BATCH));
      const keep = (answer: Answer): Promise<Answer> =>
        authenticateAll(answer, digests.get(answer.object) ?? {}, authenticator);
      for await (const answer of pMapIterable(found, keep, { concurrency: IN_HAND, preserveOrder: false })) {
        answers.get(answer.object)?.push(answer);
        statuses.add(answer.status);
        onAnswer();
      }
    }
    states.push({ name: store.name, state: stateOf(statuses) });
  }
  checkLaw(objects, stores, answers);
  return { answers, authentications: await authenticator.all(), states };
}

async function authenticateAll(answer: Answer, digest: DigestSet, authenticator: Authenticator): Promise<Answer> {
  if (answer.status === "not-applicable") return answer;
  const proofs = proofsIn(answer);
  await Promise.all(proofs.map((proof) => authenticator.authenticate(proof, digest)));
  return { ...answer, found: proofs.map((proof) => ({ ...proof, bytes: NOTHING })) };
}

function stateOf(statuses: ReadonlySet<Answer["status"]>): StoreState {
  if (statuses.has("unavailable")) return "unavailable";
  return statuses.has("answered") ? "answered" : "not-configured";
}

/** The port's law: exactly one answer per object and store. Breaking it would let an object count by accident. */
function checkLaw(
  objects: readonly ReleaseObject[],
  stores: readonly Store[],
  answers: ReadonlyMap<string, readonly Answer[]>,
): void {
  const broken = objects.find(({ id }) => answers.get(id)?.length !== stores.length);
  if (broken !== undefined) {
    const given = answers.get(broken.id)?.length ?? 0;
    throw new TypeError(`${broken.id} has ${given} answers from ${stores.length} stores`);
  }
}
