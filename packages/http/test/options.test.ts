import { expect, it, test } from "vitest";
import { readOptions } from "../src/options.ts";

test.each([
  [{ maxRequests: -1 }, "maxRequests -1"],
  [{ maxRequests: Number.NaN }, "maxRequests NaN"],
  [{ concurrencyPerHost: 0 }, "concurrencyPerHost 0"],
  [{ userAgent: "" }, "userAgent"],
  [{ userAgent: "a\r\nb" }, "userAgent"],
  [{ proxy: { https: "socks5://user:canary@proxy.example" } }, 'proxy "proxy.example" is not'],
  [{ proxy: { http: "proxy.example:3128" } }, 'proxy "proxy.example:3128" is not'],
])("throws for %j", (options, told) => {
  let error: unknown;
  try {
    readOptions({ userAgent: "t", ...options });
  } catch (problem) {
    error = problem;
  }
  expect(error).toMatchObject({ name: "HttpError", code: "OPTION_INVALID" });
  expect(String(error)).toContain(told);
  expect(String(error)).not.toContain("canary");
});

it("fills in the defaults", () => {
  expect(readOptions({ userAgent: "t" })).toMatchObject({
    offline: false,
    maxRequests: Infinity,
    cacheDir: undefined,
    concurrencyPerHost: 20,
    tls: { ca: [], strict: true },
  });
});

it("reads trusted hosts without regard to case", () => {
  expect(readOptions({ userAgent: "t", trustedHosts: ["Registry.LAN:80"] }).trustedHosts).toEqual(
    new Set(["registry.lan:80"]),
  );
});

it("waits by the real clock unless told otherwise, and stops when asked", async () => {
  const { sleep } = readOptions({ userAgent: "t" });
  await expect(sleep(1)).resolves.toBeUndefined();
  await expect(sleep(3_600_000, AbortSignal.abort())).rejects.toThrow("aborted");
});
