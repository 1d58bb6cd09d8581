import { describe, expect, test } from "vitest";
import { chooseServices, parseSigningConfig, type ChoiceOptions } from "../../src/sign/index.ts";

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const NOW = new Date("2026-06-01T00:00:00Z");

interface Service {
  url: string;
  majorApiVersion: number;
  validFor: { start?: string; end?: string };
  operator?: string;
}

function service(url: string, majorApiVersion = 1, start = "2025-01-01", end?: string, operator = "acme"): Service {
  const validFor = { start: `${start}T00:00:00Z`, ...(end !== undefined && { end: `${end}T00:00:00Z` }) };
  return { url: `https://${url}`, majorApiVersion, validFor, operator };
}

function config(fields: object): string {
  return JSON.stringify({ mediaType: MEDIA_TYPE, ...fields });
}

function logs(selector: string, list: readonly Service[], count?: number): string {
  return config({ rekorTlogUrls: list, rekorTlogConfig: { selector, ...(count !== undefined && { count }) } });
}

function choose(text: string, options: Partial<ChoiceOptions> = {}): ReturnType<typeof chooseServices> {
  return chooseServices(parseSigningConfig(text, "sc.json"), { now: NOW, ...options });
}

test("chooses every kind of service", () => {
  const text = config({
    caUrls: [service("fulcio.example")],
    oidcUrls: [service("oauth.example")],
    rekorTlogUrls: [service("rekor.example", 2)],
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: [service("tsa.example/api/v1/timestamp")],
    tsaConfig: { selector: "ANY" },
  });
  expect(choose(text)).toEqual({
    fulcioUrl: "https://fulcio.example",
    logs: [{ url: "https://rekor.example", version: 2 }],
    timestampUrls: ["https://tsa.example/api/v1/timestamp"],
  });
});

test("chooses nothing of a config without services", () => {
  expect(choose(config({}))).toEqual({ logs: [], timestampUrls: [] });
});

const ROTATED = [
  service("next", 2, "2026-07-01"),
  service("newest", 2, "2026-01-01"),
  service("older", 2, "2025-07-01"),
  service("ended", 2, "2026-05-01", "2026-05-31"),
  service("future-version", 3),
  service("v1", 1, "2026-03-01"),
];
const OPERATORS = [
  service("a1", 2, "2025-01-01", undefined, "a"),
  service("a2", 2, "2026-01-01", undefined, "a"),
  service("b1", 1, "2026-02-01", undefined, "b"),
  service("c2", 2, "2025-03-01", undefined, "c"),
];
const TWINS = [service("first", 2), service("second", 2)];
const hosts = (services: ReturnType<typeof choose>): string[] => services.logs.map(({ url }) => new URL(url).host);

test.each<readonly [string, string, Partial<ChoiceOptions>, readonly string[]]>([
  ["the newest that has begun and not ended, in the highest version", logs("ANY", ROTATED), {}, ["newest"]],
  ["what was valid then", logs("ANY", ROTATED), { now: new Date("2025-08-01T00:00:00Z") }, ["older"]],
  ["a version that is wanted", logs("ANY", ROTATED), { logVersions: [1] }, ["v1"]],
  ["the first of equals", logs("ANY", TWINS), {}, ["first"]],
  ["one of each operator for ALL", logs("ALL", OPERATORS), {}, ["a2", "c2", "b1"]],
  ["as many operators as EXACT says", logs("EXACT", OPERATORS, 2), {}, ["a2", "c2"]],
  ["the last moment of a service", logs("ANY", [service("last", 1, "2025-01-01", "2026-06-01")]), {}, ["last"]],
  ["the first moment of a service", logs("ANY", [service("new", 1, "2026-06-01")]), {}, ["new"]],
])("chooses %s", (_title, text, options, expected) => {
  expect(hosts(choose(text, options))).toEqual(expected);
});

test.each<readonly [string, string, Partial<ChoiceOptions>, string]>([
  [
    "a log",
    logs("ANY", [service("old", 1, "2020-01-01", "2021-01-01")]),
    {},
    "no log that can be used now: old ended 2021-01-01",
  ],
  [
    "a log of that version",
    logs("ALL", [service("v2", 2)]),
    { logVersions: [1] },
    "no log that can be used now: v2 speaks version 2",
  ],
  ["operators", logs("EXACT", TWINS, 2), {}, "1 of the 2 operators"],
  [
    "an authority",
    config({ caUrls: [service("ca", 1, "2027-01-01")] }),
    {},
    "no certificate authority that can be used now: ca starts 2027-01-01",
  ],
  [
    "stamps",
    config({ tsaUrls: [service("tsa", 2)], tsaConfig: { selector: "ANY" } }),
    {},
    "no timestamp authority that can be used now: tsa speaks",
  ],
])("says which service is missing and why: %s", (_title, text, options, message) => {
  expect(() => choose(text, options)).toThrow(
    expect.objectContaining({ code: "SIGNING_CONFIG_UNUSABLE", message: expect.stringContaining(message) as string }),
  );
});

const one = service("rekor.example");

describe("refuses", () => {
  test.each<readonly [string, string]>([
    ["no JSON", "<html>"],
    ["a list", "[]"],
    ["another media type", JSON.stringify({ mediaType: MEDIA_TYPE.replace("0.2", "0.1") })],
    ["no media type", "{}"],
    ["a key twice", `{"mediaType":"${MEDIA_TYPE}","caUrls":[],"caUrls":[]}`],
    ["services that are no list", config({ caUrls: { length: 1 } })],
    ["more services than anyone has", config({ caUrls: Array(101).fill(one) })],
    ["more text than anyone has", config({ x: "x".repeat(1024 * 1024) })],
    ["a service without a URL", config({ caUrls: [{ ...one, url: undefined }] })],
    ["a URL that is none", config({ caUrls: [{ ...one, url: "javascript:1" }] })],
    ["a URL with credentials", config({ caUrls: [{ ...one, url: "https://u:hunter2@h" }] })],
    ["a version that is text", config({ caUrls: [{ ...one, majorApiVersion: "1" }] })],
    ["a service without a start", config({ caUrls: [{ ...one, validFor: {} }] })],
    ["a start that is no time", config({ caUrls: [{ ...one, validFor: { start: "2025-13-01T00:00:00Z" } }] })],
    ["a start in another form", config({ caUrls: [{ ...one, validFor: { start: "January 1, 2025" } }] })],
    ["an end that is no time", config({ caUrls: [{ ...one, validFor: { ...one.validFor, end: 5 } }] })],
    ["logs without a selector", config({ rekorTlogUrls: [one] })],
    ["a selector that nobody knows", logs("SOME", [one])],
    ["EXACT without a count", logs("EXACT", [one])],
    ["EXACT of none", logs("EXACT", [one], 0)],
  ])("%s", (_title, text) => {
    const hint = expect.stringContaining("signing_config.v0.2.json") as string;
    const error = expect.objectContaining({ code: "SIGNING_CONFIG_INVALID", hint });
    expect(() => parseSigningConfig(text, "sc.json")).toThrow(error);
    expect(() => parseSigningConfig(text, "sc.json")).toThrow(/^sc\.json is not(?!.*hunter2)/);
  });
});
