import { quote, refuse, type Refusal } from "./refusal.ts";

/** The spellings of the versions that this package knows (sigstore_bundle.proto, `Bundle.media_type`). */
const KNOWN: ReadonlySet<unknown> = new Set([
  "application/vnd.dev.sigstore.bundle.v0.3+json",
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
]);

const OTHER_VERSION =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d+(?:\.\d+){0,3}\+json|\+json;version=\d+(?:\.\d+){0,3})$/;

/** Undefined where the media type is one that we read; the library below takes any digit and any ending. */
export function refuseMediaType(mediaType: unknown): Refusal | undefined {
  if (KNOWN.has(mediaType)) return undefined;
  if (typeof mediaType === "string" && OTHER_VERSION.test(mediaType)) {
    return refuse(
      "bundle",
      "unprovable",
      "bundle-version-unknown",
      `the bundle's version is not known: ${quote(mediaType)}`,
      { hint: "Versions 0.1, 0.2 and 0.3 are read; update this tool, or have the bundle made in one of these." },
    );
  }
  const found = mediaType === undefined ? "the bundle has no media type" : `media type ${quote(mediaType)}`;
  return refuse("bundle", "unprovable", "bundle-media-type", `not a Sigstore bundle: ${found}`, {
    hint: "A bundle says application/vnd.dev.sigstore.bundle.v0.3+json, or an older version's spelling.",
  });
}

/** Whether the type under which a store hands something out says that it is a Sigstore bundle. */
export function isBundleMediaType(mediaType: string): boolean {
  return mediaType.startsWith("application/vnd.dev.sigstore.bundle");
}
