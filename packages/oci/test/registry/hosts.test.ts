import { expect, test } from "vitest";
import { originOf } from "../../src/registry/connection.ts";
import { isTokenServiceOf, mayBeAsked } from "../../src/registry/token-service.ts";

test.each([
  ["docker.io", "https://registry-1.docker.io"],
  ["registry.example", "https://registry.example"],
  ["registry.example:443", "https://registry.example"],
  ["registry.example:5000", "http://registry.example:5000"],
  ["registry.example:5001", "https://registry.example:5001"],
  ["localhost", "http://localhost"],
  ["localhost.example", "https://localhost.example"],
  ["a.localhost:5000", "http://a.localhost:5000"],
  ["127.1.2.3:5000", "http://127.1.2.3:5000"],
  ["127.0.0.1.example", "https://127.0.0.1.example"],
  ["[::1]:5000", "http://[::1]:5000"],
  ["10.0.0.1", "https://10.0.0.1"],
])("%s is asked at %s: without TLS on this machine alone, or where told so", (registry, expected) => {
  expect(originOf({ registry }, new Set(["registry.example:5000"]))).toBe(expected);
});

test.each([
  ["docker.io", "auth.docker.io", true],
  ["docker.io", "docker.io", false],
  ["docker.io", "auth.docker.example", false],
  ["ghcr.io", "ghcr.io", true],
  ["ghcr.io", "auth.ghcr.io", true],
  ["ghcr.io", "evilghcr.io", false],
  ["ghcr.io", "io", false],
  ["registry.gitlab.com", "gitlab.com", true],
  ["registry.gitlab.com:5050", "gitlab.com", true],
  ["registry.gitlab.com", "evil.gitlab.com", false],
  ["registry.gitlab.com", "com", false],
  ["a.b.example.com", "example.com", false],
  ["localhost:5000", "localhost", true],
  ["10.1.2.3", "1.2.3", false],
])("credentials of %s go to the token service %s: %s", (registry, host, expected) => {
  expect(isTokenServiceOf(host, { registry })).toBe(expected);
});

test.each([
  ["https://a.example/token", "http://localhost", true],
  ["http://localhost/token", "http://localhost", true],
  ["http://a.example/token", "https://a.example", false],
  ["ftp://a.example/token", "http://localhost", false],
])("the token service %s may be asked for %s: %s", (realm, origin, expected) => {
  expect(mayBeAsked(new URL(realm), origin)).toBe(expected);
});
