import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayAt, isObject, objectAt, parseStrictJson, stringAt } from "../src/strict-json.ts";
import { thrownBy } from "./thrown.ts";

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

describe("parseStrictJson", () => {
  test.each([
    ["an object", '{"a":1,"b":[true,null,"x"]}'],
    ["a list", "[1,2]"],
    ["a text", '"a"'],
    ["a number", "1"],
    ["white space", ' {\n"a" : 1 ,\t"b":2 } '],
    ["one key in two objects", '[{"a":1},{"a":2}]'],
    ["one key inside and outside", '{"a":{"a":{"a":1}}}'],
    ["one key before and behind an object", '{"a":{"b":1},"b":{"a":1}}'],
    ["a key that stands as a value too", '{"a":"a","b":"a"}'],
    ["texts in a list in an object", '{"a":["a","a",["a"]],"b":"a"}'],
    ["braces in a text", '{"a":"}{][,","b":"{"}'],
    ["quotes in a text", '{"a":"\\",\\"a\\":\\"","b":1}'],
    ["a backslash at the end of a text", '{"a":"\\\\","b":"\\\\\\\\"}'],
    ["a key with a brace", '{"}":1,"{":2,"\\"":3,",":4}'],
    ["a key in another case", '{"a":1,"A":2}'],
    ["__proto__ as a value", '{"a":"__proto__"}'],
    ["other names that objects have", '{"constructor":1,"toString":2,"prototype":3}'],
    ["an empty key", '{"":1}'],
    ["64 levels of lists", nested("[", "]", 64)],
    ["many lists beside each other", `[${"[],".repeat(200)}[]]`],
  ])("reads %s as JSON.parse does", (_, text) => {
    expect(parseStrictJson(text, "the answer")).toEqual(JSON.parse(text));
  });

  test("reads whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('"__proto__"'));
        expect(parseStrictJson(text, "x")).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ["a key twice", '{"a":1,"a":1}', "twice"],
    ["a key twice, once escaped", '{"a":1,"\\u0061":2}', "twice"],
    ["a key twice, escaped in two ways", '{"\\u002f":1,"\\/":2}', "twice"],
    ["a key twice, deep inside", '[{"x":[{"b":{},"a":1,"b":[]}]}]', "twice"],
    ["a key twice, an object between", '{"a":{"x":1},"a":2}', "twice"],
    ["a key twice, a list between", '{"a":[1,{"x":2}],"a":2}', "twice"],
    ["a key twice, white space around", '{ "a" : 1 , "a" : 2 }', "twice"],
    ["an empty key twice", '{"":1,"":2}', "twice"],
    ["__proto__", '{"__proto__":{"admin":true}}', "__proto__"],
    ["__proto__, escaped", '{"\\u005f_proto\\u005F\\u005f":1}', "__proto__"],
    ["__proto__, deep inside", '[[{"a":{"__proto__":1}}]]', "__proto__"],
    ["65 levels of lists", nested("[", "]", 65), "deeper than 64"],
    ["65 levels of objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, "deeper than 64"],
    ["a hundred thousand levels", nested("[", "]", 100_000), "deeper than 64"],
  ])("refuses %s", (_, text, why) => {
    const error = thrownBy(() => parseStrictJson(text, "the answer"));
    expect(error.code).toBe("JSON_INVALID");
    expect(error.message).toContain("the answer: ");
    expect(error.message).toContain(why);
  });

  test.each([
    ["HTML", "\n <!DOCTYPE html><title>Sign in</title>", "the answer is not JSON but HTML"],
    ["HTML without doctype", "<HTML><body>", "the answer is not JSON but HTML"],
    ["nothing", "", "the answer is not JSON (it is empty)"],
    ["white space", " \n", "the answer is not JSON (it is empty)"],
    ["truncated JSON", '{"a":[1,2', "the answer is not JSON"],
    ["two values", "{}{}", "the answer is not JSON"],
    ["a trailing comma", '{"a":1,}', "the answer is not JSON"],
    ["a comment", '{"a":1/* */}', "the answer is not JSON"],
    ["a line break in a text", '{"a":"\n"}', "the answer is not JSON"],
  ])("says of %s what it is, with the parser's error as the cause", (_, text, message) => {
    const error = thrownBy(() => parseStrictJson(text, "the answer"));
    expect(error).toMatchObject({ code: "JSON_INVALID", message });
    expect(error.hint).toContain("complete");
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  test("shows no more than the start of a key", () => {
    const key = "k".repeat(100_000);
    const error = thrownBy(() => parseStrictJson(`{"${key}":1,"${key}":2}`, "x"));
    expect(error.message.length).toBeLessThan(150);
  });

  test.each([
    ["characters", "x"],
    ["escapes", "\n"],
    ["braces", "{"],
  ])("reads a text of twenty million %s", (_, character) => {
    const text = JSON.stringify({ payload: character.repeat(20_000_000), after: 1 });
    expect(stringAt(parseStrictJson(text, "x"), "payload")).toHaveLength(20_000_000);
  });
});

describe("isObject", () => {
  test.each<[unknown, boolean]>([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    [undefined, false],
    ["x", false],
    [1, false],
  ])("%j: %s", (value, is) => {
    expect(isObject(value)).toBe(is);
  });
});

describe("stringAt, objectAt and arrayAt", () => {
  const value = { text: "x", empty: "", object: { a: 1 }, list: [1], none: null, number: 1 };

  test.each<[string, unknown, unknown, unknown]>([
    ["text", "x", undefined, undefined],
    ["empty", "", undefined, undefined],
    ["object", undefined, { a: 1 }, undefined],
    ["list", undefined, undefined, [1]],
    ["none", undefined, undefined, undefined],
    ["number", undefined, undefined, undefined],
    ["absent", undefined, undefined, undefined],
    ["constructor", undefined, undefined, undefined],
  ])("tell what stands at %s", (key, text, object, list) => {
    expect([stringAt(value, key), objectAt(value, key), arrayAt(value, key)]).toEqual([text, object, list]);
  });

  test("tell nothing of what is inherited", () => {
    const inherited: unknown = Object.create({ text: "x", object: {}, list: [] });
    expect([stringAt(inherited, "text"), objectAt(inherited, "object"), arrayAt(inherited, "list")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each([null, undefined, "text", ["x"], 1])("tell nothing of %j", (other) => {
    expect([stringAt(other, "0"), objectAt(other, "0"), arrayAt(other, "0")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
