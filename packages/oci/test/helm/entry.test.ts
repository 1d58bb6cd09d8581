import { describe, expect, test } from "vitest";
import { projectEntry, type ChartEntry } from "../../src/helm/entry.ts";

const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const ENTRY = { name: "widget", version: "1.4.0", urls: ["widget-1.4.0.tgz"] };
const GITHUB = "https://github.com/acme/widget";

describe("an entry of an index", () => {
  test.each<[object, Partial<ChartEntry>]>([
    [
      {},
      {
        version: "1.4.0",
        urls: ["widget-1.4.0.tgz"],
        digest: {},
        publishedAt: null,
        deprecated: false,
        repository: null,
      },
    ],
    [{ digest: BETA }, { digest: { sha256: BETA } }],
    [{ digest: `sha256:${BETA.toUpperCase()}` }, { digest: { sha256: BETA } }],
    [{ digest: null }, { digest: {} }],
    [{ digest: "" }, { digest: {} }],
    [{ digest: BETA.slice(1) }, { digest: {}, noDigest: BETA.slice(1) }],
    [{ digest: `sha512:${BETA}` }, { digest: {}, noDigest: `sha512:${BETA}` }],
    [{ created: "2026-01-31T12:00:00.123456789+01:00" }, { publishedAt: "2026-01-31T12:00:00.123456789+01:00" }],
    [{ created: "0001-01-01T00:00:00Z" }, { publishedAt: null }],
    [{ created: "yesterday" }, { publishedAt: null }],
    [{ created: "2026-13-31T12:00:00Z" }, { publishedAt: null }],
    [{ deprecated: true }, { deprecated: true }],
    [{ deprecated: "true" }, { deprecated: true }],
    [{ deprecated: "false" }, { deprecated: false }],
    [{ version: "v1.4" }, { version: "v1.4" }],
    [{ version: "1.4.0-rc.1+build.7" }, { version: "1.4.0-rc.1+build.7" }],
    [{ sources: [GITHUB, `${GITHUB}/tree/main/charts`] }, { repository: GITHUB }],
    [{ sources: [GITHUB, "https://github.com/acme/other"] }, { repository: null }],
    [{ sources: [GITHUB], home: "https://github.com/acme/charts" }, { repository: null }],
    [{ sources: [GITHUB], home: "https://acme.example/widget" }, { repository: GITHUB }],
    [{ sources: ["https://docs.acme.example/install/helm"], home: GITHUB }, { repository: GITHUB }],
    [{ sources: ["https://git.acme.example/acme/widget.git"] }, { repository: "https://git.acme.example/acme/widget" }],
    [{ home: "https://www.acme.example/products/widget" }, { repository: null }],
    [
      { annotations: { "org.opencontainers.image.source": GITHUB }, sources: ["https://github.com/acme/other"] },
      { repository: GITHUB },
    ],
  ])("with %j", (change, expected) => {
    expect(projectEntry({ ...ENTRY, ...change })).toMatchObject(expected);
  });

  test.each<[string, unknown, string]>([
    ["that is no object", ["widget"], "no object"],
    ["without a version", { ...ENTRY, version: undefined }, "no number"],
    ["with a number for a version", { ...ENTRY, version: 1.4 }, "no number"],
    ["with a version that is none", { ...ENTRY, version: "latest" }, "no version that Helm"],
    ["with a version that leads away", { ...ENTRY, version: "1.4.0/../../x" }, "no version that Helm"],
    ["with a version of many digits", { ...ENTRY, version: "1".repeat(300) }, "no version that Helm"],
    ["without URLs", { ...ENTRY, urls: [] }, "no URL"],
    ["with URLs that are no text", { ...ENTRY, urls: [1, null, ""] }, "no URL"],
    ["with many URLs", { ...ENTRY, urls: Array.from({ length: 21 }, () => "x.tgz") }, "more than 20"],
  ])("%s is told apart", (_, item, why) => {
    expect(projectEntry(item)).toContain(why);
  });
});
