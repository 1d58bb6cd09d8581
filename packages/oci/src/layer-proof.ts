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

/** The layers that are attestations of the object, in the order of the manifests. Throws OciError. */
export async function toProofs(attestations: readonly FoundAttestations[], asked: Asked): Promise<readonly Proof[]> {
  const found: Proof[] = [];
  let held = 0;
  for (const manifest of attestations) {
    const isNamed = manifest.subjects.length > 0 ? isFor(manifest.subjects, asked.digests) : asked.isOnlyImage;
    if (!isNamed && manifest.subjects.length > 0) continue;
    for (const [index, layer] of manifest.layers.entries()) {
      if (!isAttestationLayer(layer)) continue;
      // Where no name tells what it is about, its own statement must, and it is then no more than filed by digest.
      if (!isNamed && !isFor(await asked.subjectsOf(layer.digest), asked.digests)) continue;
      const bytes = await asked.source.blob(layer);
      const location = `${asked.source.locationOf(manifest.digest)}#layer${index}`;
      const proof = toProof(layer, bytes, { location, filed: isNamed ? "object" : "digest" });
      found.push(proof);
      held += proof.bytes.byteLength;
      if (found.length > MAX_PROOFS || held > MAX_PROOF_BYTES) throw tooMany(asked.digests);
    }
  }
  return found;
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
