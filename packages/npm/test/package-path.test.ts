import { expect, test } from "vitest";
import { packagePath } from "../src/package-path.ts";

test.each([
  ["widget", "widget"],
  ["JSONStream", "JSONStream"],
  ["@acme/widget", "@acme%2fwidget"],
])("writes %s as %s", (name, path) => {
  expect(packagePath(name)).toBe(path);
});

test.each([
  "",
  "..",
  "@acme/..",
  "@../widget",
  "a/b",
  "@acme",
  "@acme/a/b",
  "a?b",
  "a%2fb",
  "a b",
  "\ud800",
  "x".repeat(215),
])("has no path for %j", (name) => {
  expect(packagePath(name)).toBeUndefined();
});
