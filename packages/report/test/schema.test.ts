import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { renderCoverageJson, renderJson } from "../src/index.ts";
import { PLAN, RECEIPT } from "./emission.ts";
import { coveredIndex, member, RESULT, VERIFIED } from "./result.ts";

async function validator(name: string): Promise<(value: unknown) => unknown> {
  const schema = JSON.parse(await readFile(new URL(`../schema/${name}.json`, import.meta.url), "utf8")) as object;
  const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
  return (value) => (validate(value) ? [] : validate.errors);
}

describe("the published JSON Schemas", () => {
  test("hold for a coverage result", async () => {
    const check = await validator("coverage-1");
    expect(check(JSON.parse(renderJson(RESULT)))).toEqual([]);
  });

  test("hold for a plan and a receipt, and for nothing that lacks a part of them", async () => {
    for (const [name, value] of [
      ["plan-1", PLAN],
      ["receipt-1", RECEIPT],
    ] as const) {
      const check = await validator(name);
      expect(check(value)).toEqual([]);
      for (const key of Object.keys(value).filter((one) => one !== "level")) {
        expect(check({ ...value, [key]: undefined })).not.toEqual([]);
      }
    }
  });

  test("hold for a plan of images, which has no statement before they are pushed", async () => {
    const check = await validator("plan-1");
    const image = { ...PLAN.subjects[0], path: undefined, from: "registry", tags: ["1.4.0"] };
    const planOf = (subject: object): unknown => JSON.parse(JSON.stringify({ ...PLAN, subjects: [subject] }));
    expect(check(planOf(image))).toEqual([]);
    expect(check({ ...PLAN, subjects: [], statements: [] })).toEqual([]);
    expect(check(planOf({ ...image, tags: "1.4.0" }))).not.toEqual([]);
    expect(check(planOf({ ...image, from: "hearsay" }))).not.toEqual([]);
  });

  test("hold for a receipt of published packages, in the words that there are", async () => {
    const check = await validator("receipt-1");
    const receiptWith = (published: object): unknown => ({
      ...RECEIPT,
      objects: [{ ...RECEIPT.objects[0], published, reason: { code: "c", message: "m" } }],
    });
    expect(check(receiptWith({ status: "now", digestFrom: "registry-bytes", provenance: "proven" }))).toEqual([]);
    expect(check(receiptWith({ status: "later", digestFrom: "file" }))).not.toEqual([]);
    expect(check(receiptWith({ status: "now" }))).not.toEqual([]);
  });

  test("hold for a verify result, with and without a failure", async () => {
    const check = await validator("verify-1");
    expect(check(VERIFIED)).toEqual([]);
    expect(
      check({
        ...VERIFIED,
        status: "present",
        level: null,
        signedAt: "2026-01-01T00:00:00.000Z",
        failure: { check: "level", code: "level-too-low", message: "m" },
      }),
    ).toEqual([]);
  });

  test("hold for an image index with its members, and for no member that lacks a part or has more", async () => {
    const [covers, verifies] = [await validator("coverage-1"), await validator("verify-1")];
    const reason = { check: "bundle", code: "attestation-unsigned", message: "m" } as const;
    const [whole, unsigned] = [member("linux/amd64"), member(null, { status: "present", level: null, reason })];
    const errorsOf = (members: readonly unknown[], provenBy: string): readonly unknown[] => {
      const objects = [{ ...coveredIndex(), provenBy, members }];
      return [covers({ ...RESULT, objects }), verifies({ ...VERIFIED, provenBy, members })];
    };
    expect(errorsOf([whole, unsigned], "platforms")).toEqual([[], []]);
    expect(errorsOf([], "index")).toEqual([[], []]);
    const wrong = [{ ...whole, more: 1 }, ...Object.keys(whole).map((key) => ({ ...whole, [key]: undefined }))];
    for (const one of wrong) expect(errorsOf([one], "index")).not.toContainEqual([]);
    expect(errorsOf([], "luck")).not.toContainEqual([]);
  });

  test("refuse a status, a key or a check that they do not know", async () => {
    const check = await validator("verify-1");
    expect(check({ ...VERIFIED, status: "fine" })).not.toEqual([]);
    expect(check({ ...VERIFIED, more: 1 })).not.toEqual([]);
    expect(check({ ...VERIFIED, failure: { check: "mood", code: "c", message: "m" } })).not.toEqual([]);
  });
});

test.each([0, 1, 4, 250])("renderCoverageJson gives the text of renderJson, with %d objects", (count) => {
  const objects = Array.from({ length: count }, (_, index) => RESULT.objects[index % 4]!);
  const hostile = { code: '"objects": []', message: '"objects": []' };
  const result = { ...RESULT, objects, warnings: [hostile] };
  expect([...renderCoverageJson(result)].join("")).toBe(renderJson(result));
});
