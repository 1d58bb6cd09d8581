import { describe, expect, test } from "vitest";
import { repositoryUriOf, sameRepository } from "../src/source-repository.ts";

const widget = "https://github.com/acme/widget";

describe("repositoryUriOf", () => {
  test.each<[unknown, string | null]>([
    ["acme/widget", widget],
    ["github:acme/widget", widget],
    ["gitlab:acme/sub/widget", "https://gitlab.com/acme/sub/widget"],
    ["bitbucket:acme/widget", "https://bitbucket.org/acme/widget"],
    ["git@github.com:acme/widget.git", widget],
    ["git+ssh://git@github.com/acme/widget.git", widget],
    ["ssh://git@github.com:22/acme/widget.git", widget],
    ["git://github.com/acme/widget.git", widget],
    ["git+https://GitHub.com/Acme/Widget.git", "https://github.com/Acme/Widget"],
    ["http://www.github.com/acme/widget", widget],
    [{ type: "git", url: "https://github.com/acme/widget/" }, widget],
    [{ type: "git", url: "https://github.com/acme/widget#readme" }, widget],
    [
      { type: "git", url: "https://github.com/acme/widget/tree/main/packages/core", directory: "packages/core" },
      widget,
    ],
    [{ type: "git", url: "https://gitlab.com/acme/sub/widget/-/tree/main" }, "https://gitlab.com/acme/sub/widget"],
    [{ type: "git", url: "https://robot:PASSWORD@github.com/acme/widget.git" }, widget],
    [{ type: "git", url: "https://ghe.example/acme/widget.git" }, "https://ghe.example/acme/widget"],
    [{ type: "git", url: "https://ghe.example:8443/acme/widget.git" }, "https://ghe.example:8443/acme/widget"],
    ["github.com/acme/widget", widget],
    ["acme/widget#main", widget],
    ["acme/my.widget", "https://github.com/acme/my.widget"],
    ["gist:11081aaa281", null],
    ["", null],
    ["widget", null],
    [{ type: "git", url: "" }, null],
    [{ type: "git" }, null],
    [["acme/widget"], null],
    [null, null],
    [42, null],
    ["file:///srv/widget.git", null],
    ["javascript:alert(1)", null],
    ["https://github.com/acme", null],
  ])("reads %j as %j", (repository, uri) => {
    expect(repositoryUriOf(repository)).toBe(uri);
  });
});

describe("sameRepository", () => {
  test.each<[string, string, "exact" | "derived", boolean]>([
    [widget, "https://github.com/Acme/Widget", "derived", true],
    [widget, "https://github.com/Acme/Widget", "exact", false],
    ["https://gitlab.com/a/b/c", "https://gitlab.com/A/b/C", "derived", true],
    ["https://ghe.example/acme/widget", "https://ghe.example/Acme/widget", "derived", false],
    [widget, "https://github.com/acme/widget2", "derived", false],
    [widget, "https://gitlab.com/acme/widget", "derived", false],
    [widget, widget, "exact", true],
  ])("%s and %s, %s: %s", (left, right, how, same) => {
    expect(sameRepository(left, right, how)).toBe(same);
  });
});
