import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createHttp } from "../src/index.ts";
import { client, failureOf, serve, told } from "./loopback.ts";

const run = promisify(execFile);
const index = fileURLToPath(new URL("../src/index.ts", import.meta.url));

async function runModule(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--no-warnings", "--input-type=module", "-e", code], {
    timeout: 12_000,
  });
  return stdout.trim();
}

describe("offline", () => {
  it("opens no socket and asks no DNS", async () => {
    const server = await serve((_, response) => response.end("reached"));
    const http = client([server], { offline: true });
    expect(failureOf(await http.fetchBytes({ url: `${server.origin}/a?b`, maxBytes: 10 }))).toEqual({
      code: "offline",
      message: `${server.origin}/a was not asked: this run is offline`,
      hint: "Run without offline, or give what is needed as files.",
    });
    const unresolvable = await http.fetchStream({ url: "https://nowhere.invalid/", maxBytes: 10 }, async () => 1);
    expect(failureOf(unresolvable).code).toBe("offline");
    expect(server.sockets.opened).toBe(0);
    expect(http.counts()).toEqual({});
  });
});

describe("the budget", () => {
  it("counts every request sent, retries and redirects too", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/away") response.writeHead(302, { location: "/busy" }).end();
      else response.writeHead(503).end();
    });
    const http = client([server], { maxRequests: 3 });
    const failure = failureOf(await http.fetchBytes({ url: `${server.origin}/away`, maxBytes: 10 }));
    expect(failure).toMatchObject({
      code: "budget-spent",
      message: `${server.origin}/busy was not asked: the budget of 3 requests is spent`,
    });
    expect(http.counts()).toEqual({ [server.host]: { sent: 3, cached: 0, retried: 1 } });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("budget-spent");
    expect(server.seen).toHaveLength(3);
  });

  it("is not overrun by requests at the same time", async () => {
    const server = await serve((_, response) => response.end("ok"));
    const http = client([server], { maxRequests: 5 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => http.fetchBytes({ url: server.origin, maxBytes: 10 })),
    );
    expect(answers.map(told).filter((text) => text === "200 ok")).toHaveLength(5);
    expect(server.seen).toHaveLength(5);
  });
});

describe("counts", () => {
  it("are by host, sorted, and a copy", async () => {
    const servers = [await serve((_, response) => response.end()), await serve((_, response) => response.end())];
    const http = client(servers);
    for (const { origin } of servers.toReversed()) await http.fetchBytes({ url: origin, maxBytes: 10 });
    const counts = http.counts();
    expect(Object.keys(counts)).toEqual(servers.map(({ host }) => host).sort());
    await http.fetchBytes({ url: servers[0]?.origin ?? "", maxBytes: 10 });
    expect(Object.values(counts).map(({ sent }) => sent)).toEqual([1, 1]);
  });
});

describe("time", () => {
  it("is bound before the head and within the body, and is not spent again", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/body") response.writeHead(200, { "content-length": "5" }).write("1");
    });
    const http = client([server]);
    for (const path of ["/head", "/body"]) {
      const answer = await http.fetchBytes({ url: server.origin + path, maxBytes: 10, timeoutMs: 50 });
      expect(failureOf(answer)).toMatchObject({
        code: "timed-out",
        message: `${server.origin}${path} gave no whole answer in time`,
      });
    }
    expect(server.seen).toHaveLength(2);
  });

  it("is bound while the server drips", async () => {
    const server = await serve((_, response) => {
      const drip = setInterval(() => response.write("."), 10);
      response.on("close", () => clearInterval(drip));
    });
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 10_000, timeoutMs: 100 });
    expect(failureOf(answer).code).toBe("timed-out");
  });
});

describe("an abort", () => {
  it("ends a request that waits for its answer", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(new Error("canary-7f3a")));
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 10, signal: controller.signal });
    expect(failureOf(answer)).toEqual({ code: "aborted", message: `${server.origin}/: the request was given up` });
    expect(server.seen).toHaveLength(1);
  });

  it("ends a request that waits for a retry", async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.writeHead(503).end());
    const http = client([server], {
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(new Error("canary-7f3a")));
          controller.abort();
        }),
    });
    const answer = await http.fetchBytes({ url: server.origin, maxBytes: 10, signal: controller.signal });
    expect(failureOf(answer).code).toBe("aborted");
  });

  it("ends a request that waits for a place, and one that has not begun", async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.end("ok"));
    const http = client([server], { concurrencyPerHost: 1 });
    const { signal } = controller;
    const answers = [
      http.fetchBytes({ url: server.origin, maxBytes: 10 }),
      http.fetchBytes({ url: server.origin, maxBytes: 10, signal }),
    ];
    await Promise.resolve();
    controller.abort();
    expect((await Promise.all(answers)).map(told)).toEqual(["200 ok", "aborted"]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10, signal }))).toBe("aborted");
    expect(server.seen).toHaveLength(1);
  });
});

describe("close", () => {
  it("ends idle sockets and requests under way, and refuses later ones", async () => {
    let arrived = (): void => {};
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    const server = await serve((request, response) => (request.url === "/slow" ? arrived() : response.end("ok")));
    const http = client([server]);
    const request = { url: server.origin, maxBytes: 10 };
    await http.fetchBytes(request);
    const slow = http.fetchBytes({ ...request, url: `${server.origin}/slow` });
    await waiting;
    await http.close();
    expect(told(await slow)).toBe("aborted");
    expect(told(await http.fetchBytes(request))).toBe("aborted");
    expect(server.seen).toHaveLength(2);
    await expect.poll(() => server.sockets.open).toBe(0);
  });

  it("lets the process end at once", async () => {
    const server = await serve((_, response) => response.writeHead(200, { "keep-alive": "timeout=300" }).end("ok"));
    const code = `
      import { createHttp } from ${JSON.stringify(index)};
      const http = createHttp({ userAgent: "t", trustedHosts: [${JSON.stringify(server.host)}] });
      const { code } = await http.fetchBytes({ url: ${JSON.stringify(server.origin)}, maxBytes: 10 });
      await http.close();
      console.log(code);`;
    expect(await runModule(code)).toBe("200");
  });

  it("needs no request before it", async () => {
    await expect(createHttp({ userAgent: "t" }).close()).resolves.toBeUndefined();
  });
});

it("loads undici with the first request, and not before", async () => {
  const server = await serve((_, response) => response.end("ok"));
  const code = `
    import { createRequire } from "node:module";
    import { createHttp } from ${JSON.stringify(index)};
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => /[\\\\/]undici[\\\\/]/.test(file));
    const http = createHttp({ userAgent: "t", trustedHosts: [${JSON.stringify(server.host)}] });
    const before = loaded();
    await http.fetchBytes({ url: ${JSON.stringify(server.origin)}, maxBytes: 10 });
    console.log(before, loaded());
    await http.close();`;
  expect(await runModule(code)).toBe("false true");
});
