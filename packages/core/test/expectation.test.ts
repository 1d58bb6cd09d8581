import { expect, test } from "vitest";
import { expectationFor, NO_EXPECTATION } from "../src/expectation.ts";
import { object, WIDGET } from "./judge/world.ts";

const other = "https://github.com/acme/other";

test("holds an object to the repository that it declares", () => {
  expect(expectationFor(object(), NO_EXPECTATION)).toEqual({
    ...NO_EXPECTATION,
    basis: "held",
    sourceRepository: WIDGET,
    compareRepository: "derived",
  });
});

test("prefers the repository that the user named, compared as the user wrote it", () => {
  const configured = { ...NO_EXPECTATION, basis: "configured" as const, sourceRepository: other };
  expect(expectationFor(object(), configured)).toEqual(configured);
});

test("keeps what else the user configured", () => {
  const configured = { ...NO_EXPECTATION, leastLevel: 2, sourceRef: { glob: "refs/tags/*" } };
  expect(expectationFor(object(), configured)).toMatchObject({ leastLevel: 2, sourceRef: { glob: "refs/tags/*" } });
});

test("expects no repository of an object that declares none", () => {
  expect(expectationFor(object({ declaredRepository: null }), NO_EXPECTATION)).toEqual(NO_EXPECTATION);
});
