import type { Descriptor } from "../descriptor.ts";
import { digestOf, parseDigest } from "../digest.ts";
import { OciError } from "../error.ts";
import type { Repository } from "../reference.ts";
import type { Connection } from "./connection.ts";
import { exchange } from "./exchange.ts";
import { errorOfStatus } from "./failure.ts";

/** Far more than any attestation has. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Reads a blob of at most 32 MB: not one byte more than its descriptor says, and checked. Throws OciError. */
export async function fetchBlob(
  connection: Connection,
  repository: Repository,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
): Promise<Uint8Array> {
  const { algorithm } = parseDigest(digest, "the blob asked for");
  if (size > MOST_BYTES) throw new OciError("TOO_LARGE", `${digest} has ${size} bytes, more than ${MOST_BYTES}`);
  // The body of an error may be longer than a small blob.
  const maxBytes = Math.max(size, 4096);
  const answer = await exchange(connection, repository, { path: `blobs/${digest}`, maxBytes });
  if (answer.code === 404) {
    throw new OciError("BLOB_MISSING", `${digest} is not in the registry (404)`, {
      hint: "Push it again, with everything that it names.",
    });
  }
  if (answer.code !== 200) throw errorOfStatus(answer, digest, true);
  const { bytes } = answer;
  const found = digestOf(bytes, algorithm);
  if (bytes.byteLength === size && found === digest) return bytes;
  const served = `${bytes.byteLength} bytes, ${found}`;
  throw new OciError("DIGEST_MISMATCH", `${digest} of ${size} bytes: the registry serves ${served}`, {
    hint: "Ask again, without the proxy or mirror between; if it stays so, ask the registry's operator.",
  });
}
