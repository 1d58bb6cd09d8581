import type { Problem } from "@colophon/core";
import { parseDigest } from "../digest.ts";
import { OciError } from "../error.ts";
import { formatRepository, parseReference, type Reference, type Repository } from "../reference.ts";
import { invalid, nothingPushed, quote } from "./failure.ts";

/** The forms in which builders tell what they pushed. */
export type BuilderForm =
  | "buildx-metadata"
  | "buildx-bake-metadata"
  | "digest-file"
  | "docker-push"
  | "goreleaser-digests"
  | "helm-push"
  | "image-references"
  | "jib-image"
  | "oras-push"
  | "pack-report"
  | "skopeo-sync";

/** One manifest in one repository, as a builder tells it. */
export interface PushedImage {
  readonly from: BuilderForm;
  /** Absent where the form tells a digest alone. */
  readonly repository?: Repository;
  /** Those that were told, in that order; none where it was pushed by digest, or they were not told. */
  readonly tags: readonly string[];
  /** `sha256:<hex>` or `sha512:<hex>`. */
  readonly digest: string;
  /** The same form also holds digests of configs, which only the registry can tell from a manifest's. */
  readonly isMaybeConfig: boolean;
}

/** What was to be pushed, and is not told to have been. */
export interface BuilderProblem extends Problem {
  readonly code: "image-digest-unknown" | "image-not-pushed";
  /** What the registry may be asked for, where it was pushed. */
  readonly reference?: Reference;
}

export interface PushedImages {
  readonly images: readonly PushedImage[];
  readonly problems: readonly BuilderProblem[];
}

/** What one form says of one push. `name`: a reference with or without tag and digest. */
export interface Told {
  readonly name?: string;
  readonly digest: string;
}

/** What a reader of a form found. */
export interface Reading {
  readonly from: BuilderForm;
  readonly told: readonly Told[];
  readonly problems: readonly BuilderProblem[];
}

/** Of one file; what is over it is not read. */
export const MAX_TOLD = 10_000;
const NO_DIGEST = `sha256:${"0".repeat(64)}`;
const MAYBE_CONFIG: ReadonlySet<BuilderForm> = new Set(["digest-file", "goreleaser-digests"]);

/**
 * Makes one of what shares repository and digest. Throws BUILDER_OUTPUT_INVALID, NOTHING_PUSHED where nothing is left,
 * and TOO_LARGE.
 */
export function toPushedImages({ from, told, problems }: Reading, where: string): PushedImages {
  if (told.length + problems.length > MAX_TOLD) {
    throw new OciError("TOO_LARGE", `${where} tells of more than ${MAX_TOLD} images`);
  }
  const [first] = problems;
  if (told.length === 0 && !problems.some(({ reference }) => reference !== undefined)) {
    throw nothingPushed(first?.message ?? `${where} names no image`, first?.hint);
  }
  const images = new Map<string, PushedImage & { readonly tags: string[] }>();
  const digests = new Map<string, string>();
  for (const one of told) {
    const { digest, tag, repository } = readTold(one, where);
    const name = repository && formatRepository(repository);
    const image = images.get(`${name}@${digest}`) ?? {
      from,
      ...(repository && { repository }),
      tags: [],
      digest,
      isMaybeConfig: MAYBE_CONFIG.has(from),
    };
    images.set(`${name}@${digest}`, image);
    if (tag === undefined) continue;
    const before = digests.get(`${name}:${tag}`);
    if (before !== undefined && before !== digest) {
      throw invalid(where, `${name}:${tag} is told to be ${before}, and ${digest}`, "Give the output of one push.");
    }
    if (before === undefined) image.tags.push(tag);
    digests.set(`${name}:${tag}`, digest);
  }
  return { images: [...images.values()], problems };
}

interface Named {
  readonly digest: string;
  readonly tag?: string | undefined;
  readonly repository?: Repository;
}

function readTold({ name, digest }: Told, where: string): Named {
  try {
    parseDigest(digest, "what was pushed");
    if (name === undefined) return { digest };
    // With a digest, a name without tag is not taken for `latest`: it was pushed by its digest.
    const { tag, digest: own, ...repository } = parseReference(name.includes("@") ? name : `${name}@${digest}`);
    if (own !== digest) throw invalid(where, `${quote(name)} is told to be ${digest}`);
    return { digest, tag, repository };
  } catch (error) {
    if (!(error instanceof OciError) || error.code === "BUILDER_OUTPUT_INVALID") throw error;
    throw invalid(where, error.message, error.hint, error);
  }
}

/** The builder says that it pushed an image, and not its digest. Throws BUILDER_OUTPUT_INVALID where that is no name. */
export function digestUnknown(name: string, where: string): BuilderProblem {
  const reference = readTold({ name, digest: NO_DIGEST }, where);
  return {
    code: "image-digest-unknown",
    message: `${where} names ${quote(name)} without its digest`,
    hint: "Check that it was pushed; its digest is the registry's to tell.",
    // Without a tag nobody knows which it was: it need not have been `latest`.
    ...(reference.tag !== undefined &&
      reference.repository && { reference: { ...reference.repository, tag: reference.tag } }),
  };
}
