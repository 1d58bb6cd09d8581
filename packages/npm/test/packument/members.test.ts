import { expect, test } from "vitest";
import { createMemberScanner, type MemberReader } from "../../src/packument/members.ts";
import { decodeUtf8 } from "../../src/packument/span.ts";
import { thrown } from "../thrown.ts";

type Taken = [string, string | null, string | undefined];

function scan(text: string | Uint8Array, chunkBytes = Infinity, limits: Partial<MemberReader> = {}): Taken[] {
  const taken: Taken[] = [];
  const scanner = createMemberScanner({
    maxMemberBytes: 100,
    maxMembers: 5,
    use: (key, parent) => (parent !== null || key === "taken" ? "take" : key === "inner" ? "enter" : "skip"),
    take: (key, parent, json) => void taken.push([key, parent, json && decodeUtf8(json)]),
    ...limits,
  });
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const size = Math.min(chunkBytes, bytes.length || 1);
  for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
  scanner.end();
  return taken;
}

const RICH = String.raw` {"skipped":{"a":["}",{"b":"\"]"}]},"taken":"é \" \\","inner" : { "1.0.0":{"x":[1,{}]} , "2":true,"3":-1.5e3} , "z":12 } `;

test.each([1, 2, 3, 7, Infinity])("gives the same members in chunks of %d bytes", (chunkBytes) => {
  expect(scan(RICH, chunkBytes)).toEqual([
    ["taken", null, String.raw`"é \" \\"`],
    ["1.0.0", "inner", '{"x":[1,{}]}'],
    ["2", "inner", "true"],
    ["3", "inner", "-1.5e3"],
  ]);
});

test("reads empty objects", () => {
  expect(scan("{}")).toEqual([]);
  expect(scan('{"inner":{}}')).toEqual([]);
});

test("goes on at the top behind an entered object", () => {
  expect(scan('{"inner":{"a":1},"taken":2}')).toEqual([
    ["a", "inner", "1"],
    ["taken", null, "2"],
  ]);
});

test("gives what is not an object where one was to be entered", () => {
  expect(scan('{"inner":[1]}')).toEqual([["inner", null, "[1]"]]);
  expect(scan('{"inner":null}')).toEqual([["inner", null, "null"]]);
});

test("gives no text for a member over the limit, and the next one whole", () => {
  const long = JSON.stringify("x".repeat(99));
  expect(scan(`{"inner":{"long":${long},"just":"${"y".repeat(98)}"}}`, 10)).toEqual([
    ["long", "inner", undefined],
    ["just", "inner", `"${"y".repeat(98)}"`],
  ]);
});

test.each([
  ["nothing", "", "it is empty"],
  ["white space", " \n\t", "it is empty"],
  ["HTML", "<!DOCTYPE html><html></html>", "it is not JSON but HTML"],
  ["an array", "[1]", "it is no JSON object"],
  ["a string", '"x"', "it is no JSON object"],
  ["a byte order mark", "\ufeff{}", "it is no JSON object"],
  ["an object cut off behind a value", '{"a":1', "it is cut off"],
  ["an object cut off inside a string", '{"a":"x', "it is cut off"],
  ["an object cut off inside the entered one", '{"inner":{"a":1}', "it is cut off"],
  ["a missing comma", '{"a":1 "b":2}', "it is not JSON"],
  ["a missing colon", '{"a" 1}', "it is not JSON"],
  ["a missing value", '{"a":,"b":1}', "it is not JSON"],
  ["a comma at the end", '{"a":1,}', "it is not JSON"],
  ["a key without quotes", "{a:1}", "it is not JSON"],
  ["a value that begins like none", '{"a":undefined}', "it is not JSON"],
  ["a malformed key", '{"a\\x":1}', "it is not JSON"],
  ["something behind the end", "{} {}", "it is not JSON"],
  ["a key twice", '{"a":1,"a":2}', 'it has the key "a" twice in one object'],
  ["a key twice, once escaped", '{"inner":{"1.0.0":1,"1.0.\\u0030":2}}', 'it has the key "1.0.0" twice in one object'],
  ["__proto__", '{"inner":{"__proto__":{}}}', 'it has the key "__proto__"'],
  ["a huge key", `{"${"k".repeat(1024)}":1}`, "it has a key of more than 1024 bytes"],
  ["too many members", '{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}', "it has more than 5 members in one object"],
])("refuses %s", (_what, text, message) => {
  for (const chunkBytes of [1, Infinity]) {
    expect(thrown(() => scan(text, chunkBytes))).toMatchObject({ code: "ANSWER_UNREADABLE", message });
  }
});

test("refuses a member that is not UTF-8", () => {
  const bytes = Buffer.concat([Buffer.from('{"taken":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(thrown(() => scan(bytes))).toMatchObject({ code: "ANSWER_UNREADABLE", message: "it is not UTF-8" });
});

test("counts the same key in different objects once each", () => {
  expect(scan('{"taken":1,"inner":{"taken":2}}')).toHaveLength(2);
});
