import { expect, test } from "vitest";
import { withinTime } from "../../src/trust/within-time.ts";

test("gives what the work gives", async () => {
  expect(await withinTime(Promise.resolve("done"), 60_000, "the mirror")).toBe("done");
});

test("throws what the work throws", async () => {
  await expect(withinTime(Promise.reject(new Error("refused")), 60_000, "the mirror")).rejects.toThrow("refused");
});

test("names what is late", async () => {
  const never = new Promise<never>(() => undefined);
  await expect(withinTime(never, 1, "the mirror")).rejects.toThrow("the mirror took longer than 0.001 s");
});
