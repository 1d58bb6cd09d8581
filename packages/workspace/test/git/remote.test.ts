import { expect, test } from "vitest";
import { pickRemote, publicRemote } from "../../src/git/remote.ts";

test.each([
  ["https://github.com/acme/widget.git", "https://github.com/acme/widget.git"],
  ["https://robot:SECRET@github.com/acme/widget", "https://github.com/acme/widget"],
  ["https://SECRET@github.com:8443/acme/widget?token=SECRET#SECRET", "https://github.com:8443/acme/widget"],
  ["git@github.com:acme/widget.git", "ssh://github.com/acme/widget.git"],
  ["github.com:acme/widget.git", "ssh://github.com/acme/widget.git"],
  ["SECRET@git.example:acme/widget?SECRET", "ssh://git.example/acme/widget"],
  ["ssh://git:SECRET@git.example:22/acme/widget", "ssh://git.example:22/acme/widget"],
  ["git://git.example/acme/widget", "git://git.example/acme/widget"],
  ["HTTPS://GitHub.com/Acme/Widget", "https://github.com/Acme/Widget"],
  ["/home/SECRET/widget", undefined],
  ["../widget.git", undefined],
  ["C:\\widget", undefined],
  ["C:/widget", undefined],
  ["file:///home/SECRET/widget", undefined],
  ["ext::sh -c SECRET", undefined],
  ["https://", undefined],
  ["https://github.com/acme/\u202ewidget", undefined],
  [`https://github.com/${"a".repeat(3000)}`, undefined],
  ["", undefined],
])("the remote %s is told as %s", (url, told) => {
  expect(publicRemote(url)).toBe(told);
});

test.each([
  ["origin among others", "remote.fork.url\nf\0remote.origin.url\no\0", "o"],
  ["the first of several URLs", "remote.origin.url\no\0remote.origin.url\np\0", "o"],
  ["the only one", "remote.up.stream.url\nu\0", "u"],
  ["none of two others", "remote.a.url\na\0remote.b.url\nb\0", undefined],
  ["none", "", undefined],
  ["one with a line break", "remote.origin.url\na\nb\0", "a\nb"],
])("picks %s", (_, printed, url) => {
  expect(pickRemote(printed)).toBe(url);
});
