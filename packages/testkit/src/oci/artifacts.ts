import { buildTarball } from "../npm/tarball.ts";
import { createContent, IMAGE_CONFIG, IMAGE_INDEX, type OciContent, type OciDescriptor } from "./content.ts";

/** A manifest that is about another one. */
export interface ReferrerOptions {
  readonly artifactType: string;
  /** The one layer, of the media type `artifactType`. */
  readonly content: string | Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An artifact with a `subject`, in the form in which cosign attaches bundles. */
export function buildReferrer(
  { mediaType, digest, size }: OciDescriptor,
  { artifactType, content, annotations }: ReferrerOptions,
): OciContent & { readonly digest: string } {
  const built = createContent();
  // cosign repeats the type here.
  const config = { ...built.addEmptyConfig(), artifactType };
  const layers = [built.addBlob(content, artifactType)];
  const subject = { mediaType, digest, size };
  const { digest: own } = built.addManifest({ artifactType, config, layers, subject, annotations });
  return { ...built.content, digest: own };
}

/** A DSSE envelope in a layer, with the annotations that cosign keeps certificate and log entry in. */
export interface AttLayer {
  readonly envelope: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What cosign before version 3 pushes as `sha256-<hex>.att`. */
export function buildAtt(subject: string, layers: readonly AttLayer[]): OciContent & { readonly digest: string } {
  const built = createContent();
  const added = layers.map(({ envelope, annotations }) =>
    built.addBlob(envelope, "application/vnd.dsse.envelope.v1+json", {
      "dev.cosignproject.cosign/signature": "",
      ...annotations,
    }),
  );
  const diffIds = added.map(({ digest }) => digest);
  const rootfs = { type: "layers", diff_ids: diffIds };
  const config = built.addBlob(JSON.stringify({ architecture: "", os: "", config: {}, rootfs }), IMAGE_CONFIG);
  const tags = [`${toTagPrefix(subject)}.att`];
  return { ...built.content, digest: built.addManifest({ config, layers: added }, { tags }).digest };
}

/** The list of referrers that clients keep under a tag where a registry has no API for it. */
export function buildFallbackIndex(
  subject: string,
  manifests: readonly OciDescriptor[],
): OciContent & { readonly digest: string } {
  const built = createContent();
  const { digest } = built.addManifest({ manifests }, { mediaType: IMAGE_INDEX, tags: [toTagPrefix(subject)] });
  return { ...built.content, digest };
}

/** A Helm chart to be stored as an OCI artifact. */
export interface ChartOptions {
  readonly name: string;
  /** May hold `+`, for which Helm writes `_` into the tag. */
  readonly version: string;
  /** The chart's PGP signature, which Helm calls its provenance; it comes as the first layer. */
  readonly prov?: string;
}

/** A chart as `helm push` stores it: the manifest names neither its media type nor an artifact type. */
export function buildChart({ name, version, prov }: ChartOptions): OciContent & { readonly digest: string } {
  const built = createContent();
  const metadata = { apiVersion: "v2", name, type: "application", version };
  const config = built.addBlob(JSON.stringify(metadata), "application/vnd.cncf.helm.config.v1+json");
  const archive = buildTarball({ "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n` });
  const layers = [
    ...(prov === undefined ? [] : [built.addBlob(prov, "application/vnd.cncf.helm.chart.provenance.v1.prov")]),
    built.addBlob(archive, "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
  ];
  const annotations = { "org.opencontainers.image.title": name, "org.opencontainers.image.version": version };
  const tags = [version.replaceAll("+", "_")];
  return {
    ...built.content,
    digest: built.addManifest({ mediaType: undefined, config, layers, annotations }, { tags }).digest,
  };
}

/** As in the referrers tag schema of the OCI distribution specification: at most 64 characters of the hash. */
function toTagPrefix(digest: string): string {
  const [algorithm = "", encoded = ""] = digest.split(":");
  return `${algorithm}-${encoded.slice(0, 64)}`;
}
