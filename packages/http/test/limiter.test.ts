import { expect, it } from "vitest";
import { createLimiter } from "../src/limiter.ts";
import { client, serve } from "./loopback.ts";

const forever = new AbortController().signal;

it("lets the next in line enter when a place is released", async () => {
  const limiter = createLimiter(1);
  const entered: string[] = [];
  const release = await limiter.acquire("a", forever);
  const second = limiter.acquire("a", forever).then((leave) => (entered.push("second"), leave));
  const third = limiter.acquire("a", forever).then((leave) => (entered.push("third"), leave));
  await Promise.resolve();
  expect(entered).toEqual([]);
  release();
  (await second)();
  await third;
  expect(entered).toEqual(["second", "third"]);
});

it("keeps keys apart", async () => {
  const limiter = createLimiter(1);
  await limiter.acquire("a", forever);
  await expect(limiter.acquire("b", forever)).resolves.toBeTypeOf("function");
});

it("drops from the line whoever gives up", async () => {
  const limiter = createLimiter(1);
  const release = await limiter.acquire("a", forever);
  const controller = new AbortController();
  const first = limiter.acquire("a", controller.signal);
  const second = limiter.acquire("a", forever);
  controller.abort(new Error("given up"));
  await expect(first).rejects.toThrow("given up");
  release();
  await expect(second).resolves.toBeTypeOf("function");
});

it("lets nobody in who gave up already", async () => {
  await expect(createLimiter(1).acquire("a", AbortSignal.abort(new Error("given up")))).rejects.toThrow("given up");
});

it("keeps the line when someone inside gives up", async () => {
  const limiter = createLimiter(1);
  const first = await limiter.acquire("a", forever);
  const controller = new AbortController();
  const second = limiter.acquire("a", controller.signal);
  const third = limiter.acquire("a", forever);
  first();
  const leave = await second;
  controller.abort();
  leave();
  await expect(third).resolves.toBeTypeOf("function");
});

it("lets nobody in while no place is allowed, and then so many as are", async () => {
  const limiter = createLimiter(2);
  const release = await limiter.acquire("a", forever);
  limiter.allow("a", 0);
  const entered: number[] = [];
  for (const n of [1, 2, 3]) void limiter.acquire("a", forever).then(() => entered.push(n));
  release();
  await Promise.resolve();
  expect(entered).toEqual([]);
  limiter.allow("a", 2);
  await expect.poll(() => entered).toEqual([1, 2]);
  expect(limiter.running("a")).toBe(2);
  limiter.allow("a", Infinity);
  await expect.poll(() => entered).toEqual([1, 2, 3]);
});

it("bounds the requests in flight per host, and not over all hosts", async () => {
  let most = 0;
  let now = 0;
  const waiting: (() => void)[] = [];
  const listener = (_: unknown, response: { end(text: string): void }): void => {
    now += 1;
    most = Math.max(most, now);
    waiting.push(() => {
      now -= 1;
      response.end("ok");
    });
    if (waiting.length === 4) for (const answer of waiting.splice(0)) answer();
  };
  const [left, right] = [await serve(listener), await serve(listener)];
  const http = client([left, right], { concurrencyPerHost: 2 });
  // The servers answer only once two requests of each host wait, so a limiter over both hosts would hang.
  const urls = [left, right].flatMap(({ origin }) => [1, 2, 3, 4].map((n) => `${origin}/${n}`));
  const answers = await Promise.all(urls.map((url) => http.fetchBytes({ url, maxBytes: 10 })));
  expect(answers.every(({ outcome }) => outcome === "answered")).toBe(true);
  expect(most).toBe(4);
});
