import { OciError, type OciErrorCode } from "@colophon/oci";
import { expect, test } from "vitest";
import { failureOf } from "../src/emission/failure.ts";

test.each<[OciErrorCode, string, boolean]>([
  ["REGISTRY_UNAVAILABLE", "unreachable", false],
  ["RATE_LIMITED", "unreachable", false],
  ["ACCESS_DENIED", "refused", true],
  ["ANSWER_UNREADABLE", "refused", true],
  ["DIGEST_MISMATCH", "refused", true],
  ["TAG_MOVED", "refused", true],
  ["DIGEST_IS_NOT_MANIFEST", "refused", false],
  ["REFERENCE_TAG", "refused", false],
])("%s leaves an emission %s; a registry's answer, not a mistake in what was named: %s", (code, status, isAnswer) => {
  const error = new OciError(code, "what is wrong", { hint: "what to do" });
  const reason = { code, message: "what is wrong", hint: "what to do" };
  expect(failureOf(error)).toEqual({ status, isAnswer, reason });
});
