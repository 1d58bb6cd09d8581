import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPurl, npmPurl, parsePurl, type Purl } from "../src/purl.ts";
import { thrownBy } from "./thrown.ts";

const DIGEST = "sha256:b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const none = { qualifiers: {} };

interface Row {
  of: string;
  text: string;
  is: Purl;
  /** Where the text is not canonical already. */
  canonical?: string;
}

const rows: Row[] = [
  {
    of: "name and version",
    text: "pkg:npm/widget@1.4.0",
    is: { type: "npm", name: "widget", version: "1.4.0", ...none },
  },
  { of: "no version", text: "pkg:npm/widget", is: { type: "npm", name: "widget", ...none } },
  {
    of: "a scope",
    text: "pkg:npm/%40acme/widget@1.4.0",
    is: { type: "npm", namespace: "@acme", name: "widget", version: "1.4.0", ...none },
  },
  {
    of: "a scope that is not encoded",
    text: "pkg:npm/@acme/widget@1.4.0",
    is: { type: "npm", namespace: "@acme", name: "widget", version: "1.4.0", ...none },
    canonical: "pkg:npm/%40acme/widget@1.4.0",
  },
  {
    of: "a scope that is not encoded, without version",
    text: "pkg:npm/@acme/widget",
    is: { type: "npm", namespace: "@acme", name: "widget", ...none },
    canonical: "pkg:npm/%40acme/widget",
  },
  {
    of: "capitals of an old npm name",
    text: "pkg:npm/JSONStream@1.0.3",
    is: { type: "npm", name: "JSONStream", version: "1.0.3", ...none },
  },
  {
    of: "a plus sign in the version",
    text: "pkg:npm/widget@1.0.0%2Bbuild.7",
    is: { type: "npm", name: "widget", version: "1.0.0+build.7", ...none },
  },
  {
    of: "a plus sign that is not encoded, which is no space",
    text: "pkg:npm/widget@1.0.0+build.7",
    is: { type: "npm", name: "widget", version: "1.0.0+build.7", ...none },
    canonical: "pkg:npm/widget@1.0.0%2Bbuild.7",
  },
  {
    of: "a tag with @ and slash",
    text: "pkg:github/acme/widget@%40acme%2Fwidget%401.0.0",
    is: { type: "github", namespace: "acme", name: "widget", version: "@acme/widget@1.0.0", ...none },
  },
  {
    of: "a tag whose slash is not encoded",
    text: "pkg:github/acme/widget@sub/v1.0.0",
    is: { type: "github", namespace: "acme", name: "widget", version: "sub/v1.0.0", ...none },
    canonical: "pkg:github/acme/widget@sub%2Fv1.0.0",
  },
  {
    of: "an encoded colon, which canonical form has plain",
    text: `pkg:oci/widget@${DIGEST.replace(":", "%3A")}?repository_url=registry.example%2Facme%2Fwidget`,
    is: {
      type: "oci",
      name: "widget",
      version: DIGEST,
      qualifiers: { repository_url: "registry.example/acme/widget" },
    },
    canonical: `pkg:oci/widget@${DIGEST}?repository_url=registry.example%2Facme%2Fwidget`,
  },
  {
    of: "a port in a qualifier, its slashes plain",
    text: "pkg:oci/widget@1?repository_url=registry.example:5000/acme",
    is: { type: "oci", name: "widget", version: "1", qualifiers: { repository_url: "registry.example:5000/acme" } },
    canonical: "pkg:oci/widget@1?repository_url=registry.example:5000%2Facme",
  },
  {
    of: "qualifiers out of order",
    text: "pkg:deb/debian/curl@7.50.3-1?distro=jessie&arch=i386",
    is: {
      type: "deb",
      namespace: "debian",
      name: "curl",
      version: "7.50.3-1",
      qualifiers: { arch: "i386", distro: "jessie" },
    },
    canonical: "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
  },
  {
    of: "a qualifier's name in capitals",
    text: "pkg:deb/curl?ARCH=I386",
    is: { type: "deb", name: "curl", qualifiers: { arch: "I386" } },
    canonical: "pkg:deb/curl?arch=I386",
  },
  {
    of: "qualifiers without value, which are none",
    text: "pkg:deb/curl?arch=&distro&os=linux&",
    is: { type: "deb", name: "curl", qualifiers: { os: "linux" } },
    canonical: "pkg:deb/curl?os=linux",
  },
  {
    of: "an equals sign and an ampersand in a value",
    text: "pkg:generic/widget?download_url=https:%2F%2Facme.example%2F%3Fa%3D1%26b%3D2",
    is: { type: "generic", name: "widget", qualifiers: { download_url: "https://acme.example/?a=1&b=2" } },
  },
  {
    of: "a value with an equals sign that is not encoded",
    text: "pkg:generic/widget?x=a=b",
    is: { type: "generic", name: "widget", qualifiers: { x: "a=b" } },
    canonical: "pkg:generic/widget?x=a%3Db",
  },
  {
    of: "a comma, which is encoded",
    text: "pkg:generic/widget?checksum=sha1:ad95%2Csha256:41bf",
    is: { type: "generic", name: "widget", qualifiers: { checksum: "sha1:ad95,sha256:41bf" } },
  },
  {
    of: "a subpath",
    text: "pkg:golang/acme.example/widget@v1#cmd/widget",
    is: { type: "golang", namespace: "acme.example", name: "widget", version: "v1", subpath: "cmd/widget", ...none },
  },
  {
    of: "slashes around a subpath",
    text: "pkg:golang/widget#/cmd//widget/",
    is: { type: "golang", name: "widget", subpath: "cmd/widget", ...none },
    canonical: "pkg:golang/widget#cmd/widget",
  },
  {
    of: "a subpath of slashes alone",
    text: "pkg:golang/widget#//",
    is: { type: "golang", name: "widget", ...none },
    canonical: "pkg:golang/widget",
  },
  {
    of: "the subpath behind the last hash sign, the qualifiers behind the last question mark",
    text: "pkg:generic/a?b?c=1#2#d",
    is: { type: "generic", name: "a?b", qualifiers: { c: "1#2" }, subpath: "d" },
    canonical: "pkg:generic/a%3Fb?c=1%232#d",
  },
  {
    of: "a type in capitals",
    text: "PKG:NPM/widget",
    is: { type: "npm", name: "widget", ...none },
    canonical: "pkg:npm/widget",
  },
  {
    of: "slashes behind the scheme and between the parts",
    text: "pkg:///maven//org.acme///widget/@1",
    is: { type: "maven", namespace: "org.acme", name: "widget", version: "1", ...none },
    canonical: "pkg:maven/org.acme/widget@1",
  },
  {
    of: "several namespace segments",
    text: "pkg:golang/acme.example/group/widget",
    is: { type: "golang", namespace: "acme.example/group", name: "widget", ...none },
  },
  {
    of: "characters that encodeURIComponent leaves alone but the specification does not",
    text: "pkg:generic/a%21b%27c%28d%29e%2A",
    is: { type: "generic", name: "a!b'c(d)e*", ...none },
  },
  {
    of: "the characters that are never encoded",
    text: "pkg:generic/%41%2D%2E%5F%7E%3A",
    is: { type: "generic", name: "A-._~:", ...none },
    canonical: "pkg:generic/A-._~:",
  },
  { of: "other alphabets", text: "pkg:generic/%C3%A9%F0%9F%93%A6", is: { type: "generic", name: "é📦", ...none } },
  {
    of: "a name that is an object's own",
    text: "pkg:generic/widget?constructor=x",
    is: { type: "generic", name: "widget", qualifiers: { constructor: "x" } },
  },
  { of: "a name like a path, but not one", text: "pkg:generic/...", is: { type: "generic", name: "...", ...none } },
];

describe("parsePurl and formatPurl", () => {
  test.each(rows)("read $of: $text", ({ text, is }) => {
    expect(parsePurl(text)).toEqual(is);
  });

  test.each(rows)("write $of in canonical form: $text", ({ text, is, canonical = text }) => {
    expect(formatPurl(is)).toBe(canonical);
    expect(formatPurl(parsePurl(text))).toBe(canonical);
    expect(formatPurl(parsePurl(canonical))).toBe(canonical);
  });

  test("give back any parts that they are given", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    const plain = text.filter((value) => !/[\u0000-\u001f\u007f]/.test(value));
    const segment = plain.filter((value) => !/[/\\]/.test(value) && value !== "." && value !== "..");
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
    const key = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
    const purls = fc.record(
      {
        type: fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/),
        name: segment,
        qualifiers: fc.dictionary(key, plain, { noNullPrototype: true }),
        namespace: path,
        version: plain,
        subpath: path,
      },
      { requiredKeys: ["type", "name", "qualifiers"] },
    );
    fc.assert(
      fc.property(purls, (purl) => {
        const written = formatPurl(purl);
        expect(written).toMatch(/^[A-Za-z0-9.\-_~%:/@?=&#]+$/);
        expect(parsePurl(written)).toEqual(purl);
      }),
    );
  });

  test("read any text as a purl or refuse it with their own error, and what they read they can write", () => {
    const piece = fc.constantFrom(
      "pkg:",
      "npm",
      "/",
      "@",
      "#",
      "?",
      "=",
      "&",
      "%40",
      "%2F",
      "%",
      "..",
      "a",
      "\ud800",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join("");
        let purl: Purl;
        try {
          purl = parsePurl(text);
        } catch (error) {
          expect(error).toMatchObject({ name: "CoreError", code: "PURL_INVALID" });
          return;
        }
        expect(parsePurl(formatPurl(purl))).toEqual(purl);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("parsePurl refuses", () => {
  test.each([
    ["no scheme", "npm/widget@1.0.0", "pkg:"],
    ["an encoded colon behind the scheme", "pkg%3Anpm/widget", "pkg:"],
    ["an empty text", "", "pkg:"],
    ["no type", "pkg:", "package type"],
    ["a type alone", "pkg:npm", "no name"],
    ["a type with a version alone", "pkg:EnterpriseLibrary.Common@6.0.1304", "no name"],
    ["a type that starts with a digit", "pkg:3nginx/nginx@0.8.9", "package type"],
    ["a type with a colon", "pkg:nginx:a/nginx@0.8.9", "package type"],
    ["a type with an ampersand", "pkg:n&g?inx/nginx@0.8.9", "package type"],
    ["an encoded type", "pkg:%6Epm/widget", "package type"],
    ["no name before the version", "pkg:maven/@1.3.4", "no name"],
    ["no name but slashes", "pkg:npm///", "no name"],
    ["an empty version", "pkg:npm/widget@", "version is empty"],
    ["a name ..", "pkg:npm/..", "not a name but a path"],
    ["a name .", "pkg:npm/.@1", "not a name but a path"],
    ["a namespace ..", "pkg:npm/../widget", "not a name but a path"],
    ["an encoded ..", "pkg:npm/%2E%2E/widget", "not a name but a path"],
    ["an encoded slash in a name", "pkg:npm/%40acme%2Fwidget@1", "not a name but a path"],
    ["an encoded slash in a namespace", "pkg:npm/a%2Fb/widget", "not a name but a path"],
    ["a backslash", "pkg:npm/..%5Cwidget", "not a name but a path"],
    ["a subpath ..", "pkg:npm/widget#../etc", "not a name but a path"],
    ["a subpath with an encoded slash", "pkg:npm/widget#a%2Fb", "not a name but a path"],
    ["a NUL in a name", "pkg:npm/wid%00get", "control characters"],
    ["a line break in a version", "pkg:npm/widget@1.0.0%0A", "control characters"],
    ["a DEL in a qualifier", "pkg:npm/widget?a=%7F", "control characters"],
    ["an escape in a subpath", "pkg:npm/widget#%1B", "control characters"],
    ["a control character that is not encoded", "pkg:npm/wid\tget", "control characters"],
    ["half of a percent-encoding", "pkg:npm/widget%4", "percent-encoded"],
    ["a percent sign that is none", "pkg:npm/widget@100%", "percent-encoded"],
    ["bytes that are no UTF-8", "pkg:npm/%FF", "percent-encoded"],
    ["an encoded surrogate", "pkg:npm/%ED%A0%80", "percent-encoded"],
    ["half of a surrogate pair", "pkg:npm/\ud800", "surrogate"],
    ["a qualifier twice", "pkg:npm/widget?a=1&a=2", "stands twice"],
    ["a qualifier twice in two cases", "pkg:npm/widget?a=1&A=1", "stands twice"],
    ["a qualifier with a space", "pkg:npm/widget?in%20production=true", "qualifier's name"],
    ["a qualifier without name", "pkg:npm/widget?=1", "qualifier's name"],
    ["a qualifier that starts with a digit", "pkg:npm/widget?1a=1", "qualifier's name"],
    ["a qualifier that starts with an underscore", "pkg:npm/widget?__proto__=1", "qualifier's name"],
    ["more than 4096 characters", `pkg:npm/${"a".repeat(4090)}`, "longer than 4096"],
  ])("%s", (_, text, why) => {
    const error = thrownBy(() => parsePurl(text));
    expect(error.code).toBe("PURL_INVALID");
    expect(error.message).toContain(why);
    expect(error.message.length).toBeLessThan(5000);
    expect(error.hint).toContain("pkg:npm/%40scope/name@1.2.3");
  });

  test("nothing of 4096 characters, where it is well-formed", () => {
    expect(parsePurl(`pkg:npm/${"a".repeat(4088)}`).name).toHaveLength(4088);
  });

  test("with the decoder's error as the cause", () => {
    expect(thrownBy(() => parsePurl("pkg:npm/%")).cause).toBeInstanceOf(URIError);
  });
});

describe("npmPurl", () => {
  test.each([
    ["widget", "1.4.0", "pkg:npm/widget@1.4.0"],
    ["@acme/widget", "1.4.0", "pkg:npm/%40acme/widget@1.4.0"],
    ["JSONStream", "1.0.3", "pkg:npm/JSONStream@1.0.3"],
    ["@acme/widget", "1.4.0-rc.1+build.7", "pkg:npm/%40acme/widget@1.4.0-rc.1%2Bbuild.7"],
    ["wid\ud800get", "1.0.0", "pkg:npm/wid%EF%BF%BDget@1.0.0"],
  ])("%s %s is %s", (name, version, purl) => {
    expect(npmPurl(name, version)).toBe(purl);
  });
});
