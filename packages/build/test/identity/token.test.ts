import { inspect } from "node:util";
import type { IdentityToken } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { readIdentityToken } from "../../src/identity/token.ts";
import { makeJwt, makeToken, NOW, refusal } from "../world.ts";

const read = (jwt: string, audience = "sigstore") => readIdentityToken(jwt, { audience, now: NOW, from: "the test" });
const refused = (jwt: string) => refusal(Promise.resolve().then(() => read(jwt)));
const encode = (text: string | Uint8Array) => Buffer.from(text).toString("base64url");
const seconds = NOW.getTime() / 1000;

test("tells issuer, claims and expiry, and reveals the JWT by that method alone", () => {
  const jwt = makeJwt({ sub: "somebody" });
  const token = read(`  ${jwt}\n`);
  expect(token.issuer).toBe("https://id.example");
  expect(token.claims["sub"]).toBe("somebody");
  expect(token.expiresAt).toBe("2026-01-02T03:09:05.000Z");
  expect(token.reveal()).toBe(jwt);
});

test.each([
  ["toString", (token: IdentityToken) => token.toString()],
  ["concatenation", (token: IdentityToken) => "".concat(token as never)],
  ["JSON", (token: IdentityToken) => JSON.parse(JSON.stringify(token))],
  ["JSON of what holds it", (token: IdentityToken) => JSON.parse(JSON.stringify({ token })).token],
  ["inspect", (token: IdentityToken) => inspect(token)],
  [
    "inspect of what holds it, at any depth",
    (token: IdentityToken) =>
      inspect({ a: { b: { c: { d: [token] } } } }, { depth: Infinity, showHidden: true }).match(/\[redacted\]/)?.[0],
  ],
])("is redacted by %s", (_how, show) => {
  expect(show(makeToken({}))).toBe("[redacted]");
});

test("keeps the JWT out of inspection that ignores its wish, and out of copies", () => {
  const token = makeToken({});
  const signature = token.reveal().split(".")[2] ?? "";
  const shown = inspect({ token, copy: { ...token } }, { customInspect: false, depth: Infinity, showHidden: true });
  expect(shown).not.toContain(signature);
});

describe("refuses, without repeating the token,", () => {
  const [header = "", payload = "", signature = ""] = makeJwt({}).split(".");
  test.each([
    ["nothing", " \n", "token-malformed", "is empty"],
    ["an access token", "ghs_16C7e42F292c6912E7710c838347Ae178B4a", "token-malformed", "has 1 parts"],
    ["an encrypted token", `${header}.a.b.${payload}.${signature}`, "token-malformed", "has 5 parts"],
    ["a header that is no JSON", `${encode("secret-header")}.${payload}.${signature}`, "token-malformed", "header"],
    ["a header that is no object", `${encode('"x"')}.${payload}.${signature}`, "token-malformed", "header"],
    ["claims that are no JSON", `${header}.${encode("secret-claims")}.${signature}`, "token-malformed", "claims"],
    ["a list of claims", `${header}.${encode("[]")}.${signature}`, "token-malformed", "claims"],
    [
      "a claim that stands twice",
      `${header}.${encode('{"iss":"a","iss":"b"}')}.${signature}`,
      "token-malformed",
      "claims",
    ],
    ["__proto__", `${header}.${encode('{"__proto__":{"iss":"a"}}')}.${signature}`, "token-malformed", "claims"],
    [
      "claims that are not UTF-8",
      `${header}.${encode(Buffer.from([0x22, 0xff, 0x22]))}.${signature}`,
      "token-malformed",
      "claims",
    ],
    ["base64 in another spelling", `${header}.${payload}=.${signature}`, "token-malformed", "claims"],
    ["bits left over", `${header}.${payload}.QR`, "token-malformed", "signature"],
    ["no signature", `${header}.${payload}.`, "token-malformed", "signature"],
    ["a quoted token", `"${header}.${payload}.${signature}"`, "token-malformed", "header"],
    ["one too long", `${header}.${encode("x".repeat(65_536))}.${signature}`, "token-malformed", "longer than 65536"],
    [
      "another audience",
      makeJwt({ aud: "https://github.com/acme" }),
      "token-audience",
      '"https://github.com/acme", not for "sigstore"',
    ],
    ["no audience", makeJwt({ aud: undefined }), "token-audience", "for nobody"],
    ["an audience that only starts so", makeJwt({ aud: "sigstore2" }), "token-audience", '"sigstore2"'],
    ["no issuer", makeJwt({ iss: undefined }), "token-claims", "no claim iss"],
    ["no expiry", makeJwt({ exp: undefined }), "token-claims", "no claim exp"],
    ["an expiry that is a text", makeJwt({ exp: `${seconds + 300}` }), "token-claims", "exp"],
    ["an expiry out of all time", makeJwt({ exp: 1e15 }), "token-claims", "exp"],
    ["expiry this very second", makeJwt({ exp: seconds }), "token-expired", "2026-01-02T03:04:05.000Z"],
    [
      "a start past the lag of clocks",
      makeJwt({ nbf: seconds + 61 }),
      "token-not-yet-valid",
      "2026-01-02T03:05:06.000Z",
    ],
    ["a start that is no time", makeJwt({ nbf: -1 }), "token-claims", "nbf"],
  ])("%s", async (_what, jwt, code, told) => {
    const error = await refused(jwt);
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
    const shown = inspect(error, { depth: Infinity, showHidden: true });
    for (const part of ["secret", ...jwt.split(".").filter((one) => one.length > 8)]) expect(shown).not.toContain(part);
  });
});

test.each([
  ["one of several audiences", { aud: ["other", "sigstore"] }],
  ["a second before its expiry", { exp: seconds + 1 }],
  ["within the lag of clocks", { nbf: seconds + 60 }],
])("accepts %s", (_what, claims) => {
  expect(read(makeJwt(claims)).issuer).toBe("https://id.example");
});
