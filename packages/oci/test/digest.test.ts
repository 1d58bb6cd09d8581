import { expect, test } from "vitest";
import { digestOf, parseDigest } from "../src/digest.ts";

const HEX = "a".repeat(64);

test("reads sha256 and sha512 digests", () => {
  expect(parseDigest(`sha256:${HEX}`, "here")).toEqual({ algorithm: "sha256", hex: HEX });
  expect(parseDigest(`sha512:${HEX}${HEX}`, "here")).toEqual({ algorithm: "sha512", hex: HEX + HEX });
});

test.each([
  ["a path upwards", "sha256:../../../etc/passwd"],
  ["a path in the algorithm", `../sha256:${HEX}`],
  ["capitals", `sha256:${HEX.toUpperCase()}`],
  ["too few digits", `sha256:${HEX.slice(1)}`],
  ["the digits of another algorithm", `sha512:${HEX}`],
  ["an algorithm that is not registered", `sha1:${"a".repeat(40)}`],
  ["a line break at the end", `sha256:${HEX}\n`],
  ["a NUL at the end", `sha256:${HEX}\0`],
  ["nothing", undefined],
  ["a list", [`sha256:${HEX}`]],
])("refuses %s as a digest", (_name, text) => {
  expect(() => parseDigest(text, "here")).toThrow(
    expect.objectContaining({
      code: "DESCRIPTOR_INVALID",
      message: expect.stringMatching(/^here: .*is not a digest$/),
    }),
  );
});

test("computes a digest of bytes", () => {
  const empty = Buffer.alloc(0);
  expect(digestOf(empty)).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(digestOf(empty, "sha512")).toMatch(/^sha512:cf83e1357eefb8bd/);
});
