import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Authentication, DigestSet, Proof, Verifier } from "@colophon/core";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createCachedVerifier, type ConfiguredKey, type TrustSource } from "../src/index.ts";
import { startEmbedded, type Embedded } from "./embedded.ts";
import { makeProofs } from "./proofs.ts";

let embedded: Embedded;
let proofs: readonly Proof[];
let keys: readonly ConfiguredKey[];
let folder: string;

beforeAll(async () => {
  embedded = await startEmbedded();
  ({ proofs, keys } = await makeProofs(embedded));
});
afterAll(() => embedded.close());

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "colophon-cache-"));
  folder = join(parent, "authentications");
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
});

interface Change {
  readonly build?: string;
  readonly trust?: TrustSource;
  readonly keys?: readonly ConfiguredKey[];
  readonly claimed?: DigestSet;
  /** Authenticates in place of the real one. */
  readonly inner?: Verifier;
}

/** Authenticates all through the cache; tells the answers and how many of them were not in it. */
async function ask(change: Change = {}): Promise<{ answers: Authentication[]; made: number }> {
  const options = { trust: change.trust ?? embedded.trust, keys: change.keys ?? keys };
  const inner = change.inner ?? embedded.verifier(keys);
  let made = 0;
  const counting: Verifier = {
    authenticate: (...request) => {
      made += 1;
      return inner.authenticate(...request);
    },
  };
  const cached = createCachedVerifier(counting, options, { folder, build: change.build ?? "1" });
  const answers = await Promise.all(proofs.map((proof) => cached.authenticate(proof, change.claimed)));
  return { answers, made };
}

test("a second run finds every answer, good and bad, as it was made", async () => {
  const first = await ask();
  expect(first.made).toBe(proofs.length);
  expect(await ask()).toEqual({ answers: first.answers, made: 0 });
});

test("entries are private to the user", async () => {
  await ask();
  const [entry = ""] = await readdir(folder);
  expect(((await stat(join(folder, entry))).mode & 0o777).toString(8)).toBe("600");
});

test.each<[string, () => Change | Promise<Change>]>([
  ["another build", () => ({ build: "2" })],
  [
    "another trust root",
    async () => ({ trust: { load: async () => ({ ...(await embedded.trust.load()), digest: "x" }) } }),
  ],
  ["other keys", () => ({ keys: [] })],
  ["a key id", () => ({ keys: keys.map((key) => ({ ...key, keyId: "k" })) })],
  ["digests of an artifact", () => ({ claimed: { sha256: "b".repeat(64) } })],
])("%s finds none of them", async (_, change) => {
  await ask();
  expect((await ask(await change())).made).toBe(proofs.length);
});

test.each<[string, (path: string) => Promise<void>]>([
  ["is deleted", (path) => rm(path)],
  ["is truncated", async (path) => writeFile(path, (await readFile(path)).subarray(0, -1))],
  ["says otherwise", async (path) => writeFile(path, (await readFile(path, "utf8")).replaceAll("false", "true"))],
  ["others may write", (path) => chmod(path, 0o666)],
])("an entry that %s is made anew, with the same answer", async (_, spoil) => {
  const { answers } = await ask();
  for (const name of await readdir(folder)) await spoil(join(folder, name));
  const again = await ask();
  expect(again.answers).toEqual(answers);
  expect(again.made).toBeGreaterThan(0);
});

test("what could not be decided is asked again", async () => {
  const undecided: Authentication = { ok: false, check: "log", kind: "unavailable", code: "x", message: "x" };
  const inner = { authenticate: () => Promise.resolve(undecided) };
  await ask({ inner });
  expect((await ask({ inner })).made).toBe(proofs.length);
});

test("what JSON would not give back as it is, is not kept", async () => {
  const [keyless] = (await ask()).answers;
  const statement = { ...(keyless?.ok === true && keyless.statement), predicate: { size: Infinity } };
  const inner = { authenticate: () => Promise.resolve({ ...keyless, statement } as Authentication) };
  await ask({ inner, build: "2" });
  expect((await ask({ inner, build: "2" })).made).toBe(proofs.length);
});
