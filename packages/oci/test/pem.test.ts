import { expect, test } from "vitest";
import { certificatesIn, isRoot } from "../src/pem.ts";
import { derOf, INTERMEDIATE, ROOT } from "./certificates.ts";

test("takes the certificates of a PEM text in their order, whatever stands between", () => {
  const text = `subject=x\r\n${INTERMEDIATE.replaceAll("\n", "\r\n")}\n\n${ROOT.trimEnd()}`;
  expect(certificatesIn(text)).toEqual([derOf(INTERMEDIATE), derOf(ROOT)]);
});

test("finds none in other text, nor in one that is cut off", () => {
  expect(certificatesIn("")).toEqual([]);
  expect(certificatesIn("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")).toEqual([]);
  expect(certificatesIn(INTERMEDIATE.slice(0, -10))).toEqual([]);
});

test("takes linear time over a hundred thousand beginnings without an end", { timeout: 2_000 }, () => {
  expect(certificatesIn("-----BEGIN CERTIFICATE-----".repeat(100_000))).toEqual([]);
});

test("tells the root by its issuer; what is no certificate is none", () => {
  expect(isRoot(derOf(ROOT))).toBe(true);
  expect(isRoot(derOf(INTERMEDIATE))).toBe(false);
  expect(isRoot("AAAA")).toBe(false);
});
