import fc from "fast-check";
import { expect, test } from "vitest";
import {
  failed,
  good,
  judgeCases,
  OTHER_SHA512,
  provenance,
  publishStatement,
  PUBLISH_TYPE,
  REGISTRY,
  REGISTRY_KEY,
  signer,
  WIDGET,
  type Case,
} from "./world.ts";

const mallory = "https://github.com/mallory/widget";
const publishCases: Case[] = [
  { authentication: good(publishStatement(), REGISTRY_KEY) },
  { authentication: good(publishStatement({ digest: OTHER_SHA512 }), REGISTRY_KEY) },
  { authentication: failed(), listedAs: PUBLISH_TYPE },
  { authentication: failed({ kind: "unprovable", check: "payload-type" }), listedAs: PUBLISH_TYPE },
];
const provenanceCases: Case[] = [
  { authentication: good(provenance(), signer()) },
  { authentication: good(provenance({ repository: mallory }), signer({ sourceRepositoryUri: mallory })) },
  { authentication: good(provenance({ subject: [{ name: "x", digest: { sha512: OTHER_SHA512 } }] }), signer()) },
  { authentication: good(provenance(), signer({ buildTrigger: "pull_request" })) },
  { authentication: good(provenance(), signer({}, undefined, "https://id.acme.example")) },
  { authentication: failed() },
  { authentication: failed({ kind: "unprovable" }) },
  { authentication: failed({ kind: "unavailable", check: "unavailable" }) },
  { authentication: failed({ kind: "unprovable", claimed: { statement: provenance({ repository: mallory }) } }) },
];
const filed = fc.constantFrom("object" as const, "digest" as const, "release" as const);
const proofs = (cases: Case[]): fc.Arbitrary<Case[]> =>
  fc.array(
    fc.tuple(fc.constantFrom(...cases), filed).map(([one, as]) => ({ ...one, filed: as })),
    { minLength: 1, maxLength: 6 },
  );
const expectation = { basis: "held" as const, sourceRepository: WIDGET, compareRepository: "derived" as const };

/** Whether some proof can be taken away so that an object that was not covered is. */
function coveredByTakingAway(cases: readonly Case[], keyedRegistries: string[]): boolean {
  const covered = (some: readonly Case[]): boolean =>
    judgeCases(some, { expectation, facts: { keyedRegistries } }).status === "verified";
  return !covered(cases) && cases.some((_, index) => covered(cases.toSpliced(index, 1)));
}

test("taking any proof away from an object of a keyed registry never turns not covered into covered", () => {
  fc.assert(
    fc.property(proofs([...provenanceCases, ...publishCases]), (cases) => {
      expect(coveredByTakingAway(cases, [REGISTRY])).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("taking any proof away from any other object never turns not covered into covered", () => {
  fc.assert(
    fc.property(proofs(provenanceCases), (cases) => {
      expect(coveredByTakingAway(cases, [])).toBe(false);
    }),
    { numRuns: 500 },
  );
});
