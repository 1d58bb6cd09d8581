import type { Authentication, Depository, Proof, SignerIdentity } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { seal, type PrepareRequest } from "../src/index.ts";
import { file, makeWorld, planOf, type WorldChange } from "./world.ts";

const RUN = "https://github.com/acme/widget/actions/runs/1/attempts/";
const key: SignerIdentity = { kind: "key", keyId: "k", scope: "configured" };
const runOf = (runInvocationUri: string): SignerIdentity => ({
  kind: "certificate",
  issuer: "https://token.actions.githubusercontent.com",
  subject: "x",
  claims: { runInvocationUri },
});

const builtIn = (attempt: string, target = "a"): PrepareRequest["says"] => ({
  predicate: {
    type: "https://slsa.dev/provenance/v1",
    value: { buildDefinition: { target }, runDetails: { builder: { id: "b" }, metadata: { invocationId: attempt } } },
  },
});

/** Seals the plan of a second run, where the bundle of a first lies in a depository; how often the second signs. */
async function signedAgain(
  first: PrepareRequest["says"],
  by: SignerIdentity | "nobody",
  change: {
    readonly says?: PrepareRequest["says"];
    readonly publicKey?: Uint8Array;
    readonly logs?: readonly string[];
  } = {},
): Promise<number> {
  const { says = builtIn(`${RUN}2`), publicKey, logs } = change;
  const before = makeWorld(logs === undefined ? {} : { logs });
  await seal(await planOf([file("a")], { says: first }), before);
  const bytes = Buffer.from(before.files.get("a.sigstore.json") ?? "");
  const there: Proof = { mediaType: "m", bytes, digest: "sha256:1", store: "oci", location: "there", filed: "object" };
  const place: Depository = {
    name: "oci",
    check: () => Promise.resolve([]),
    earlier: () => Promise.resolve([{ ...there, bytes: Buffer.from("no bundle") }, there]),
    deposit: () => Promise.resolve({ status: "deposited", location: "there" }),
    readBack: () => Promise.resolve(there),
  };
  const { verifier } = before;
  const world: WorldChange = {
    depositoriesOf: () => [place],
    verifier: {
      authenticate: async (proof) => {
        const answer = await verifier.authenticate(proof);
        const refused: Authentication = { ok: false, check: "signature", kind: "broken", code: "x", message: "x" };
        if (proof.store === "folder") return answer;
        return by === "nobody" ? refused : { ...answer, signer: by };
      },
    },
  };
  const after = makeWorld(world);
  const signer = publicKey === undefined ? after.signer : { ...after.signer, publicKey };
  await seal(await planOf([file("a")], { says }), { ...after, signer });
  return after.log.filter((asked) => asked === "sign").length;
}

describe("an attestation that an earlier run deposited, and of which nothing else is left", () => {
  const spki = new Uint8Array([1]);

  test("is taken up where it says the same, by the same key or in another attempt of the same run", async () => {
    expect(await signedAgain(builtIn(`${RUN}1`), runOf(`${RUN}1`))).toBe(0);
    expect(await signedAgain(builtIn("elsewhere"), key, { publicKey: spki })).toBe(0);
  });

  test.each<[string, Parameters<typeof signedAgain>]>([
    ["is of another run", [builtIn(`${RUN}1`), runOf(RUN.replace("runs/1", "runs/2"))]],
    ["is by a key where there is none now", [builtIn(`${RUN}1`), key]],
    ["is by a certificate where there is a key now", [builtIn(`${RUN}1`), runOf(`${RUN}1`), { publicKey: spki }]],
    ["does not verify", [builtIn(`${RUN}1`), "nobody"]],
    ["says something else", [builtIn(`${RUN}1`, "b"), runOf(`${RUN}1`)]],
    ["is in no log, as is asked for now", [builtIn(`${RUN}1`), runOf(`${RUN}1`), { logs: [] }]],
    ["was made by a run that only its machine names", [builtIn("1"), runOf("1"), { says: builtIn("1") }]],
  ])("is signed anew where it %s", async (_, args) => {
    expect(await signedAgain(...args)).toBe(1);
  });
});
