import type { RequestListener } from "node:http";
import { describe, expect, it, test } from "vitest";
import { CA, client, failureOf, serve, serveProxy, told, type Loopback } from "./loopback.ts";

const SECRET = "Bearer canary-7f3a";

/** Redirects `/n` to `/n-1` until `/0`. */
const countdown: RequestListener = (request, response) => {
  const left = Number(request.url?.slice(1));
  if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end("moved");
  else response.end("here");
};

function leading(locations: Record<string, string>, code = 302): RequestListener {
  return (request, response) => {
    const location = locations[request.url ?? ""];
    if (location === undefined) response.end(`at ${request.url}`);
    else response.writeHead(code, { location }).end();
  };
}

/** Servers behind a proxy, so that names need no DNS: both names lead to the same listener, over TLS. */
async function named(listener: RequestListener): Promise<{ http: ReturnType<typeof client>; server: Loopback }> {
  const server = await serve(listener, "tls");
  const proxy = await serveProxy(server);
  return { server, http: client([], { proxy: { https: proxy.origin }, ca: [CA] }) };
}

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("is followed (%i), relative or absolute", async (code) => {
    const server = await serve((request, response) => {
      const locations = { "/a/b": "../c?d=e", "/c?d=e": `${server.origin}/f` };
      leading(locations, code)(request, response);
    });
    const answer = await client([server]).fetchBytes({ url: `${server.origin}/a/b`, maxBytes: 100 });
    expect(told(answer)).toBe("200 at /f");
    expect(answer).toMatchObject({ url: `${server.origin}/f`, from: "network" });
  });

  it("is followed for HEAD, as HEAD", async () => {
    const server = await serve(countdown);
    const answer = await client([server]).fetchBytes({ url: `${server.origin}/1`, method: "HEAD", maxBytes: 100 });
    expect(told(answer)).toBe("200 ");
    expect(server.seen.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  it("is followed five times, and not a sixth", async () => {
    const server = await serve(countdown);
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: `${server.origin}/5`, maxBytes: 100 }))).toBe("200 here");
    const failure = failureOf(await http.fetchBytes({ url: `${server.origin}/6`, maxBytes: 100 }));
    expect(failure.code).toBe("redirect-refused");
    expect(http.counts()).toEqual({ [server.host]: { sent: 12, cached: 0, retried: 0 } });
  });

  it("is refused when it leads in a circle", async () => {
    const server = await serve(leading({ "/a": "/b", "/b": "/a#again", "/c": "/c" }));
    const http = client([server]);
    expect(failureOf(await http.fetchBytes({ url: `${server.origin}/a`, maxBytes: 9 })).message).toBe(
      `${server.origin}/b redirects in a circle to ${server.origin}/a`,
    );
    expect(failureOf(await http.fetchBytes({ url: `${server.origin}/c`, maxBytes: 9 })).code).toBe("redirect-refused");
    expect(server.seen).toHaveLength(3);
  });

  it("is an answer when it names no location", async () => {
    const server = await serve((_, response) => response.writeHead(300).end("choose"));
    const other = await serve((_, response) => response.writeHead(302).end("moved"));
    const http = client([server, other]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("300 choose");
    expect(told(await http.fetchBytes({ url: other.origin, maxBytes: 100 }))).toBe("302 moved");
  });

  test.each([
    ["http://registry.example/", "redirect-refused"],
    ["https://user:canary-7f3a@other.example/", "redirect-refused"],
    ["file:///etc/passwd", "redirect-refused"],
    ["https://", "redirect-refused"],
    ["https://169.254.169.254/latest", "private-address"],
    ["https://[::ffff:10.0.0.1]/", "private-address"],
  ])("to %s is refused", async (location, code) => {
    const { http, server } = await named(leading({ "/": location }));
    const failure = failureOf(await http.fetchBytes({ url: "https://registry.example/", maxBytes: 100 }));
    expect(failure.code).toBe(code);
    expect(JSON.stringify(failure)).not.toContain("canary");
    expect(server.seen).toHaveLength(1);
  });

  it("from https to http is followed for a host that the user named", async () => {
    const plain = await serve((_, response) => response.end("plain"));
    const server = await serve(leading({ "/": plain.origin }), "tls");
    const http = client([server, plain], { ca: [CA] });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("200 plain");
  });
});

describe("credentials", () => {
  const credentials = { authorization: SECRET, scope: "https://registry.example/team/" };
  const authorizations = (server: Loopback): unknown[] => server.seen.map(({ headers }) => headers.authorization);

  it("are sent inside their scope, redirects included", async () => {
    const { http, server } = await named(leading({ "/team/a": "/team/b" }));
    await http.fetchBytes({ url: "https://registry.example/team/a", maxBytes: 100, credentials });
    expect(authorizations(server)).toEqual([SECRET, SECRET]);
  });

  it("are not sent where the request starts outside", async () => {
    const { http, server } = await named(leading({}));
    await http.fetchBytes({ url: "https://registry.example/teams", maxBytes: 100, credentials });
    await http.fetchBytes({ url: "https://other.example/team/", maxBytes: 100, credentials });
    expect(authorizations(server)).toEqual([undefined, undefined]);
  });

  test.each(["/elsewhere", "https://other.example/team/b", "https://registry.example:8443/team/b", "/team/..%2felse"])(
    "stay behind when a redirect leads to %s",
    async (location) => {
      const { http, server } = await named(leading({ "/team/a": location }));
      const answer = await http.fetchBytes({ url: "https://registry.example/team/a", maxBytes: 100, credentials });
      expect(answer.outcome).toBe("answered");
      expect(authorizations(server)).toEqual([SECRET, undefined]);
    },
  );

  it("stay dropped when a second redirect leads back", async () => {
    const back = { "/team/a": "https://other.example/x", "/x": "https://registry.example/team/b" };
    const { http, server } = await named(leading(back));
    await http.fetchBytes({ url: "https://registry.example/team/a", maxBytes: 100, credentials });
    expect(authorizations(server)).toEqual([SECRET, undefined, undefined]);
  });

  it("and all other headers but accept are dropped when a redirect leaves the origin", async () => {
    const { http, server } = await named(leading({ "/a": "/b", "/b": "https://other.example/c" }));
    const headers = { "X-Private-Token": "canary-7f3a" };
    await http.fetchBytes({ url: "https://registry.example/a", maxBytes: 100, headers, accept: "application/json" });
    expect(server.seen.map((request) => request.headers["x-private-token"])).toEqual([
      "canary-7f3a",
      "canary-7f3a",
      undefined,
    ]);
    expect(server.seen.map((request) => request.headers.accept)).toEqual(Array(3).fill("application/json"));
    expect(server.seen.map((request) => request.headers["user-agent"])).toEqual(Array(3).fill("colophon-test"));
  });
});
