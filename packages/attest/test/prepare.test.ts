import {
  parsePlan,
  parseStatement,
  type BuildDescription,
  type Depository,
  type NotDone,
  type Plan,
  type PlannedSubject,
} from "@colophon/core";
import { describe, expect, test } from "vitest";
import { admit, type PrepareRequest } from "../src/index.ts";
import { file, planOf } from "./world.ts";

const BUILD: BuildDescription = {
  platform: "github-actions",
  buildDefinition: { buildType: "https://acme.example/build", externalParameters: {}, resolvedDependencies: [] },
  runDetails: { builder: { id: "https://acme.example/builder" }, metadata: {} },
  source: { repository: "https://github.com/acme/secret", commit: "1".repeat(40) },
  visibility: "private",
  level: 2,
  warnings: [{ code: "built-locally", message: "x" }],
};

describe("a plan", () => {
  test("is read as it was written, with the text that is signed", async () => {
    const plan = await planOf([file("b"), file("a")], { says: { build: BUILD } });
    expect(parsePlan(JSON.stringify(plan))).toEqual(plan);
    const [{ payload } = { payload: "" }] = plan.statements;
    expect(parseStatement(payload)).toMatchObject({
      type: "https://in-toto.io/Statement/v1",
      subject: [file("a"), file("b")].map(({ name, digest }) => ({ name, digest })),
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: { buildDefinition: BUILD.buildDefinition, runDetails: BUILD.runDetails },
    });
    expect(plan).toMatchObject({ level: 2, warnings: BUILD.warnings });
  });

  test("splits what one statement does not hold, the same way in any order", async () => {
    const files = Array.from({ length: 1025 }, (_, index) => file(`f${String(index).padStart(4, "0")}`));
    const plan = await planOf(files);
    expect(plan.statements.map(({ subjects }) => subjects.length)).toEqual([1024, 1]);
    expect(plan.statements.map(({ files: { bundle } }) => bundle)).toEqual([
      "provenance-1.sigstore.json",
      "provenance-2.sigstore.json",
    ]);
    expect((await planOf(files.toReversed())).statements).toEqual(plan.statements);
  });

  test("splits at 16 MB too", async () => {
    const value = "x".repeat(16 * 1024 * 1024 - 1000);
    const plan = await planOf(
      ["a", "b", "c", "d", "e"].map((name) => file(name)),
      {
        says: { predicate: { type: "https://acme.example/log/v1", value } },
      },
    );
    expect(plan.statements.map(({ subjects }) => subjects.length)).toEqual([3, 2]);
    expect(plan.statements.every(({ payload }) => Buffer.byteLength(payload) <= 16 * 1024 * 1024)).toBe(true);
  });

  test("keeps a statement that the user gives as it is", async () => {
    const statement = JSON.stringify(
      {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: "a", digest: { sha256: "a".repeat(64) } }],
        predicateType: "https://x.example/v1",
        predicate: { n: 1 },
      },
      null,
      3,
    );
    const plan = await planOf([], { says: { statement } });
    expect(plan.statements).toMatchObject([{ payload: statement, files: { bundle: "a.sigstore.json" } }]);
    expect(plan.predicateType).toBe("https://x.example/v1");
  });

  test("warns of a subject that most verifiers will not find", async () => {
    const subject: PlannedSubject = { name: "a", digest: { sha512: "a".repeat(128) }, from: "given" };
    expect((await planOf([subject, file("b")])).warnings).toMatchObject([
      { code: "subject-without-sha256", message: expect.stringContaining('"a"') as string },
    ]);
  });

  test("puts the digests together that are given one by one", async () => {
    const given = (digest: PlannedSubject["digest"]): PlannedSubject => ({ name: "a", digest, from: "given" });
    const plan = await planOf([given({ sha256: "a".repeat(64) }), given({ sha512: "b".repeat(128) })]);
    expect(plan.subjects).toMatchObject([{ digest: { sha256: "a".repeat(64), sha512: "b".repeat(128) } }]);
  });

  test("counts a file that is named twice once", async () => {
    expect((await planOf([file("a"), file("a")])).subjects).toHaveLength(1);
  });

  test.each<[string, readonly PlannedSubject[], Partial<PrepareRequest>, string]>([
    ["nothing", [], {}, "SUBJECTS_MISSING"],
    ["two files of one name", [file("a"), { ...file("a", "b".repeat(64)), path: "other/a" }], {}, "SUBJECT_CONFLICT"],
    ["a weak digest", [{ name: "a", digest: { sha1: "a".repeat(40) }, from: "given" }], {}, "SUBJECT_WEAK"],
    [
      "a predicate that no statement holds",
      [file("a")],
      { says: { predicate: { type: "x", value: "x".repeat(2 ** 24) } } },
      "STATEMENT_TOO_LARGE",
    ],
  ])("is refused for %s", async (_, subjects, change, code) => {
    await expect(planOf(subjects, change)).rejects.toMatchObject({ name: "AttestError", code });
  });

  test.each<[string, PrepareRequest["says"], boolean]>([
    ["it is allowed", { build: BUILD }, true],
    ["the repository is public", { build: { ...BUILD, visibility: "public" } }, false],
    ["nothing is said of the build", { predicate: { type: "x", value: {} } }, false],
  ])("goes to a public log where %s", async (_, says, allowPublicLog) => {
    const plan = await planOf([file("a")], { says }, { publicLog: "rekor.example", allowPublicLog });
    expect(plan.statements).toHaveLength(1);
  });

  test("of a private repository goes to no public log unasked, not even when it was prepared for another", async () => {
    const refused = { code: "PUBLIC_LOG", message: expect.stringContaining("rekor.example") as string };
    const publicLog = { publicLog: "rekor.example", allowPublicLog: false, depositoriesOf: () => [] };
    await expect(planOf([file("a")], { says: { build: BUILD } }, publicLog)).rejects.toMatchObject(refused);
    const prepared = parsePlan(JSON.stringify(await planOf([file("a")], { says: { build: BUILD } })));
    await expect(admit(prepared, publicLog)).rejects.toMatchObject(refused);
  });

  test("collects all that is wrong before anything is signed", async () => {
    const place = (code: string, status: NotDone["status"]): Depository => ({
      name: "folder",
      check: () => Promise.resolve([{ status, reason: { code, message: `${code} is wrong`, hint: "Mend it." } }]),
      deposit: () => Promise.reject(new Error("nothing is to be signed")),
      readBack: () => Promise.reject(new Error("nothing is to be signed")),
    });
    const planFor = async (...places: Depository[]): Promise<Plan> =>
      await planOf([file("a"), file("b")], { groupOf: ({ name }) => name }, { depositoriesOf: () => places });
    await expect(planFor(place("a", "refused"), place("b", "unreachable"))).rejects.toMatchObject({
      code: "NOT_READY",
      message: "a is wrong (a). Mend it.; b is wrong (b). Mend it.",
    });
    await expect(planFor(place("a", "unreachable"))).rejects.toMatchObject({ code: "NOT_REACHED" });
  });
});

describe("a plan that was altered", () => {
  test.each<[string, (plan: Record<string, never>) => unknown]>([
    ["names a subject that no statement is about", (plan) => ({ ...plan, subjects: [file("a"), file("b")] })],
    ["has another digest than the statement", (plan) => ({ ...plan, subjects: [file("a", "b".repeat(64))] })],
    ["has a subject twice", (plan) => ({ ...plan, subjects: [file("a"), file("a")] })],
    ["has a visibility that there is not", (plan) => ({ ...plan, visibility: "secret" })],
    ["is of another version", (plan) => ({ ...plan, schemaVersion: "2" })],
    ["is a list", () => []],
  ])("is refused where it %s", async (_, alter) => {
    const plan = JSON.parse(JSON.stringify(await planOf([file("a")]))) as Record<string, never>;
    expect(() => parsePlan(JSON.stringify(alter(plan)))).toThrow(
      expect.objectContaining({ code: "PLAN_MALFORMED" }) as Error,
    );
  });
});
