import { expect, test } from "vitest";
import {
  ARTIFACT_DIGEST_UNKNOWN,
  createAuthenticator,
  DEFAULT_BUILDERS,
  judge,
  NO_EXPECTATION,
  type Authentication,
  type DigestSet,
  type Proof,
} from "../../src/index.ts";
import { failed, good, object, provenance, signer } from "./world.ts";

const digestsOf = (digit: string) => ({ sha256: digit.repeat(64), sha512: digit.repeat(128) });
const [ONE, OTHER] = [digestsOf("1"), digestsOf("2")];
const differs = failed({ check: "subject", code: "artifact-digest" });
const signature: Authentication = { ok: true, signer: signer(), times: [], log: "proof" };

/** Knows provenance, and a signature over the one artifact. */
async function authenticate(asked: readonly [digest: string, of: DigestSet][]) {
  const seen: unknown[] = [];
  const authenticator = createAuthenticator({
    authenticate: async ({ digest }, claimed) => {
      seen.push([digest, claimed]);
      if (digest === "provenance") return good(provenance(), signer());
      if (claimed === undefined) return failed({ kind: "unprovable", code: ARTIFACT_DIGEST_UNKNOWN });
      return claimed["sha256"] === ONE.sha256 ? signature : differs;
    },
  });
  await Promise.all(asked.map(([digest, of]) => authenticator.authenticate(proofOf(digest), of)));
  return { seen, authentications: await authenticator.all() };
}

function proofOf(digest: string, filed: Proof["filed"] = "object"): Proof {
  return { store: "oci", location: "l", filed, mediaType: "m", bytes: new Uint8Array(), digest };
}

test("what does not depend on the object is authenticated once, however many it is found for", async () => {
  const { seen } = await authenticate([
    ["provenance", ONE],
    ["provenance", OTHER],
  ]);
  expect(seen).toEqual([["provenance", undefined]]);
});

test("a signature over an artifact is authenticated once for each that it is found for, in whatever order its digests are", async () => {
  const { seen } = await authenticate([
    ["signature", ONE],
    ["signature", OTHER],
    ["signature", Object.fromEntries(Object.entries(ONE).toReversed())],
  ]);
  expect(seen).toEqual([
    ["signature", undefined],
    ["signature", ONE],
    ["signature", OTHER],
  ]);
});

test.each<[string, DigestSet, Proof["filed"], string, string]>([
  ["the artifact that it signs", ONE, "object", "present", "predicate-type"],
  ["another, as whose it is filed", OTHER, "object", "mismatch", "subject"],
  ["another, where it is filed by digest alone", OTHER, "digest", "missing", "subject"],
])("a signature is judged for %s", async (_, digest, filed, status, check) => {
  const { authentications } = await authenticate([
    ["signature", ONE],
    ["signature", OTHER],
  ]);
  const image = object({ channels: ["oci"], digest });
  const found = [proofOf("signature", filed)];
  const answers = [{ object: image.id, status: "answered", found } as const];
  const verdict = judge(image, answers, authentications, NO_EXPECTATION, DEFAULT_BUILDERS, { keyedRegistries: [] });
  expect(verdict).toMatchObject({ status, failure: { check } });
});
