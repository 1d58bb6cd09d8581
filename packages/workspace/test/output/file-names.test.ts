import { describe, expect, test } from "vitest";
import { assertOutputName, attestationFiles } from "../../src/output/file-names.ts";

const bundleOf = (name: string): string => attestationFiles([name]).bundle;

describe("the files of an attestation", () => {
  test("are called after the object, or provenance where there are several", () => {
    expect(attestationFiles(["widget.tgz"])).toEqual({
      bundle: "widget.tgz.sigstore.json",
      envelope: "widget.tgz.intoto.jsonl",
    });
    const several = { bundle: "provenance.sigstore.json", envelope: "provenance.intoto.jsonl" };
    expect(attestationFiles(["a", "b"])).toEqual(several);
    expect(attestationFiles([])).toEqual(several);
  });

  test.each([
    ["Acme Widget Setup (1).exe", "Acme Widget Setup (1).exe"],
    ["Münze~rc1+b.zip", "Münze~rc1+b.zip"],
    ["pkg:npm/%40acme/widget@1.4.0", "pkg%3Anpm%2F%2540acme%2Fwidget@1.4.0"],
    ["../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"],
    ["wid\\get", "wid%5Cget"],
    ["a\nb\u202ec", "a%0Ab%E2%80%AEc"],
    ["a\u00a0b", "a%C2%A0b"],
    ["Mu\u0308nze", "Mu%CC%88nze"],
    [".env", "%2Eenv"],
    ["-rf", "%2Drf"],
    [" a", "%20a"],
    ["provenance", "%70rovenance"],
    ["con", "%63on"],
    ["NUL.txt", "%4EUL.txt"],
    ["console", "console"],
    ["\ud800", "%uD800"],
    ["", "%"],
  ])("of %j begin with %s", (name, stem) => {
    expect(bundleOf(name)).toBe(`${stem}.sigstore.json`);
  });

  const LONG = "é".repeat(300);
  const CLOSE = [
    ["a/b", "a%2Fb", "a%252Fb", "a\\b", "a:b", "a b", "a\tb", "a\u00a0b"],
    ["provenance", "%70rovenance", "", "%", "%25", ".", "%2E", "con", "%63on"],
    ["\ud800", "\ufffd", "\udfff", "%uD800", "M\u00fcnze", "Mu\u0308nze", "Mu%CC%88nze"],
    [LONG, `${LONG}x`, `x${LONG}`, `${"a".repeat(300)}/`, `${"a".repeat(300)}:`, "%".repeat(100), "%".repeat(101)],
  ].flat();

  test("are never those of an object of another name", () => {
    expect(new Set(CLOSE.map(bundleOf)).size).toBe(CLOSE.length);
  });

  test.each(CLOSE)("of %j have names that can be written", (name) => {
    const { bundle, envelope } = attestationFiles([name]);
    expect(() => assertOutputName(bundle)).not.toThrow();
    expect(() => assertOutputName(envelope)).not.toThrow();
    expect(bundle).toBe(bundle.normalize("NFC"));
  });

  test("of a name that is as long as a file's can be are told by its start and its digest", () => {
    const stem = bundleOf(LONG).slice(0, -".sigstore.json".length);
    expect(stem).toMatch(/^é{87}%~[0-9a-f]{64}$/);
    expect(bundleOf("a".repeat(240))).toBe(`${"a".repeat(240)}.sigstore.json`);
    expect(bundleOf(`${"a".repeat(173)}${"/".repeat(30)}`)).toMatch(/^a{173}%~[0-9a-f]{64}\.sigstore\.json$/);
  });
});

test.each([
  "a/b",
  "a\\b",
  "..",
  ".",
  "",
  ".colophon",
  "a:b",
  "a\nb",
  "a\u202eb",
  "a ",
  "a.",
  "nul",
  "COM1.txt",
  "é".repeat(128),
])("%j is no name of a file in the output folder", (name) => {
  expect(() => assertOutputName(name)).toThrow(expect.objectContaining({ code: "OUTPUT_NAME" }));
});
