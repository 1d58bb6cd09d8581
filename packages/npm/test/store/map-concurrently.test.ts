import { expect, test } from "vitest";
import { mapConcurrently } from "../../src/store/map-concurrently.ts";
import { collect } from "../world.ts";

test("yields what is ready first", async () => {
  const slow = Promise.withResolvers<string>();
  const results = mapConcurrently(["slow", "fast"], 2, async (name) => (name === "slow" ? slow.promise : name));
  expect((await results.next()).value).toBe("fast");
  slow.resolve("slow");
  expect(await collect(results)).toEqual(["slow"]);
});

test("has no more under way than allowed, and starts nothing that nobody waits for", async () => {
  let [underWay, most, started] = [0, 0, 0];
  const results = mapConcurrently(Array.from({ length: 10 }).keys(), 3, async (index) => {
    started += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    return index;
  });
  await results.next();
  expect(started).toBe(3);
  expect(await collect(results)).toHaveLength(9);
  expect(most).toBe(3);
  expect(started).toBe(10);
});

test("yields nothing for nothing", async () => {
  expect(await collect(mapConcurrently([], 3, async () => 1))).toEqual([]);
});
