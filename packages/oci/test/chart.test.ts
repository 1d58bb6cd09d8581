import { expect, test } from "vitest";
import { contentOf, roleOfDigest } from "../src/chart.ts";
import { parseManifest } from "../src/manifest.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const layer = (letter: string, mediaType: string): object => ({ mediaType, digest: digest(letter), size: 1 });
const CHART = "application/vnd.cncf.helm.config.v1+json";
const PROV = layer("d", "application/vnd.cncf.helm.chart.provenance.v1.prov");

function fetched(config: string, ...layers: readonly object[]): Parameters<typeof roleOfDigest>[0] {
  const manifest = { schemaVersion: 2, config: layer("c", config), layers };
  return { digest: digest("a"), manifest: parseManifest(Buffer.from(JSON.stringify(manifest)), "it") };
}

test.each([
  ["today's type", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"],
  ["the old one", "application/tar+gzip"],
])("a chart's archive of %s is told from its other digests, behind the signature too", (_, mediaType) => {
  const chart = fetched(CHART, PROV, layer("b", mediaType));
  const roles = ["a", "b", "c", "d", "e"].map((letter) => roleOfDigest(chart, digest(letter)));
  expect(roles).toEqual(["manifest", "chart-archive", "config", "chart-signature", undefined]);
  const { channels, parts = [], warnings } = contentOf(chart);
  expect(parts.map(({ what, digest: { sha256 } }) => [what, sha256?.[0]])).toEqual([
    ["the chart's archive", "b"],
    ["the config", "c"],
  ]);
  expect([channels, warnings]).toMatchObject([["oci", "helm"], [{ code: "pgp-signature" }]]);
  expect(contentOf(fetched(CHART, layer("b", mediaType))).warnings).toBeUndefined();
});

test("an image's layers are no archives of charts, and an index has no parts", () => {
  const image = fetched("application/vnd.oci.image.config.v1+json", layer("b", "application/tar+gzip"), PROV);
  expect(["a", "b", "c", "d"].map((letter) => roleOfDigest(image, digest(letter)))).toEqual([
    "manifest",
    "layer",
    "config",
    "layer",
  ]);
  expect(contentOf(image)).toMatchObject({ channels: ["oci"], parts: [{ what: "the config" }] });
  expect(contentOf(image).warnings).toBeUndefined();
  const index = { digest: digest("a"), manifest: parseManifest(Buffer.from('{"manifests":[]}'), "it") };
  expect([roleOfDigest(index, digest("a")), roleOfDigest(index, digest("b")), contentOf(index)]).toEqual([
    "manifest",
    undefined,
    { channels: ["oci"] },
  ]);
});
