import { describe, expect, it, test } from "vitest";
import { admitUrl } from "../src/admission.ts";
import { client, failureOf, serve } from "./loopback.ts";

function admit(url: string, ...trusted: string[]): string {
  const admitted = admitUrl(url, new Set(trusted));
  return "outcome" in admitted ? admitted.reason.code : admitted.href;
}

describe("admitUrl", () => {
  test.each([
    ["https://registry.example/a?b=c#d", "https://registry.example/a?b=c"],
    ["https://1.1.1.1/", "https://1.1.1.1/"],
    ["http://registry.example/", "url-refused"],
    ["https://user@registry.example/", "url-refused"],
    ["https://:secret@registry.example/", "url-refused"],
    ["file:///etc/passwd", "url-refused"],
    ["not a URL", "url-refused"],
    ["https://127.0.0.1/", "private-address"],
    ["https://2130706433/", "private-address"],
    ["https://0x7f000001/", "private-address"],
    ["https://017700000001/", "private-address"],
    ["https://[::ffff:127.0.0.1]/", "private-address"],
    ["https://[fd00::1]:8443/", "private-address"],
    ["https://169.254.169.254/latest/meta-data", "private-address"],
  ])("takes %s as %s", (url, outcome) => {
    expect(admit(url)).toBe(outcome);
  });

  it("accepts plain http and private addresses for the host and port that the user named", () => {
    expect(admit("http://127.0.0.1:4873/", "127.0.0.1:4873")).toBe("http://127.0.0.1:4873/");
    expect(admit("http://127.0.0.1:4874/", "127.0.0.1:4873")).toBe("url-refused");
    expect(admit("https://127.0.0.1:4874/", "127.0.0.1:4873")).toBe("private-address");
  });

  it("takes a trusted host without a port as the port of the scheme", () => {
    expect(admit("http://registry.lan/", "registry.lan")).toBe("http://registry.lan/");
    expect(admit("https://10.0.0.1/", "10.0.0.1:443")).toBe("https://10.0.0.1/");
    expect(admit("http://registry.lan:8080/", "registry.lan")).toBe("url-refused");
  });

  it("refuses user info even for a trusted host", () => {
    expect(admit("http://user:secret@registry.lan/", "registry.lan")).toBe("url-refused");
  });
});

describe("a client", () => {
  it("opens no connection to a name that resolves to loopback", async () => {
    const server = await serve((_, response) => response.end("inner"), "tls");
    const http = client([]);
    const answer = await http.fetchBytes({ url: `https://localhost:${server.port}/`, maxBytes: 10 });
    expect(failureOf(answer)).toMatchObject({
      code: "private-address",
      message: `https://localhost:${server.port}/ leads to an address that is not public`,
      hint: `If localhost:${server.port} is yours, name it in the configuration.`,
    });
    expect(server.sockets.opened).toBe(0);
    expect(http.waits).toEqual([]);
  });

  it("spends no request on a literal private address", async () => {
    const http = client([]);
    expect(failureOf(await http.fetchBytes({ url: "https://[::1]/", maxBytes: 10 })).code).toBe("private-address");
    expect(http.counts()).toEqual({});
  });

  it("refuses plain http to a host that is not trusted without connecting", async () => {
    const server = await serve((_, response) => response.end("inner"));
    expect(failureOf(await client([]).fetchBytes({ url: server.origin, maxBytes: 10 })).code).toBe("url-refused");
    expect(server.sockets.opened).toBe(0);
  });
});
