import { expect, test } from "vitest";
import { parseChallenge } from "../../src/registry/challenge.ts";

const bearer = (realm: string, service?: string): unknown => ({ scheme: "bearer", realm, service });

test.each([
  [
    'Bearer realm="https://a.example/token",service="a.example",scope="repository:x:pull"',
    bearer("https://a.example/token", "a.example"),
  ],
  ['bEARER Realm="https://a.example/token"', bearer("https://a.example/token")],
  ["Bearer realm=a.example , service = s", bearer("a.example", "s")],
  ['Bearer realm="a \\"b\\" , Basic c"', bearer('a "b" , Basic c')],
  ['Bearer realm="a",realm="b"', bearer("a")],
  ['Basic realm="x", Bearer realm="a",service="s"', bearer("a", "s")],
  ['Digest realm="x", basic', { scheme: "basic" }],
  ['BASIC realm="Registry Realm"', { scheme: "basic" }],
  ["Bearer", undefined],
  ['Bearer realm=""', undefined],
  ['Bearer realm="never ends', undefined],
  ["Negotiate abc==", undefined],
  ["=,=", undefined],
  ["", undefined],
  [`Bearer realm="${"a".repeat(9000)}"`, undefined],
  [undefined, undefined],
])("reads %.60s", (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected);
});

test("takes linear time for a header that means nothing", () => {
  const started = performance.now();
  for (const piece of ["=", ",", '"\\', "a ", "a=", 'a="']) parseChallenge(piece.repeat(8192 / piece.length));
  expect(performance.now() - started).toBeLessThan(500);
});
