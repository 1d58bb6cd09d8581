import { expect, it } from "vitest";
import * as surface from "../src/index.ts";

it("exports the client and its error, and nothing else that runs", () => {
  expect(Object.keys(surface).sort()).toEqual(["HttpError", "createHttp"]);
});
