import { describe, expect, test } from "vitest";
import { readIndex } from "../../src/helm/index-file.ts";
import { splitEntries } from "../../src/helm/split-entries.ts";

const charts = (text: string | Uint8Array): Record<string, unknown> =>
  Object.fromEntries(
    [...readIndex(Buffer.from(text))].map(([name, read]) => {
      try {
        return [name, read()];
      } catch (error) {
        return [name, (error as Error).message];
      }
    }),
  );
const block = (entries: string, after = ""): string => `apiVersion: v1\nentries:\n${entries}${after}`;
const WIDGET = "  widget:\n  - version: 1.4.0\n";
const ONE = [{ version: "1.4.0" }];

describe("an index is read", () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      "as Helm writes it",
      block(`${WIDGET}  gadget:\n  - version: 2.0.0\n`, 'generated: "x"\n'),
      { widget: ONE, gadget: [{ version: "2.0.0" }] },
    ],
    ["with deeper lists and quoted names", block('    "widget":\n      - version: 1.4.0\n'), { widget: ONE }],
    [
      "with comments, blank lines and CRLF",
      block(`# a: b\n\n${WIDGET}  # c:\n`).replaceAll("\n", "\r\n"),
      { widget: ONE },
    ],
    ["with entries of flow style", block("  widget:\n  - { version: 1.4.0 }\n"), { widget: ONE }],
    ["whole in flow style", "{ entries: { widget: [ { version: 1.4.0 } ] } }", { widget: ONE }],
    ["as JSON", JSON.stringify({ entries: { widget: ONE } }), { widget: ONE }],
    ["with a byte order mark", `\ufeff${block(WIDGET)}`, { widget: ONE }],
    ["behind a document's start", `---\n${block(WIDGET)}`, { widget: ONE }],
    [
      "with text that looks like a chart",
      block("  widget:\n  - version: |\n      a\n      gadget:\n"),
      { widget: [{ version: "a\ngadget:\n" }] },
    ],
    [
      "with a separator of lines that is none in YAML",
      block('  widget:\n  - version: "a\u2028  gadget:"\n'),
      { widget: [{ version: "a   gadget:" }] },
    ],
    [
      "with digests of digits alone as text",
      block(`  widget:\n  - digest: ${"1".repeat(64)}\n  - digest: 12e34\n`),
      { widget: [{ digest: "1".repeat(64) }, { digest: "12e34" }] },
    ],
    [
      "with nothing for null",
      block("  widget:\n  - digest: null\n    created: ~\n    home:\n    version: 'null'\n"),
      { widget: [{ digest: null, created: null, home: null, version: "null" }] },
    ],
    ["without a chart", "entries: {}\n", {}],
    ["without an entry", "entries:\n", {}],
    [
      "with a chart named __proto__",
      block("  __proto__:\n  - version: 1.4.0\n"),
      Object.fromEntries([["__proto__", ONE]]),
    ],
  ])("%s", (_, text, expected) => {
    expect(charts(text)).toEqual(expected);
  });

  test("one chart at a time, so that one at fault hides no other", () => {
    const bad = [
      "  broken:\n  - version: [\n",
      "  twice:\n  - version: 1.0.0\n    version: 2.0.0\n",
      "  alias:\n  - &a { version: 1.0.0 }\n  - *a\n",
      `  deep:\n  - ${"[".repeat(20)}${"]".repeat(20)}\n`,
      "  again:\n  - version: 1.0.0\n  again:\n  - version: 2.0.0\n",
      "  keys:\n  - ? [ a ]\n    : b\n",
      "  ? odd\n  : - version: 1.0.0\n",
    ];
    const { widget, ...others } = charts(block(`${bad.join("")}${WIDGET}`));
    expect(widget).toEqual(ONE);
    expect(others).toEqual({
      broken: expect.stringContaining("is not YAML") as string,
      twice: expect.stringContaining('the key "version" stands twice') as string,
      alias: expect.stringContaining("alias") as string,
      deep: expect.stringContaining("deeper than 8 levels") as string,
      again: expect.stringContaining("stands twice") as string,
      keys: expect.stringContaining("a key that is no text") as string,
      "(entry 8)": expect.stringContaining("not written as") as string,
      "(entry 9)": expect.stringContaining("is not YAML") as string,
    });
  });

  test("in good time however many keys one map has, and of one chart no more than 8 MB", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `    k${index}: 1\n`).join("");
    const before = process.threadCpuUsage();
    expect(charts(block(`  widget:\n  - version: 1.4.0\n${keys}`))["widget"]).toMatchObject(ONE);
    expect(process.threadCpuUsage(before).user).toBeLessThan(2_000_000);
    const { widget, gadget } = charts(block(`  widget:\n  - version: "${"a".repeat(9e6)}"\n  gadget: []\n`));
    expect([widget, gadget]).toEqual([expect.stringContaining("more than 8388608"), []]);
  });
});

test.each<[string, string | Uint8Array, string]>([
  ["a web page", "<!DOCTYPE html><title>Sign in</title>", "a web page"],
  ["nothing", "", "no entries"],
  ["another document", "apiVersion: v1\n", "no entries"],
  ["a list", "- entries\n", "no entries"],
  ["entries that are a list", "entries:\n- widget\n", "no entries"],
  ["two times entries", `${block(WIDGET)}entries:\n  gadget: []\n`, 'the key "entries" stands twice'],
  ["JSON with a key that stands twice", '{"entries":{},"entries":{}}', "stands twice"],
  ["JSON with __proto__", '{"entries":{"__proto__":[]}}', "__proto__"],
  ["half of JSON", '{"entries":{', "is not YAML"],
  ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0x00), "not UTF-8"],
  ["a bomb of aliases", "a: &a [x]\nb: &b [*a,*a]\nentries: { widget: *b }\n", "alias"],
  ["a chart that stands further left", "entries:\n    widget: []\n  gadget: []\n", "is not YAML"],
  ["spaces and spaces", `entries:\n${" ".repeat(9e6)}widget: []\n`, "more than 8388608"],
  ["tabs for indentation", "entries:\n\twidget:\n", "is not YAML"],
])("an index that is %s is refused", (_, text, why) => {
  expect(() => readIndex(Buffer.from(text))).toThrow(why);
});

test("an index is split into text of charts, which is not parsed yet", () => {
  const long = Array.from({ length: 50_000 }, (_, index) => `  chart-${index}:\n  - version: 1.0.0\n`).join("");
  expect(splitEntries(block(long))).toHaveLength(50_000);
  expect(readIndex(Buffer.from(block(long))).size).toBe(50_000);
  expect(() => readIndex(Buffer.from(block(`${long}  more: []\n`)))).toThrow("more than 50000");
});
