import type { ObjectPart, ReleaseObject, Warning } from "@colophon/core";
import type { Descriptor } from "./descriptor.ts";
import { parseDigest } from "./digest.ts";
import type { FetchedManifest } from "./registry/fetch-manifest.ts";

const CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json";
/** Today's type, and the one that Helm pushed while its registry support was experimental. */
const ARCHIVES: ReadonlySet<string> = new Set([
  "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  "application/tar+gzip",
]);
const PGP_SIGNATURE = "application/vnd.cncf.helm.chart.provenance.v1.prov";

/** Whether the manifest is a Helm chart: its config says so, and often nothing else. */
export function isChart({ manifest }: Pick<FetchedManifest, "manifest">): boolean {
  return manifest.kind === "manifest" && manifest.config.mediaType === CHART_CONFIG;
}

/** Which digest of an image or chart it is; only the manifest's is what people pull by. */
export type DigestRole = "manifest" | "config" | "chart-archive" | "chart-signature" | "layer";

/** What a digest (`<algorithm>:<hex>`) is in a manifest; undefined where the manifest does not name it. */
export function roleOfDigest(
  { digest: own, manifest }: Pick<FetchedManifest, "digest" | "manifest">,
  digest: string,
): DigestRole | undefined {
  if (digest === own) return "manifest";
  if (manifest.kind === "index") return undefined;
  if (digest === manifest.config.digest) return "config";
  const layer = manifest.layers.find((one) => one.digest === digest);
  if (layer === undefined) return undefined;
  const isOfChart = isChart({ manifest });
  if (isOfChart && isArchive(layer)) return "chart-archive";
  return isOfChart && layer.mediaType === PGP_SIGNATURE ? "chart-signature" : "layer";
}

/** What of a release object its manifest's content tells. */
export function contentOf(
  fetched: Pick<FetchedManifest, "manifest">,
): Pick<ReleaseObject, "channels" | "parts" | "warnings"> {
  const parts = partsOf(fetched);
  const warnings = pgpWarnings(fetched);
  return {
    channels: isChart(fetched) ? ["oci", "helm"] : ["oci"],
    ...(parts.length > 0 && { parts }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** The digests that people take for the manifest's: a chart's archive, wherever it stands, and the config. */
function partsOf({ manifest }: Pick<FetchedManifest, "manifest">): readonly ObjectPart[] {
  if (manifest.kind === "index") return [];
  const archives = isChart({ manifest }) ? manifest.layers.filter(isArchive) : [];
  return [
    ...archives.map(({ digest }) => toPart("the chart's archive", digest)),
    toPart("the config", manifest.config.digest),
  ];
}

function toPart(what: string, digest: string): ObjectPart {
  const { algorithm, hex } = parseDigest(digest, digest);
  return { what, digest: { [algorithm]: hex } };
}

function isArchive({ mediaType }: Descriptor): boolean {
  return ARCHIVES.has(mediaType);
}

/** What Helm calls provenance is a PGP signature. */
function pgpWarnings({ manifest }: Pick<FetchedManifest, "manifest">): readonly Warning[] {
  const isSigned = isChart({ manifest }) && manifest.kind === "manifest" && manifest.layers.some(isPgp);
  return isSigned ? [pgpSignature("its manifest holds")] : [];
}

export function pgpSignature(where: string): Warning {
  return { code: "pgp-signature", message: `${where} a PGP signature (.prov): a signature, not provenance` };
}

function isPgp({ mediaType }: Descriptor): boolean {
  return mediaType === PGP_SIGNATURE;
}
