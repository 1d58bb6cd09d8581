import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "./colophon.ts";
import { openProject, resultOf } from "./worlds.ts";

const WIDGET = "npm:@acme/widget";

test("answers the same with cached authentications, without them, and after they are deleted", async () => {
  const { coverage } = await openProject();
  const cache = join(await emptyFolder(), "cache");
  const kept = join(cache, "authentications");
  const objectsWith = async (...args: string[]): Promise<unknown> =>
    resultOf(await coverage(WIDGET, "--json", ...args)).objects;
  const fresh = await objectsWith("--no-cache");
  expect(existsSync(cache)).toBe(false);
  expect(await objectsWith("--cache-dir", cache)).toEqual(fresh);
  expect(await readdir(kept)).not.toEqual([]);
  expect(await objectsWith("--cache-dir", cache)).toEqual(fresh);
  await rm(kept, { recursive: true });
  expect(await objectsWith("--cache-dir", cache)).toEqual(fresh);
});

test("is met or failed by thresholds, as the unknown allows", async () => {
  const { coverage } = await openProject();
  const codeOf = async (...args: string[]): Promise<number | null> => (await coverage(WIDGET, ...args)).code;
  expect(await codeOf("--fail-under", "25")).toBe(0);
  expect(await codeOf("--fail-under", "30")).toBe(3);
  expect(await codeOf("--fail-under", "npm=40")).toBe(1);
  expect(await codeOf("--fail-under", "30", "--allow-unknown")).toBe(0);
  expect(await codeOf("--latest", "--fail-under", "100")).toBe(0);
});

test("holds what options and configuration expect", async () => {
  const { coverage } = await openProject({ expect: { sourceRepository: "https://github.com/acme/elsewhere" } });
  const strict = resultOf(await coverage(WIDGET, "--json"));
  expect(strict.summary.verified).toBe(0);
  expect(strict.objects[0]).toMatchObject({
    status: "mismatch",
    expectation: "configured",
    reason: { code: "source-repository-differs" },
  });
  const given = resultOf(await coverage(WIDGET, "--json", "--source-repository", "https://github.com/acme/widget"));
  expect(given.summary.verified).toBe(2);
  const level = resultOf(
    await coverage(WIDGET, "--json", "--source-repository", "https://github.com/acme/widget", "--least-level", "3"),
  );
  expect(level.objects[0]).toMatchObject({ status: "present", reason: { check: "level" } });
});
