import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { refuseMediaType } from "../src/media-type.ts";
import { authenticate, bundledVerifier } from "./authenticate.ts";
import { hasRealData, readReal, WITH_REAL_DATA } from "./real-data.ts";

const REFUSED = [
  ["application/vnd.dev.sigstore.bundle.v0.9+json", "bundle-version-unknown"],
  ["application/vnd.dev.sigstore.bundle.v0.1+json", "bundle-version-unknown"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.9", "bundle-version-unknown"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.31", "bundle-version-unknown"],
  ["application/vnd.dev.sigstore.bundle+json;version=99.9", "bundle-version-unknown"],
  ["application/vnd.dev.sigstore.bundle.v0.3+json; charset=utf-8", "bundle-media-type"],
  ["application/vnd.dev.sigstore.bundle.v0.3+jsonx", "bundle-media-type"],
  [" application/vnd.dev.sigstore.bundle.v0.3+json", "bundle-media-type"],
  ["application/json", "bundle-media-type"],
  [null, "bundle-media-type"],
  [undefined, "bundle-media-type"],
] as const;

test.each(REFUSED)("refuses %s as %s", (mediaType, code) => {
  expect(refuseMediaType(mediaType)).toMatchObject({ check: "bundle", kind: "unprovable", code });
});

test("quotes the value, and cuts a long one", () => {
  expect(refuseMediaType("application/json")?.message).toContain('"application/json"');
  expect(refuseMediaType("x".repeat(10_000))?.message.length).toBeLessThan(200);
});

test.each(["v0.3+json", "+json;version=0.1", "+json;version=0.2", "+json;version=0.3"])("accepts %s", (ending) => {
  const mediaType = `application/vnd.dev.sigstore.bundle${ending.startsWith("v") ? "." : ""}${ending}`;
  expect(refuseMediaType(mediaType)).toBeUndefined();
});

describe.skipIf(!hasRealData)(`a real v0.3 bundle under another media type ${WITH_REAL_DATA}`, () => {
  const read = (): string =>
    readReal("sigstore-conformance/happy-path-v0.3-new-mediaType/bundle.sigstore.json").toString("utf8");
  const quoted = /"mediaType":\s*"[^"]*"/;

  async function run(raw: string): Promise<unknown> {
    const sha256 = createHash("sha256").update(readReal("sigstore-conformance/a.txt")).digest("hex");
    const text = read();
    expect(text).toMatch(quoted);
    return await authenticate(bundledVerifier(), text.replace(quoted, `"mediaType": ${raw}`), { sha256 });
  }

  test.each([
    '"application/vnd.dev.sigstore.bundle.v0.3+json"',
    '"application/vnd.dev.sigstore.bundle+json;version=0.3"',
    '"application/vnd.dev.sigstore.bundle+json;version\\u003d0.3"',
  ])("%s verifies", async (raw) => {
    expect(await run(raw)).toMatchObject({ ok: true });
  });

  test.each(REFUSED.filter(([mediaType]) => mediaType !== undefined))("%s is %s", async (mediaType, code) => {
    expect(await run(JSON.stringify(mediaType))).toMatchObject({ ok: false, code });
  });
});
