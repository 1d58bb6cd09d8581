import { expect, test } from "vitest";
import { isInScope } from "../src/scope.ts";

test.each([
  ["https://registry.example/team/widget", "https://registry.example/", true],
  ["https://registry.example/team/widget", "https://registry.example/team", true],
  ["https://registry.example/team/widget", "https://registry.example/team/", true],
  ["https://registry.example/team", "https://registry.example/team/", true],
  ["https://registry.example/team?page=2", "https://registry.example/team", true],
  ["https://registry.example/team/@s%2fwidget", "https://registry.example/team", true],
  ["https://registry.example/teams", "https://registry.example/team", false],
  ["https://registry.example/", "https://registry.example/team", false],
  ["https://registry.example/team/../other", "https://registry.example/team", false],
  ["https://registry.example/team/%2e%2e/other", "https://registry.example/team", false],
  ["https://registry.example/team/..%2fother", "https://registry.example/team", false],
  ["https://registry.example/team/%252e%252e%252fother", "https://registry.example/team", false],
  ["https://registry.example/team/..%5cother", "https://registry.example/team", false],
  ["http://registry.example/team", "https://registry.example/team", false],
  ["https://registry.example:8443/team", "https://registry.example/team", false],
  ["https://registry.example.evil.example/team", "https://registry.example/team", false],
  ["https://registry.example/team", "registry.example/team", false],
])("%s in the scope %s: %s", (url, scope, inside) => {
  expect(isInScope(new URL(url), scope)).toBe(inside);
});
