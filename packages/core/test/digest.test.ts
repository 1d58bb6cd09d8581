import { describe, expect, test } from "vitest";
import {
  compareDigests,
  digestsFromIntegrity,
  hasStrongDigest,
  isStrong,
  parseHexDigest,
  type DigestMatch,
  type DigestSet,
} from "../src/digest.ts";
import { thrownBy } from "./thrown.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const LONG = "a".repeat(128);
const OTHER_LONG = "b".repeat(128);

describe("parseHexDigest", () => {
  test.each([
    ["sha256", 64],
    ["sha384", 96],
    ["sha512", 128],
  ])("reads all digits of %s in either case as lower case", (algorithm, length) => {
    expect(parseHexDigest(algorithm, "aB".repeat(length / 2))).toEqual({ [algorithm]: "ab".repeat(length / 2) });
  });

  test.each([
    ["one digit too few", "sha256", ALPHA.slice(1)],
    ["one digit too many", "sha256", `${ALPHA}0`],
    ["a letter that is no digit", "sha256", `g${ALPHA.slice(1)}`],
    ["a line break at the end", "sha256", `${ALPHA.slice(1)}\n`],
    ["the length of another algorithm", "sha384", ALPHA],
    ["nothing", "sha512", ""],
    ["a weak algorithm", "sha1", "c".repeat(40)],
    ["an algorithm in capitals", "SHA256", ALPHA],
    ["a name that every object has", "constructor", ALPHA],
  ])("refuses %s", (_, algorithm, value) => {
    const error = thrownBy(() => parseHexDigest(algorithm, value));
    expect(error.code).toBe("DIGEST_INVALID");
    expect(error.hint).toContain("sha256, sha384, sha512");
  });

  test("names the value in the message, within bounds", () => {
    expect(thrownBy(() => parseHexDigest("sha256", "abc")).message).toContain('"sha256:abc"');
    expect(thrownBy(() => parseHexDigest("sha256", "0".repeat(1_000_000))).message.length).toBeLessThan(200);
  });
});

describe("isStrong", () => {
  test.each([
    ["sha256", true],
    ["sha384", true],
    ["sha512", true],
    ["sha1", false],
    ["sha224", false],
    ["md5", false],
    ["gitCommit", false],
    ["toString", false],
    ["__proto__", false],
  ])("%s: %s", (algorithm, strong) => {
    expect(isStrong(algorithm)).toBe(strong);
  });
});

describe("digestsFromIntegrity", () => {
  const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

  test.each<[string, string, DigestSet]>([
    ["one part", `sha512-${base64(LONG)}`, { sha512: LONG }],
    ["several parts", ` sha256-${base64(ALPHA)}\tsha512-${base64(LONG)}\n`, { sha256: ALPHA, sha512: LONG }],
    ["an option behind a part", `sha256-${base64(ALPHA)}?ct=application`, { sha256: ALPHA }],
    ["a weak part", `sha1-${base64("c".repeat(40))}`, {}],
    ["a weak part beside a strong one", `sha1-${base64("c".repeat(40))} sha256-${base64(ALPHA)}`, { sha256: ALPHA }],
    ["the bytes of another algorithm", `sha512-${base64(ALPHA)}`, {}],
    ["padding that is missing", `sha256-${base64(ALPHA).replace("=", "")}`, {}],
    ["spare bits that are set", `sha256-${base64(ALPHA).replace(/.=$/, "B=")}`, {}],
    ["no base64", "sha256-***", {}],
    ["base64 of the URL alphabet", `sha256-${Buffer.from("fb".repeat(32), "hex").toString("base64url")}=`, {}],
    ["an impossible number of digits", "sha256-AAAAA", {}],
    ["nothing", "", {}],
    ["an algorithm in capitals", `SHA256-${base64(ALPHA)}`, {}],
  ])("reads %s", (_, integrity, digests) => {
    expect(digestsFromIntegrity(integrity)).toEqual(digests);
  });

  test("writes every byte with two digits", () => {
    const hex = `00010f${"ff".repeat(29)}`;
    expect(digestsFromIntegrity(`sha256-${base64(hex)}`)).toEqual({ sha256: hex });
  });
});

describe("compareDigests", () => {
  test.each<[string, DigestSet, DigestSet, DigestMatch]>([
    ["the same digest", { sha256: ALPHA }, { sha256: ALPHA }, "match"],
    ["the same digest in another case", { sha256: ALPHA.toUpperCase() }, { sha256: ALPHA }, "match"],
    ["the same digest, the other side in capitals", { sha256: ALPHA }, { sha256: ALPHA.toUpperCase() }, "match"],
    ["another digest", { sha256: ALPHA }, { sha256: BETA }, "differ"],
    ["other algorithms", { sha256: ALPHA }, { sha512: LONG }, "nothing-in-common"],
    ["two that agree", { sha256: ALPHA, sha512: LONG }, { sha256: ALPHA, sha512: LONG }, "match"],
    ["two that both differ", { sha256: ALPHA, sha512: LONG }, { sha256: BETA, sha512: OTHER_LONG }, "differ"],
    [
      "a second one that differs",
      { sha256: ALPHA, sha512: LONG },
      { sha256: ALPHA, sha512: OTHER_LONG },
      "match-with-disagreement",
    ],
    [
      "a second one that is no digest",
      { sha256: ALPHA, sha512: LONG },
      { sha256: ALPHA, sha512: "x" },
      "match-with-disagreement",
    ],
    ["a weak algorithm alone", { sha1: "c".repeat(40) }, { sha1: "c".repeat(40) }, "nothing-in-common"],
    ["a weak one that differs beside", { sha1: "c", sha256: ALPHA }, { sha1: "d", sha256: ALPHA }, "match"],
    ["a part of the digest", { sha256: ALPHA.slice(0, 32) }, { sha256: ALPHA }, "differ"],
    ["the same part on both sides", { sha256: ALPHA.slice(0, 32) }, { sha256: ALPHA.slice(0, 32) }, "differ"],
    ["an empty value on both sides", { sha256: "" }, { sha256: "" }, "differ"],
    ["nothing told", {}, {}, "nothing-in-common"],
  ])("%s", (_, left, right, match) => {
    expect(compareDigests(left, right)).toBe(match);
  });

  test("looks at own properties alone", () => {
    const inherited = Object.create({ sha256: ALPHA }) as DigestSet;
    expect(compareDigests(inherited, { sha256: ALPHA })).toBe("nothing-in-common");
    expect(hasStrongDigest(inherited)).toBe(false);
  });
});

describe("hasStrongDigest", () => {
  test.each<[DigestSet, boolean]>([
    [{ sha256: ALPHA }, true],
    [{ sha256: ALPHA.toUpperCase() }, true],
    [{ sha384: "a".repeat(96) }, true],
    [{ sha1: "c".repeat(40), sha512: LONG }, true],
    [{ sha1: "c".repeat(40) }, false],
    [{ gitCommit: "c".repeat(40) }, false],
    [{ sha256: ALPHA.slice(0, 32) }, false],
    [{ sha256: `${ALPHA.slice(1)}\n` }, false],
    [{}, false],
  ])("%j: %s", (digests, strong) => {
    expect(hasStrongDigest(digests)).toBe(strong);
  });
});
