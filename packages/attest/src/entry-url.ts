/** Where the public log (rekor.sigstore.dev) shows the entry of a Sigstore bundle; null where it has none there. */
export function publicEntryUrl(bundle: Uint8Array): string | null {
  const { verificationMaterial } = JSON.parse(Buffer.from(bundle).toString("utf8")) as {
    verificationMaterial?: { tlogEntries?: { logIndex?: string; logId?: { keyId?: string } }[] };
  };
  const [entry] = verificationMaterial?.tlogEntries ?? [];
  return entry?.logId?.keyId === PUBLIC_REKOR ? `https://search.sigstore.dev/?logIndex=${entry.logIndex}` : null;
}

/** Id of the log rekor.sigstore.dev, as in the public-good trust root. */
const PUBLIC_REKOR = "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=";
