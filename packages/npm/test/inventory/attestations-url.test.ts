import { expect, test } from "vitest";
import { attestationsUrl } from "../../src/inventory/attestations-url.ts";

const TOLD = "https://registry.example/javascript/-/npm/v1/attestations/@acme%2fwidget@1.4.0";

function rebase(registryUrl: string, told: string | undefined, version = "1.4.0"): string {
  return attestationsUrl({ registryUrl, packageName: "@acme/widget", version, told });
}

test.each(["https://registry.example/javascript", "https://registry.example/javascript/"])(
  "keeps the path prefix of %s once",
  (registryUrl) => {
    expect(rebase(registryUrl, TOLD)).toBe(TOLD);
  },
);

test.each(["%2f", "%2F", "/"])("leaves the scope's slash as it is written: %s", (slash) => {
  const told = `https://registry.example/-/npm/v1/attestations/@acme${slash}widget@1.4.0`;
  expect(rebase("https://registry.example/", told)).toBe(told);
});

test("puts the path of another host behind the path of the registry that was asked", () => {
  const mirror = "http://127.0.0.1:4873/api/npm/";
  const path = "/-/npm/v1/attestations/@acme%2fwidget@1.4.0";
  expect(rebase(mirror, `https://evil.example${path}`)).toBe(`http://127.0.0.1:4873/api/npm${path}`);
  expect(rebase(mirror, TOLD)).toBe(`http://127.0.0.1:4873/api/npm${path}`);
  expect(rebase(mirror, `//evil.example${path}`)).toBe(`http://127.0.0.1:4873/api/npm${path}`);
});

test("keeps the prefix of a registry whose own path holds /-/npm/", () => {
  const told = "https://registry.example/-/npm/proxy/-/npm/v1/attestations/@acme%2fwidget@1.4.0";
  expect(rebase("https://registry.example/-/npm/proxy/", told)).toBe(told);
});

test.each([
  undefined,
  "https://evil.example/elsewhere",
  "javascript:alert(1)",
  "x:/-/npm/../../..",
  "x:y/-/npm/../../..",
  "http://[",
  "",
])("asks at the usual place where the packument tells %s", (told) => {
  expect(rebase("https://registry.example/npm/", told, "1.0.0+build/x")).toBe(
    "https://registry.example/npm/-/npm/v1/attestations/@acme%2fwidget@1.0.0%2Bbuild%2Fx",
  );
});

test("never climbs out of the registry", () => {
  const told = "https://registry.example/-/npm/../../private";
  expect(rebase("https://registry.example/npm/", told)).toMatch(/^https:\/\/registry\.example\/npm\/-\/npm\/v1\//);
});
