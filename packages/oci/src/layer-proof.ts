import type { DigestSet, Proof } from "@colophon/core";
import { attToBundle } from "./att-to-bundle.ts";
import type { Descriptor } from "./descriptor.ts";
import { digestOf } from "./digest.ts";
import { OciError } from "./error.ts";
import { DSSE_LAYER, isAttestationLayer } from "./role.ts";
import type { Source } from "./source.ts";
import type { FoundAttestations } from "./survey.ts";

/** Of one object: each is verified, and all are held in memory. cosign keeps at most as many in one manifest. */
const MAX_PROOFS = 1000;
const MAX_PROOF_BYTES = 128 * 1024 * 1024;
/** Layers that are not as they should be, before the rest is let be: each may cost as much as a good one. */
const MAX_UNREAD = 3;
const OF_ONE_LAYER: ReadonlySet<string> = new Set(["BLOB_MISSING", "BLOB_REFUSED", "DIGEST_MISMATCH", "TOO_LARGE"]);

/** What could be read, and why that is not all of it. */
export interface ReadProofs {
  readonly found: readonly Proof[];
  readonly unread?: OciError;
}

/** Whose attestations are asked for. */
export interface Asked {
  readonly source: Source;
  /** `<algorithm>:<hex>`, the object's own. */
  readonly digests: readonly string[];
  /** Then attestations that name no subject are filed under it. */
  readonly isOnlyImage: boolean;
  /** What the statement in a blob says that it is about. */
  readonly subjectsOf: (blob: string) => Promise<ReadonlySet<string>>;
}

/** The digests by which a layout or registry can name an object. */
export function ownDigests(digest: DigestSet): readonly string[] {
  return ["sha256", "sha512"].flatMap((name) => (Object.hasOwn(digest, name) ? [`${name}:${digest[name]}`] : []));
}

/** Whether one of the subjects is the object. */
export function isFor(subjects: ReadonlySet<string> | readonly string[], digests: readonly string[]): boolean {
  const named = subjects instanceof Set ? subjects : new Set(subjects);
  return digests.some((digest) => named.has(digest));
}

/**
 * The layers that are attestations of the object, in the order of the manifests. One that is not served as it should be
 * hides none of the others. Throws OciError where there are too many.
 */
export async function toProofs(attestations: readonly FoundAttestations[], asked: Asked): Promise<ReadProofs> {
  const found: Proof[] = [];
  const unread: OciError[] = [];
  let held = 0;
  for (const manifest of attestations) {
    const isNamed = manifest.subjects.length > 0 ? isFor(manifest.subjects, asked.digests) : asked.isOnlyImage;
    if (!isNamed && manifest.subjects.length > 0) continue;
    for (const [index, layer] of manifest.layers.entries()) {
      if (!isAttestationLayer(layer)) continue;
      // Where no name tells what it is about, its own statement must, and it is then no more than filed by digest.
      if (!isNamed && !isFor(await asked.subjectsOf(layer.digest), asked.digests)) continue;
      const bytes = await readLayer(asked.source, layer);
      if (bytes instanceof OciError) {
        unread.push(bytes);
        if (unread.length >= MAX_UNREAD || !OF_ONE_LAYER.has(bytes.code))
          return { found, unread: unread[0] as OciError };
        continue;
      }
      const location = `${asked.source.locationOf(manifest.digest)}#layer${index}`;
      const proof = toProof(layer, bytes, { location, filed: isNamed ? "object" : "digest" });
      found.push(proof);
      held += proof.bytes.byteLength;
      if (found.length > MAX_PROOFS || held > MAX_PROOF_BYTES) throw tooMany(asked.digests);
    }
  }
  return { found, ...(unread[0] !== undefined && { unread: unread[0] }) };
}

async function readLayer(source: Source, layer: Descriptor): Promise<Uint8Array | OciError> {
  try {
    return await source.blob(layer);
  } catch (error) {
    if (error instanceof OciError) return error;
    throw error;
  }
}

function toProof(layer: Descriptor, bytes: Uint8Array, filing: Pick<Proof, "location" | "filed">): Proof {
  const kept = layer.mediaType === DSSE_LAYER ? attToBundle(bytes, layer.annotations) : bytes;
  const listedAs = layer.annotations["predicateType"] ?? layer.annotations["in-toto.io/predicate-type"];
  return {
    mediaType: layer.mediaType.slice(0, 200),
    bytes: kept,
    digest: digestOf(kept),
    store: "oci",
    ...filing,
    ...(listedAs !== undefined && { listedAs: listedAs.slice(0, 200) }),
  };
}

function tooMany(digests: readonly string[]): OciError {
  const most = `${MAX_PROOFS} attestations or ${MAX_PROOF_BYTES} bytes`;
  return new OciError("TOO_LARGE", `${digests.join(", ")} has more than ${most}`);
}
