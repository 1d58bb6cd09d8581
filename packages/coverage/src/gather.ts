import type {
  Answer,
  Authentication,
  Proof,
  ReleaseObject,
  Store,
  StoreName,
  StoreState,
  Verifier,
} from "@colophon/core";

const BATCH = 100;
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
  const authentications = new Map<string, Authentication>();
  const states: { name: StoreName; state: StoreState }[] = [];
  for (const store of stores) {
    const statuses = new Set<Answer["status"]>();
    for (let start = 0; start < objects.length; start += BATCH) {
      for await (const answer of store.find(objects.slice(start, start + BATCH))) {
        const kept = await authenticateAll(answer, verifier, authentications);
        answers.get(answer.object)?.push(kept);
        statuses.add(answer.status);
        onAnswer();
      }
    }
    states.push({ name: store.name, state: stateOf(statuses) });
  }
  checkLaw(objects, stores, answers);
  return { answers, authentications, states };
}

async function authenticateAll(
  answer: Answer,
  verifier: Verifier,
  authentications: Map<string, Authentication>,
): Promise<Answer> {
  if (answer.status !== "answered") return answer;
  const found: Proof[] = [];
  for (const proof of answer.found) {
    if (!authentications.has(proof.digest)) authentications.set(proof.digest, await verifier.authenticate(proof));
    found.push({ ...proof, bytes: NOTHING });
  }
  return { ...answer, found };
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
