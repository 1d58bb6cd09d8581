import {
  proofsIn,
  type Answer,
  type Authentication,
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
  readonly authentications: ReadonlyMap<string, Authentication>;
  readonly states: readonly { readonly name: StoreName; readonly state: StoreState }[];
}

/**
 * Asks every store about every object, and authenticates each proof once. The proofs' bytes are let go as soon as
 * they are authenticated: a package of thousands of versions must not be held in memory.
 */
export async function gather(
  objects: readonly ReleaseObject[],
  stores: readonly Store[],
  verifier: Verifier,
  onAnswer: () => void,
): Promise<Gathered> {
  const answers = new Map<string, Answer[]>(objects.map(({ id }) => [id, []]));
  const authentications = new Map<string, Promise<Authentication>>();
  const states: { name: StoreName; state: StoreState }[] = [];
  for (const store of stores) {
    const statuses = new Set<Answer["status"]>();
    for (let start = 0; start < objects.length; start += BATCH) {
      const found = store.find(objects.slice(start, start + BATCH));
      const keep = (answer: Answer): Promise<Answer> => authenticateAll(answer, verifier, authentications);
      for await (const answer of pMapIterable(found, keep, { concurrency: IN_HAND, preserveOrder: false })) {
        answers.get(answer.object)?.push(answer);
        statuses.add(answer.status);
        onAnswer();
      }
    }
    states.push({ name: store.name, state: stateOf(statuses) });
  }
  checkLaw(objects, stores, answers);
  const settled = await Promise.all([...authentications].map(async ([digest, one]) => [digest, await one] as const));
  return { answers, authentications: new Map(settled), states };
}

async function authenticateAll(
  answer: Answer,
  verifier: Verifier,
  authentications: Map<string, Promise<Authentication>>,
): Promise<Answer> {
  if (answer.status === "not-applicable") return answer;
  const proofs = proofsIn(answer);
  const authenticated = proofs.map((proof) => {
    const known = authentications.get(proof.digest) ?? verifier.authenticate(proof);
    authentications.set(proof.digest, known);
    return known;
  });
  await Promise.all(authenticated);
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
