import { expect, test } from "vitest";
import { CoreError } from "../src/error.ts";

test("a CoreError tells its name, code, message, hint and cause", () => {
  const cause = new Error("below");
  const error = new CoreError("PURL_INVALID", "it is none", { hint: "write one", cause });
  expect(String(error)).toBe("CoreError: it is none");
  expect(error).toMatchObject({ name: "CoreError", code: "PURL_INVALID", hint: "write one", cause });
  expect(error).toBeInstanceOf(Error);
});

test("a CoreError without hint and cause has none", () => {
  const error = new CoreError("JSON_INVALID", "it is none");
  expect(error.hint).toBeUndefined();
  expect("cause" in error).toBe(false);
});
