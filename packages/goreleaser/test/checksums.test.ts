import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatChecksums,
  GoreleaserError,
  parseArtifacts,
  parseChecksums,
  withoutSignatures,
  type ChecksumEntry,
} from "../src/index.ts";
import { readFixture } from "./fixture.ts";
import { codeOf, errorOf } from "./thrown.ts";

/** The sha256 of "alpha\n" and of "beta\n", and made-up digests of other lengths. */
const A = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const B = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const A384 = "a".repeat(96);
const A512 = "a".repeat(128);
const SHA1 = "d046cd9b7ffb7661e449683313d41f6fc33e3130";

const read = (file: Uint8Array | string, name = "checksums.txt"): Record<string, unknown> =>
  Object.fromEntries(parseChecksums(file, name).entries.map((entry) => [entry.name, entry.digest]));

describe("parseChecksums", () => {
  test.each([
    ["GNU text mode", `${A}  widget.tar.gz\n`, "widget.tar.gz"],
    ["GNU binary mode", `${A} *widget.tar.gz\n`, "widget.tar.gz"],
    ["one space", `${A} widget.tar.gz\n`, "widget.tar.gz"],
    ["a tab", `${A}\twidget.tar.gz\n`, "widget.tar.gz"],
    ["upper case", `${A.toUpperCase()}  widget.tar.gz\n`, "widget.tar.gz"],
    ["the tag of BSD", `SHA256 (widget (1).tar.gz) = ${A}\n`, "widget (1).tar.gz"],
    ["the tag of OpenSSL", `SHA2-256(widget.tar.gz)= ${A}\n`, "widget.tar.gz"],
    ["a name with the end of a tag", `SHA256 (a) = ab) = ${A}\n`, "a) = ab"],
    ["a prefix", `sha256:${A}  widget.tar.gz\n`, "widget.tar.gz"],
    ["a UTF-8 byte order mark", `\ufeff${A}  widget.tar.gz\n`, "widget.tar.gz"],
    ["white space before the digits", `  ${A}  widget.tar.gz\n`, "widget.tar.gz"],
    ["a dot and a slash", `${A}  ./widget.tar.gz\n`, "widget.tar.gz"],
    ["a folder", `${A}  linux/widget.tar.gz\n`, "linux/widget.tar.gz"],
    ["a folder written crookedly", `${A}  linux//./widget.tar.gz\n`, "linux/widget.tar.gz"],
    ["a space in the name", `${A}  acme widget.tar.gz\n`, "acme widget.tar.gz"],
    ["a name that starts with a star", `${A}  *widget\n`, "*widget"],
    ["a backslash that is not escaped", `${A}  wid\\get\n`, "wid\\get"],
    ["GNU escapes", `\\${A}  wid\\\\get\\n\\r.tar.gz\n`, "wid\\get\n\r.tar.gz"],
    ["GNU escapes and the tag", `\\SHA256 (wid\\\\get) = ${A}\n`, "wid\\get"],
    ["dots that lead nowhere", `${A}  ..widget...gz\n`, "..widget...gz"],
    ["blank lines and comments", `# made by hand\n\n \t\n  # so is this\n${A}  widget.tar.gz\n`, "widget.tar.gz"],
    ["the name of a member of every object", `${A}  constructor\n`, "constructor"],
    ["the name __proto__", `${A}  __proto__\n`, "__proto__"],
  ])("reads %s", (_, file, name) => {
    const { entries, warnings } = parseChecksums(file, "checksums.txt");
    expect(entries).toMatchObject([{ name, digest: { sha256: A } }]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${A}  wídget\n`)],
    ["UTF-16LE", Buffer.from(`\ufeff${A}  wídget\r\n`, "utf16le")],
    ["UTF-16BE", Buffer.from(`\ufeff${A}  wídget\r\n`, "utf16le").swap16()],
  ])("reads bytes in %s", (_, bytes) => {
    expect(read(bytes)).toEqual({ wídget: { sha256: A } });
  });

  test("reads CRLF and a last line without a break, and tells where names stand", () => {
    expect(parseChecksums(`${A}  widget.tar.gz\r\n\r\n${B}  copy.tar.gz`, "checksums.txt").entries).toEqual([
      { name: "widget.tar.gz", digest: { sha256: A }, line: 1 },
      { name: "copy.tar.gz", digest: { sha256: B }, line: 3 },
    ]);
  });

  test("makes one entry of a name with several algorithms, and of a line that stands twice", () => {
    const file = `${A}  a\n${A512}  ./a\n${B}  b\n${A384.toUpperCase()}  a\n${A.toUpperCase()}  a\n`;
    expect(parseChecksums(file, "checksums.txt").entries).toEqual([
      { name: "a", digest: { sha256: A, sha384: A384, sha512: A512 }, line: 1 },
      { name: "b", digest: { sha256: B }, line: 3 },
    ]);
  });

  test.each([
    ["before it", `${A}   widget.tar.gz\n`],
    ["behind it", `${A}  widget.tar.gz \t\n`],
  ])("warns of white space around a name (%s)", (_, file) => {
    const { entries, warnings } = parseChecksums(file, "checksums.txt");
    expect(entries).toMatchObject([{ name: "widget.tar.gz" }]);
    expect(warnings).toMatchObject([{ code: "checksum-name-trimmed", message: expect.stringContaining("line 1") }]);
  });

  test.each([
    ["widget.tar.gz.sha256", `${A}\n`, "widget.tar.gz"],
    ["widget.tar.gz.sha256", A, "widget.tar.gz"],
    ["dist/linux/widget.tar.gz.sha256", A, "widget.tar.gz"],
    ["dist\\widget.tar.gz.SHA256", `${A} \r\n`, "widget.tar.gz"],
    ["widget.tar.gz.sha256sum", `${A}  -\n`, "widget.tar.gz"],
    ["widget.tar.gz.sha256.txt", A, "widget.tar.gz"],
    ["blake3-cli.zip.sha256", A, "blake3-cli.zip"],
  ])("takes the name of a split file's artifact from the file's own (%s)", (fileName, file, name) => {
    expect(read(file, fileName)).toEqual({ [name]: { sha256: A } });
  });

  test.each([
    ["digits without a name", `${A}\n`, "CHECKSUM_LINE"],
    ["digits for standard input", `${A}  -\n`, "CHECKSUM_LINE"],
    ["digits with white space for a name", `${A}  \n`, "CHECKSUM_LINE"],
    ["too few digits", "b6a98d  widget.tar.gz\n", "CHECKSUM_LINE"],
    ["too few digits behind a tag", `SHA256 (widget) = ${A.slice(1)}\n`, "CHECKSUM_LINE"],
    ["too few digits behind a prefix", `sha512:${A}  widget\n`, "CHECKSUM_LINE"],
    ["no digits", "  registry.example:5000/acme/tool:1.4.0\n", "CHECKSUM_LINE"],
    ["the name first", `widget.tar.gz  ${A}\n`, "CHECKSUM_LINE"],
    ["a heading", "-----BEGIN PGP SIGNED MESSAGE-----\n", "CHECKSUM_LINE"],
    ["an escape that is none", `\\${A}  wid\\tget\n`, "CHECKSUM_LINE"],
    ["a lone backslash at the end of an escaped name", `\\${A}  wid\\\n`, "CHECKSUM_LINE"],
    ["NUL, as UTF-16 without a mark has it", Buffer.from(`${A}  widget\n`, "utf16le"), "CHECKSUM_LINE"],
    ["a control character in a name", `${A}  wid\u001b[31mget\n`, "CHECKSUM_LINE"],
    ["line breaks of old Macs", `${A}  widget\r${B}  other\r`, "CHECKSUM_LINE"],
    ["the name of a folder alone", `${A}  ./\n`, "CHECKSUM_LINE"],
    ["a name longer than a path", `${A}  ${"a".repeat(4097)}\n`, "CHECKSUM_LINE"],
    ["a line longer than any", `${A}  ${" ".repeat(8400)}widget\n`, "CHECKSUM_LINE"],
    ["sha1", `${SHA1}  widget.tar.gz\n`, "CHECKSUM_ALGORITHM"],
    ["md5", `${SHA1.slice(8)}  widget.tar.gz\n`, "CHECKSUM_ALGORITHM"],
    ["sha224", `${A.slice(8)}  widget.tar.gz\n`, "CHECKSUM_ALGORITHM"],
    ["crc32", "b6a98d9c  widget.tar.gz\n", "CHECKSUM_ALGORITHM"],
    ["sha1 behind a tag", `SHA1 (widget) = ${SHA1}\n`, "CHECKSUM_ALGORITHM"],
    ["another algorithm of 64 digits behind a tag", `SHA3-256(widget)= ${A}\n`, "CHECKSUM_ALGORITHM"],
    ["an algorithm that nobody knows", `constructor (widget) = ${A}\n`, "CHECKSUM_ALGORITHM"],
    ["two digests of one name", `${A}  a\n${B}  a\n`, "CHECKSUM_CONFLICT"],
    ["two digests of one name in two spellings", `${A}  a/b\n${B}  a//./b\n`, "CHECKSUM_CONFLICT"],
    ["two digests of __proto__", `${A}  __proto__\n${B}  __proto__\n`, "CHECKSUM_CONFLICT"],
    ["a name above the folder", `${A}  ../../widget.tar.gz\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name that leaves and comes back", `${A}  a/../../b\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name above the folder on Windows", `${A}  a\\..\\..\\b\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name above the folder that is escaped", `\\${A}  a\\\\..\\\\..\\\\b\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name from the root", `${A}  /etc/passwd\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name on a drive", `${A}  C:widget\n`, "NAME_OUTSIDE_FOLDER"],
    ["a name on a server", `${A}  \\\\server\\widget\n`, "NAME_OUTSIDE_FOLDER"],
    ["nothing", "", "NO_SUBJECTS"],
    ["nothing but a comment", "# none\n", "NO_SUBJECTS"],
    ["bytes that are not UTF-8", Buffer.from(`${A}  w\xffdget\n`, "latin1"), "TEXT_UNREADABLE"],
    ["half a character of UTF-16", Buffer.from([0xff, 0xfe, 0x41]), "TEXT_UNREADABLE"],
    ["more bytes than are read", Buffer.alloc(16 * 1024 * 1024 + 1, 10), "TOO_LARGE"],
    ["more names than are read", Array.from({ length: 100_001 }, (_, n) => `${A}  ${n}\n`).join(""), "TOO_LARGE"],
  ])("refuses the whole file for %s", (_, file, code) => {
    const good = `${B}  good.tar.gz\n`;
    expect(codeOf(() => parseChecksums(file, "checksums.txt"))).toBe(code);
    if (typeof file === "string" && !["NO_SUBJECTS", "TOO_LARGE"].includes(code)) {
      const error = errorOf(() => parseChecksums(`${good}${file}`, "checksums.txt"));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(/^checksums\.txt, line \d/);
      expect(error.message.length).toBeLessThan(300);
    }
  });

  test.each([
    ["SHA256SUMS", A, "sha256"],
    ["SHASUMS256.txt", A, "sha256"],
    ["sha-512.txt", A512, "sha512"],
    ["SHA256SUMS", A512, "sha512"],
    ["blake3_1.4.0_checksums.txt", A, "sha256"],
    ["blake3sum-cli.txt", A, "sha256"],
    ["widget_1.4.0_sha3-256_checksums.txt", A, "sha3-256"],
    ["checksums.sha3-512.txt", A512, "sha3-512"],
    ["B2SUMS", A512, "blake2b"],
    ["b3sums.txt", A, "blake3"],
    ["widget.zip.blake2s", A, "blake2s"],
    ["SHA2-224SUMS", A.slice(8), "sha224"],
    ["MD5SUMS", A, "sha256"],
  ])("takes the digits of %s (%s) for %s", (fileName, digits, algorithm) => {
    const parse = (): unknown => read(`${digits}  widget\n`, fileName);
    if (/^sha(?:256|512)$/.test(algorithm)) expect(parse()).toEqual({ widget: { [algorithm]: digits } });
    else
      expect(errorOf(parse)).toMatchObject({ code: "CHECKSUM_ALGORITHM", message: expect.stringContaining(algorithm) });
  });

  test("throws nothing but its own error, whatever it is given", () => {
    const parts = [
      A,
      A512,
      SHA1,
      "  ",
      " *",
      "\\",
      "/",
      "..",
      "(",
      ") = ",
      "SHA256 ",
      "sha512:",
      "\n",
      "\r",
      "#",
      "a",
      "\ufeff",
      "\0",
    ];
    const lines = fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((chosen) => chosen.join(""));
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(lines, bytes), fc.constantFrom("checksums.txt", "a.sha256", ""), (file, fileName) => {
        try {
          const { entries } = parseChecksums(file, fileName);
          expect(entries.every(({ name }) => !/^[/\\]|^$/.test(name) && !name.split(/[/\\]/).includes(".."))).toBe(
            true,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(GoreleaserError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("formatChecksums", () => {
  const segment = fc
    .string({
      unit: fc.constantFrom("a", "Z", "é", "𝒳", " ", "*", "\\", "\n", "\r", "(", ")", "=", "#", "."),
      minLength: 1,
    })
    .filter((text) => text.trim() === text && !/^\.{1,2}$|(?:^|\\)\.\.(?:\\|$)|^\\/.test(text));
  const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
  const hex = (digits: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.nat(15).map((digit) => digit.toString(16)), minLength: digits, maxLength: digits });
  const digest = fc
    .record({ sha256: hex(64), sha384: hex(96), sha512: hex(128) }, { requiredKeys: [] })
    .filter((digests) => Object.keys(digests).length > 0);

  test("loses nothing that parseChecksums reads", () => {
    const entries = fc.uniqueArray(fc.record({ name, digest }), { selector: (entry) => entry.name, minLength: 1 });
    fc.assert(
      fc.property(entries, (written) => {
        const text = formatChecksums(written);
        const { entries: back, warnings } = parseChecksums(text, "checksums.txt");
        expect(Object.fromEntries(back.map((entry) => [entry.name, entry.digest]))).toEqual(
          Object.fromEntries(written.map((entry) => [entry.name, { ...entry.digest }])),
        );
        expect(warnings).toEqual([]);
        expect(formatChecksums(back)).toBe(text);
      }),
    );
  });

  test("writes strong digests alone, in lower case", () => {
    const digest = { md5: "a", sha256: A.toUpperCase() };
    expect(formatChecksums([{ name: "a", digest }])).toBe(`${A}  a\n`);
  });

  test("writes what GoReleaser wrote, byte for byte", () => {
    const text = readFixture("2.16.0/widget_1.4.0_checksums.txt");
    expect(formatChecksums(parseChecksums(text, "widget_1.4.0_checksums.txt").entries.toReversed())).toBe(text);
  });

  test.each([
    ["a weak digest", { name: "a", digest: { sha1: SHA1 } }, "CHECKSUM_ALGORITHM"],
    ["no digest", { name: "a", digest: {} }, "CHECKSUM_ALGORITHM"],
    ["part of a digest", { name: "a", digest: { sha256: "abc" } }, "CHECKSUM_LINE"],
    ["a name that white space starts", { name: " a", digest: { sha256: A } }, "CHECKSUM_LINE"],
    ["another spelling of a name", { name: "./a", digest: { sha256: A } }, "CHECKSUM_LINE"],
    ["an empty name", { name: "", digest: { sha256: A } }, "CHECKSUM_LINE"],
    ["a name outside the folder", { name: "../a", digest: { sha256: A } }, "NAME_OUTSIDE_FOLDER"],
  ])("refuses %s", (_, entry: Omit<ChecksumEntry, "line">, code) => {
    expect(codeOf(() => formatChecksums([entry]))).toBe(code);
  });
});

describe("a real GoReleaser's checksum files", () => {
  test.each([
    ["widget_1.4.0-SNAPSHOT-5fe54d4_linux_amd64.deb.sha512", "widget_1.4.0-SNAPSHOT-5fe54d4_linux_amd64.deb"],
    ["widget_1.4.0-SNAPSHOT-5fe54d4_windows_amd64.zip.sha512", "widget_1.4.0-SNAPSHOT-5fe54d4_windows_amd64.zip"],
  ])("name the artifact of a split file (%s)", (fileName, name) => {
    const text = readFixture(`2.16.0-snapshot/${fileName}`);
    expect(read(text, fileName)).toEqual({ [name]: { sha512: text } });
  });

  test("written again after signing: the signature's line gives a warning and no entry", () => {
    const artifacts = parseArtifacts(
      JSON.stringify([
        { name: "widget_1.4.0_linux_amd64.tar.gz", path: "dist/widget_1.4.0_linux_amd64.tar.gz", type: "Archive" },
        { name: "checksums.txt", path: "dist/checksums.txt", type: "Checksum" },
        { name: "checksums.txt.sigstore.json", path: "dist/checksums.txt.sigstore.json", type: "Signature" },
        { name: "checksums.txt.pem", path: "dist/checksums.txt.pem", type: "Certificate" },
      ]),
    );
    const file = `${A}   widget_1.4.0_linux_amd64.tar.gz\n${B}  checksums.txt.sigstore.json\n${B}  checksums.txt.pem\n`;
    const { entries, warnings } = withoutSignatures(parseChecksums(file, "checksums.txt"), artifacts);
    expect(entries).toEqual([{ name: "widget_1.4.0_linux_amd64.tar.gz", digest: { sha256: A }, line: 1 }]);
    expect(warnings).toMatchObject([
      { code: "checksum-name-trimmed" },
      {
        code: "checksum-of-signature",
        message: expect.stringMatching(/^line 2 is of "checksums.txt.sigstore.json", a Signature/),
      },
      {
        code: "checksum-of-signature",
        message: expect.stringMatching(/^line 3 is of "checksums.txt.pem", a Certificate/),
      },
    ]);
  });
});
