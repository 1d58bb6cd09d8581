import { isStrong } from "@colophon/core";
import { algorithmOf } from "./checksums/algorithm.ts";
import { GoreleaserError, quote } from "./error.ts";
import { parseImageReference } from "./image-reference.ts";
import type { ImageDigest } from "./images.ts";
import { compareText, readLines } from "./text.ts";

const MAX_IMAGES = 100_000;
const LINE = /^(?<digits>[0-9A-Fa-f]*)\s+(?<reference>\S+)$/;

/**
 * Reads `digests.txt`, which GoReleaser from 2.12 writes of the images that it pushed: `hex  reference`, and two spaces
 * before the reference alone where the digest is not known. Those that it built with ko are not in it.
 * `file` is its bytes, or its text. Throws CHECKSUM_LINE, CHECKSUM_ALGORITHM, IMAGE_REFERENCE, TEXT_UNREADABLE or TOO_LARGE.
 */
export function parseImageDigests(file: Uint8Array | string, fileName: string): readonly ImageDigest[] {
  const images: ImageDigest[] = [];
  for (const [index, text] of readLines(file, fileName).entries()) {
    if (text.trim() !== "") images.push(readImage(text.trimEnd(), `${fileName}, line ${index + 1}`));
    if (images.length > MAX_IMAGES) {
      throw new GoreleaserError("TOO_LARGE", `${fileName} names more than ${MAX_IMAGES} images`);
    }
  }
  return images;
}

function readImage(text: string, where: string): ImageDigest {
  const { digits, reference } = LINE.exec(text)?.groups ?? {};
  if (digits === undefined || reference === undefined) {
    throw new GoreleaserError("CHECKSUM_LINE", `${where} is not "<hex>  <image>": ${quote(text)}`);
  }
  parseImageReference(reference);
  if (digits === "") return { reference, digest: {} };
  const algorithm = algorithmOf(digits, undefined, undefined) ?? `of ${digits.length} digits`;
  if (!isStrong(algorithm)) {
    throw new GoreleaserError("CHECKSUM_ALGORITHM", `${where}: a digest ${algorithm} proves nothing: ${quote(text)}`);
  }
  return { reference, digest: { [algorithm]: digits.toLowerCase() } };
}

/** Writes `digests.txt` as GoReleaser does, sorted by reference; a digest that is not known is left empty. Throws IMAGE_REFERENCE. */
export function formatImageDigests(images: readonly ImageDigest[]): string {
  return images
    .toSorted((left, right) => compareText(left.reference, right.reference))
    .map(({ reference, digest }) => {
      parseImageReference(reference);
      return `${digest["sha256"] ?? digest["sha512"] ?? digest["sha384"] ?? ""}  ${reference}\n`;
    })
    .join("");
}
