import { expect, test } from "vitest";
import { NpmError } from "../src/index.ts";
import { reasonOfError } from "../src/reason.ts";
import { thrown } from "./thrown.ts";

test("gives a reason for an answer that cannot be used", () => {
  const error = new NpmError("ANSWER_UNREADABLE", "it is cut off");
  expect(reasonOfError("widget", error)).toMatchObject({
    code: "answer-unreadable",
    message: "widget: the answer cannot be used: it is cut off",
  });
});

test.each([new TypeError("a bug"), new NpmError("NPM_CONFIG_INVALID", "no URL")])(
  "throws on what is no answer: %s",
  (error) => {
    expect(thrown(() => reasonOfError("widget", error))).toBe(error);
  },
);
