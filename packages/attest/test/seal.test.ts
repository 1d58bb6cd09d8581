import type { Authentication, Depository, NotDone, Proof } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { seal } from "../src/index.ts";
import { draftIn, file, makeWorld, planOf, SHA256, type WorldChange } from "./world.ts";

const DOWN: NotDone = { status: "unreachable", reason: { code: "log-unreachable", message: "rekor answers 502" } };
const NO: NotDone = { status: "refused", reason: { code: "token-refused", message: "fulcio answers 401" } };

describe("sealing", () => {
  test("asks the timestamp authority before the log, and leaves bundle and envelope without a draft", async () => {
    const world = makeWorld();
    const receipt = await seal(await planOf([file("a.tgz")]), world);
    expect(world.log).toEqual(["sign", "tsa", "rekor"]);
    expect([...world.files.keys()].toSorted()).toEqual(["a.tgz.intoto.jsonl", "a.tgz.sigstore.json"]);
    expect(receipt).toMatchObject({
      status: "sealed",
      objects: [{ name: "a.tgz", proven: true, bundle: "a.tgz.sigstore.json" }],
      statements: [{ signed: "now", deposits: [{ store: "folder", status: "proven" }] }],
    });
  });

  test("signs one statement for many subjects", async () => {
    const world = makeWorld();
    const receipt = await seal(await planOf(Array.from({ length: 1000 }, (_, index) => file(`f${index}`))), world);
    expect(world.log).toEqual(["sign", "tsa", "rekor"]);
    expect(receipt.objects.every(({ proven }) => proven)).toBe(true);
  });

  test("signs nothing where a file of the output folder is somebody else's", async () => {
    const world = makeWorld();
    const taken = { ...world, folder: { ...world.folder, claim: () => Promise.reject(new Error("theirs")) } };
    await expect(seal(await planOf([file("a")]), taken)).rejects.toThrow("theirs");
    expect(world.log).toEqual([]);
  });

  test("signs nothing where a file is changed or gone, and names it", async () => {
    const plan = await planOf([file("a"), file("b"), file("c"), { ...file("d"), from: "given" }]);
    const observed = new Map([
      ["a", file("a").digest],
      ["b", file("b", "b".repeat(64)).digest],
    ]);
    const world = makeWorld({ observe: () => Promise.resolve(observed) });
    const receipt = await seal(plan, world);
    expect(world.log).toEqual([]);
    expect(world.files.size).toBe(0);
    expect(receipt.status).toBe("refused");
    expect(receipt.statements[0]?.reason?.message).toBe('changed or gone since the emission was prepared: "b", "c"');
  });
});

describe("a second run", () => {
  /** What a second run asks of services, after a first one in which these were as told. */
  async function rerun(first: WorldChange, second: WorldChange = {}): Promise<{ log: string[]; statuses: string[] }> {
    const plan = await planOf([file("a")]);
    const before = makeWorld(first);
    const { status } = await seal(plan, before);
    const after = makeWorld({ files: before.files, ...second });
    const receipt = await seal(plan, after);
    return { log: after.log, statuses: [status, receipt.status] };
  }

  test("asks nobody where all is sealed", async () => {
    expect(await rerun({})).toEqual({ log: [], statuses: ["sealed", "sealed"] });
  });

  test.each<[string, string, string[]]>([
    ["the log", "rekor", ["rekor"]],
    ["the timestamp authority", "tsa", ["tsa", "rekor"]],
  ])("asks only what is missing after %s was down, and does not sign again", async (_, name, log) => {
    expect(await rerun({ answers: { [name]: DOWN } })).toEqual({ log, statuses: ["incomplete", "sealed"] });
  });

  test("signs again once the certificate ran out", async () => {
    const expired = { answers: { rekor: DOWN }, expiresAt: "2025-12-31T23:59:00Z" };
    expect((await rerun(expired)).log).toEqual(["sign", "tsa", "rekor"]);
  });

  test("asks a log without a clock even then, as the timestamp was got in time", async () => {
    const before = { answers: { rekor: DOWN }, expiresAt: "2025-12-31T23:59:00Z" };
    expect(await rerun(before, { isClockless: true })).toEqual({ log: ["rekor"], statuses: ["incomplete", "sealed"] });
  });

  test("takes no other log's word for that of the one that is asked for now", async () => {
    const before = { logs: ["rekor", "second"], answers: { second: DOWN } };
    const { log } = await rerun(before, { logs: ["third", "rekor"] });
    expect(log).toEqual(["third"]);
  });

  test("signs again where a finished bundle is vouched for by less than is asked for now", async () => {
    expect((await rerun({ logs: [] })).log).toEqual(["sign", "tsa", "rekor"]);
    expect((await rerun({ authorities: [] })).log).toEqual(["sign", "tsa", "rekor"]);
    expect((await rerun({}, { logs: [] })).log).toEqual([]);
  });

  test("signs again where the signer's key is another", async () => {
    const signerOf = (byte: number): WorldChange["signer"] => ({
      publicKey: new Uint8Array([byte]),
      sign: (payload) =>
        Promise.resolve({
          payloadType: "application/vnd.in-toto+json",
          payload,
          signature: new Uint8Array([byte]),
          keyId: "k",
          signer: { kind: "key", publicKey: new Uint8Array([byte]) },
        }),
    });
    const plan = await planOf([file("a")]);
    const before = makeWorld({ signer: signerOf(1)!, answers: { rekor: DOWN } });
    await seal(plan, before);
    const after = makeWorld({ files: before.files, signer: signerOf(2)!, answers: { rekor: DOWN } });
    await seal(plan, after);
    expect(draftIn(after.files, "a.draft.json").envelope.signature).toEqual(new Uint8Array([2]));
    expect(after.log).toEqual(["tsa", "rekor"]);
  });

  test.each<[string, Partial<Authentication>, string[]]>([
    ["was altered", { kind: "broken", check: "log" } as Partial<Authentication>, ["sign", "tsa", "rekor"]],
    [
      "is by another key",
      { kind: "unprovable", check: "signature" } as Partial<Authentication>,
      ["sign", "tsa", "rekor"],
    ],
    ["cannot be verified here", { kind: "unprovable", check: "certificate" } as Partial<Authentication>, []],
  ])("takes up a bundle unless it %s", async (_, answer, log) => {
    const failing = { ok: false, code: "x", message: "x", ...answer } as Authentication;
    const { log: asked, statuses } = await rerun({}, { verifier: { authenticate: () => Promise.resolve(failing) } });
    expect({ asked, last: statuses[1] }).toEqual({ asked: log, last: "refused" });
  });

  test("signs again where a log has the entry and does not give it, once", async () => {
    const known: NotDone = { status: "refused", reason: { code: "log-entry-known", message: "rekor has it" } };
    const { log, statuses } = await rerun({ answers: { rekor: DOWN } }, { answers: { rekor: known } });
    expect({ log, statuses }).toEqual({ log: ["rekor", "sign", "tsa", "rekor"], statuses: ["incomplete", "refused"] });
  });

  test.each([
    ["cannot be read", "{"],
    ["is about something else", undefined],
  ])("signs again where the draft %s", async (_, text) => {
    const plan = await planOf([file("a")]);
    const before = makeWorld({ answers: { rekor: DOWN } });
    await seal(text === undefined ? await planOf([file("a", "b".repeat(64))]) : plan, before);
    if (text !== undefined) before.files.set("a.draft.json", text);
    const after = makeWorld({ files: before.files });
    await seal(plan, after);
    expect(after.log).toEqual(["sign", "tsa", "rekor"]);
  });
});

describe("the receipt", () => {
  test("says what was refused, and that nothing is proven", async () => {
    const world = makeWorld({ signer: { sign: () => Promise.resolve(NO) } });
    const receipt = await seal(await planOf([file("a")]), world);
    expect(receipt).toMatchObject({
      status: "refused",
      objects: [{ name: "a", digest: { sha256: SHA256 }, proven: false, bundle: null }],
      statements: [{ status: "refused", signed: "not", reason: NO.reason, digest: null }],
    });
  });

  test("names what vouches, and of an earlier run's bundle no more than it tells", async () => {
    const plan = await planOf([file("a")]);
    const world = makeWorld({ logs: ["rekor", "second"] });
    const vouch = async (change: WorldChange): Promise<unknown> =>
      (await seal(plan, makeWorld({ files: world.files, ...change }))).statements[0]?.witnesses;
    const named = [
      { kind: "timestamp", name: "tsa" },
      { kind: "log", name: "rekor" },
    ];
    expect(await vouch({ logs: ["rekor"] })).toEqual(named);
    expect(await vouch({ logs: ["third"] })).toEqual([{ kind: "timestamp" }, { kind: "log" }]);
  });

  test("says that something was signed which is not logged yet", async () => {
    const receipt = await seal(await planOf([file("a")]), makeWorld({ answers: { rekor: DOWN } }));
    expect(receipt).toMatchObject({ status: "incomplete", statements: [{ signed: "now", reason: DOWN.reason }] });
  });

  test("holds what lies in the folder against the same verification, and names the subject that is not there", async () => {
    const statement = {
      type: "https://in-toto.io/Statement/v1",
      subject: [],
      predicateType: "x",
      predicate: null,
    } as const;
    const signer = { kind: "key", keyId: "k", scope: "configured" } as const;
    const answer: Authentication = { ok: true, statement, signer, times: [], log: "none" };
    const receipt = await seal(
      await planOf([file("a")]),
      makeWorld({ verifier: { authenticate: () => Promise.resolve(answer) } }),
    );
    expect(receipt.status).toBe("refused");
    expect(receipt.statements[0]?.reason).toMatchObject({
      code: "subject-not-found",
      message: expect.stringContaining('"a"') as string,
    });
  });

  const depository = (change: Partial<Depository>): Depository => ({
    name: "release",
    check: () => Promise.resolve([]),
    deposit: () => Promise.resolve({ status: "deposited", location: "there" }),
    readBack: () => Promise.resolve({ reason: { code: "gone", message: "it is not there" } }),
    ...change,
  });

  test.each<[string, Partial<Depository>, string]>([
    ["a refusal", { deposit: () => Promise.resolve(NO) }, "refused"],
    ["a failure", { deposit: () => Promise.resolve(DOWN) }, "incomplete"],
    ["a read-back that finds nothing", {}, "incomplete"],
  ])("tells %s of one depository, and asks the others all the same", async (_, change, status) => {
    let deposited: Proof | undefined;
    const other = depository({
      deposit: (attestation) => {
        deposited = { ...attestation, store: "release", location: "here", filed: "release" };
        return Promise.resolve({ status: "deposited", location: "here" });
      },
      readBack: () => Promise.resolve(deposited!),
    });
    const receipt = await seal(
      await planOf([file("a")]),
      makeWorld({ depositoriesOf: () => [depository(change), other] }),
    );
    expect(receipt.status).toBe(status);
    expect(receipt.objects[0]?.proven).toBe(false);
    expect(receipt.statements[0]?.deposits.map((one) => one.status).at(-1)).toBe("proven");
  });
});
