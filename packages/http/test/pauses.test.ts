import { describe, expect, it, test } from "vitest";
import type { HttpAnswer, HttpOptions } from "../src/index.ts";
import { createLimiter, type Limiter } from "../src/limiter.ts";
import { createPauses, type Pauses } from "../src/pauses.ts";
import { client, failureOf, serve, told } from "./loopback.ts";

const NOW = Date.UTC(2026, 0, 1);
const forever = new AbortController().signal;

/** Sleeps end when `wake` is called, and take exactly their time by the clock. */
function manualTime(): {
  options: Required<Pick<HttpOptions, "clock" | "sleep">>;
  sleeps: number[];
  pass: (milliseconds: number) => void;
  wake: () => Promise<void>;
} {
  let now = NOW;
  let sleeper: { until: number; resolve: () => void } | undefined;
  const sleeps: number[] = [];
  return {
    sleeps,
    options: {
      clock: () => now,
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          sleeps.push(milliseconds);
          sleeper = { until: now + milliseconds, resolve };
          signal?.addEventListener("abort", () => reject(new Error("canary-7f3a")));
        }),
    },
    pass: (milliseconds) => void (now += milliseconds),
    async wake() {
      await expect.poll(() => sleeper).toBeDefined();
      now = Math.max(now, sleeper?.until ?? now);
      sleeper?.resolve();
      sleeper = undefined;
      await new Promise(setImmediate);
    },
  };
}

type Time = ReturnType<typeof manualTime>;

function pausesOf(
  time: Time,
  places = 3,
): Pauses & { limiter: Limiter; inside: () => number; leave: () => Promise<void> } {
  const limiter = createLimiter(places);
  const pauses = createPauses({ limiter, places, closing: forever, ...time.options });
  const taken = Array.from({ length: 9 }, () => limiter.acquire("a", forever));
  return {
    ...pauses,
    limiter,
    inside: () => limiter.running("a"),
    leave: async () => (await taken.shift())?.(),
  };
}

function limited(seconds: number, code = 429): { code: number; headers: Record<string, string> } {
  return { code, headers: { "retry-after": String(seconds) } };
}

describe("a pause", () => {
  it("is slept once for all who were in flight, as long as the last of them asks", async () => {
    const time = manualTime();
    const { heard } = pausesOf(time);
    expect(heard("a", limited(4))).toEqual({ retryAfterSeconds: 4, granted: true });
    heard("a", limited(4));
    time.pass(1000);
    for (const seconds of [1, 4, 4]) heard("a", limited(seconds));
    await time.wake();
    await time.wake();
    expect(time.sleeps).toEqual([4000, 1000]);
  });

  it("goes on from now when its end is overdue", async () => {
    const time = manualTime();
    const { heard } = pausesOf(time);
    heard("a", limited(4));
    time.pass(5000);
    heard("a", limited(4));
    await time.wake();
    await time.wake();
    expect(time.sleeps).toEqual([4000, 4000]);
  });

  it("is not ended by good answers to what was in flight", async () => {
    const time = manualTime();
    const { heard, leave, inside } = pausesOf(time);
    heard("a", limited(4));
    await leave();
    heard("a", { code: 200, headers: {} });
    expect(inside()).toBe(2);
    await time.wake();
    expect(inside()).toBe(3);
  });

  it("has no budget but that of its host, which good answers do not refill", async () => {
    const time = manualTime();
    const { heard } = pausesOf(time);
    for (let n = 0; n < 3; n += 1) {
      expect(heard("a", limited(20, 503))?.granted).toBe(true);
      await time.wake();
      expect(heard("a", { code: 200, headers: {} })).toBeUndefined();
    }
    expect(heard("a", limited(1))?.granted).toBe(false);
    expect(heard("b", limited(1))?.granted).toBe(true);
  });

  test.each([
    [200, "4"],
    [500, "4"],
    [429, "soon"],
  ])("is not asked for by a %i with Retry-After %s", (code, value) => {
    const time = manualTime();
    expect(pausesOf(time).heard("a", { code, headers: { "retry-after": value } })).toBeUndefined();
    expect(time.sleeps).toEqual([]);
  });
});

describe("a host that asks for too much", () => {
  it("is not shut by paths that it refuses for long while it answers others", () => {
    const { heard, shutFor } = pausesOf(manualTime());
    for (const _ of [1, 2, 3, 4]) {
      heard("a", limited(3600));
      heard("a", { code: 404, headers: {} });
    }
    expect(shutFor("a")).toBeUndefined();
  });

  it("is shut until that time has passed by the clock, and then bounded as before", async () => {
    const time = manualTime();
    const { heard, shutFor, inside, limiter } = pausesOf(time);
    expect(shutFor("a")).toBeUndefined();
    for (const _ of [1, 2]) {
      expect(heard("a", limited(31))).toEqual({ retryAfterSeconds: 31, granted: false });
      expect([shutFor("a"), inside()]).toEqual([undefined, 3]);
    }
    heard("a", limited(31));
    expect(inside()).toBe(9);
    time.pass(500);
    expect([shutFor("a"), shutFor("b")]).toEqual([31, undefined]);
    heard("a", { code: 200, headers: {} });
    time.pass(30_499);
    expect(shutFor("a")).toBe(1);
    time.pass(1);
    expect(shutFor("a")).toBeUndefined();
    await expect(Promise.race([limiter.acquire("a", forever), Promise.resolve("full")])).resolves.toBe("full");
    expect(time.sleeps).toEqual([]);
  });

  it("stays shut for the longest wait that it asked for", () => {
    const time = manualTime();
    const { heard, shutFor } = pausesOf(time);
    for (const seconds of [50, 60, 100, 200, 2]) expect(heard("a", limited(seconds))?.granted).toBe(false);
    expect(shutFor("a")).toBe(200);
  });

  it("is shut in the middle of a pause, whose end changes nothing", async () => {
    const time = manualTime();
    const { heard, shutFor, inside, limiter } = pausesOf(time);
    heard("a", limited(4));
    for (const _ of [1, 2, 3]) heard("a", limited(3600));
    expect(inside()).toBe(9);
    await time.wake();
    expect(shutFor("a")).toBe(3596);
    await limiter.acquire("a", forever);
    heard("a", limited(1));
    expect(time.sleeps).toEqual([4000]);
  });
});

describe("a client", () => {
  it("asks a host that never relents a few times, for 60 s in all, and then no more", async () => {
    let now = NOW;
    const waits: number[] = [];
    const server = await serve((_, response) => response.writeHead(429, { "retry-after": "4" }).end());
    const http = client([server], {
      clock: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
        waits.push(milliseconds);
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => http.fetchBytes({ url: `${server.origin}/${n}`, maxBytes: 10 })),
    );
    expect(new Set(answers.map(told))).toEqual(new Set(["rate-limited"]));
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThanOrEqual(60_000);
    // 20 at first, and one after each pause.
    expect(server.seen.length).toBeLessThanOrEqual(20 + 60 / 4);
    expect(http.counts()[server.host]?.sent).toBe(server.seen.length);
  });

  it("sends nothing during a pause, then one request, and the others once that is answered", async () => {
    const time = manualTime();
    const held: (() => void)[] = [];
    const server = await serve((_, response) => {
      if (server.seen.length === 1) response.writeHead(503, { "retry-after": "4" }).end();
      else held.push(() => response.end("ok"));
    });
    const other = await serve((_, response) => response.end("ok"));
    const http = client([server, other], time.options);
    const ask = (): Promise<string> => http.fetchBytes({ url: server.origin, maxBytes: 10 }).then(told);
    const elsewhere = (): Promise<HttpAnswer> => http.fetchBytes({ url: other.origin, maxBytes: 10 });
    const answers = [ask()];
    await expect.poll(() => time.sleeps).toEqual([4000]);
    answers.push(ask(), ask());
    await elsewhere();
    expect(server.seen).toHaveLength(1);
    await time.wake();
    await expect.poll(() => held.length).toBe(1);
    await elsewhere();
    expect(server.seen).toHaveLength(2);
    held.pop()?.();
    await expect.poll(() => held.length).toBe(2);
    for (const answer of held) answer();
    expect(await Promise.all(answers)).toEqual(["200 ok", "200 ok", "200 ok"]);
    expect(http.counts()[server.host]).toEqual({ sent: 4, cached: 0, retried: 1 });
  });

  test.each(["silent", "broken"])("lets the others go on when the first after a pause meets a %s host", async (how) => {
    const time = manualTime();
    const server = await serve((request, response) => {
      if (server.seen.length === 1) response.writeHead(429, { "retry-after": "4" }).end();
      else if (server.seen.length > 2) response.writeHead(304).end();
      else if (how === "broken") request.socket.destroy();
    });
    const http = client([server], time.options);
    const request = { url: server.origin, maxBytes: 10, retries: 0 };
    expect(told(await http.fetchBytes(request))).toBe("429 ");
    const answers = [1, 2, 3].map(() => http.fetchBytes({ ...request, timeoutMs: how === "silent" ? 100 : 10_000 }));
    await time.wake();
    const first = how === "silent" ? "timed-out" : "unreachable";
    expect((await Promise.all(answers)).map(told)).toEqual([first, "304 ", "304 "]);
  });

  it("does not wait after a pause for what was in flight before it", async () => {
    const time = manualTime();
    const server = await serve((request, response) => {
      if (request.url === "/slow") response.write("some");
      else if (server.seen.length === 2) response.writeHead(429, { "retry-after": "4" }).end();
      else response.end("ok");
    });
    const http = client([server], { concurrencyPerHost: 2, ...time.options });
    let begun = (): void => {};
    const streaming = new Promise<void>((resolve) => (begun = resolve));
    const slow = http.fetchStream({ url: `${server.origin}/slow`, maxBytes: 10 }, async (body) => {
      begun();
      for await (const _ of body);
    });
    await streaming;
    const answer = http.fetchBytes({ url: server.origin, maxBytes: 10 });
    await time.wake();
    expect(told(await answer)).toBe("200 ok");
    await http.close();
    expect(failureOf(await slow).code).toBe("aborted");
  });

  it("fails at once what would ask a host that is shut, in line or later, until the time has come", async () => {
    const time = manualTime();
    const held: (() => void)[] = [];
    const server = await serve((_, response) => {
      if (server.seen.length > 3) held.push(() => response.end("ok"));
      else response.writeHead(429, { "retry-after": "3600" }).end();
    });
    const other = await serve((_, response) => response.end("ok"));
    const http = client([server, other], { concurrencyPerHost: 1, ...time.options });
    const request = { url: `${server.origin}/a?b`, maxBytes: 10 };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => http.fetchBytes(request)));
    time.pass(600_000);
    answers.push(await http.fetchBytes(request));
    const notAsked = (seconds: number): object => ({
      code: "rate-limited",
      message: `${server.origin}/a was not asked: ${server.host} asks everyone to wait, ${seconds} s more`,
      hint: "Try again after that time, or with credentials that have a larger allowance.",
      retryAfterSeconds: seconds,
    });
    expect(answers.slice(3).map(failureOf)).toEqual([notAsked(3600), notAsked(3600), notAsked(3000)]);
    expect(server.seen).toHaveLength(3);
    time.pass(3_000_000);
    const later = [1, 2].map(() => http.fetchBytes(request));
    await expect.poll(() => held.length).toBe(1);
    await http.fetchBytes({ url: other.origin, maxBytes: 10 });
    // One after the other, as there is one place again.
    expect(held).toHaveLength(1);
    held[0]?.();
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect((await Promise.all(later)).map(told)).toEqual(["200 ok", "200 ok"]);
  });

  it("passes the answer on when all retries are used", async () => {
    const server = await serve((_, response) => response.writeHead(429, { "retry-after": "1" }).end());
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10, retries: 2 }))).toBe("429 ");
    expect(http.waits.length).toBe(3);
    expect(server.seen).toHaveLength(3);
  });

  it("gives up in a pause what is aborted, and all when it is closed", async () => {
    const time = manualTime();
    const server = await serve((_, response) => response.writeHead(429, { "retry-after": "4" }).end());
    const http = client([server], time.options);
    const controller = new AbortController();
    const request = { url: server.origin, maxBytes: 10 };
    const [first, second] = [http.fetchBytes({ ...request, signal: controller.signal }), http.fetchBytes(request)];
    await expect.poll(() => time.sleeps).toEqual([4000]);
    controller.abort();
    expect(told(await first)).toBe("aborted");
    await http.close();
    expect(told(await second)).toBe("aborted");
  });

  it("does not count a pause to the time limit of a request", async () => {
    const server = await serve((_, response) => {
      if (server.seen.length === 1) response.writeHead(429, { "retry-after": "1" }).end();
      else response.end("ok");
    });
    const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 550));
    const http = client([server], { sleep });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10, timeoutMs: 500 }))).toBe("200 ok");
  });
});
