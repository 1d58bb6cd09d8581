import type { Warning } from "@colophon/core";
import type { PushedImages } from "../builders/pushed-images.ts";
import { OciError } from "../error.ts";
import { formatReference, formatRepository, parseReference, type Reference, type Repository } from "../reference.ts";
import type { PushedReference } from "./confirm-image.ts";

/** What is to be confirmed, and what a builder says that it did not push. */
export interface MatchedPushed {
  readonly pushed: readonly PushedReference[];
  readonly warnings: readonly Warning[];
}

interface Told {
  readonly repository?: Repository;
  readonly tags: readonly string[];
  readonly digest: string;
}

/**
 * Puts together the names that a user gives and what builders tell. Without names, everything that builders name; with
 * names those alone, each with the digest that is told of it: of that tag, of its repository, or the one digest that is
 * told at all. Throws PUSHED_UNMATCHED, or as `parseReference` does.
 */
export function matchPushed(names: readonly string[], outputs: readonly PushedImages[]): MatchedPushed {
  const references = names.map((name) => parseNamed(name, outputs.length > 0));
  const told = outputs.flatMap(({ images }) => images);
  const problems = outputs.flatMap((output) => output.problems);
  const warnings = problems.map(({ code, message }) => ({ code, message }));
  const unknown = problems.flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
  const named =
    references.length > 0
      ? references.map((reference) => withDigest(reference, told))
      : [...told.map(withRepository), ...unknown.map(toPushed)];
  if (named.length === 0) {
    throw new OciError("PUSHED_UNMATCHED", "no image is named", {
      hint: "Name it like ghcr.io/acme/widget:1.4.0, or give what its builder wrote.",
    });
  }
  return { pushed: merge(named), warnings };
}

function withDigest(reference: Reference, told: readonly Told[]): PushedReference {
  if (told.length === 0) return toPushed(reference);
  const { tag } = reference;
  const same = told.filter(
    ({ repository }) => repository && formatRepository(repository) === formatRepository(reference),
  );
  if (reference.digest !== undefined && told.some(({ digest }) => digest === reference.digest))
    return toPushed(reference);
  const tagged = same.filter(({ tags }) => tag !== undefined && tags.includes(tag));
  const [digests = []] = [tagged, same, told]
    .map((list) => [...new Set(list.map(({ digest }) => digest))])
    .filter((list) => list.length > 0);
  const [only, ...others] = digests;
  if (only === undefined || others.length > 0) {
    const message = `${formatReference(reference)}: builders tell of ${digests.length} images that it may be`;
    throw new OciError("PUSHED_UNMATCHED", message, { hint: "Name it with its digest, or give one file for each." });
  }
  if (reference.digest !== undefined && reference.digest !== only) {
    const message = `${formatReference(reference)}: its builder tells of ${only}`;
    throw new OciError("PUSHED_UNMATCHED", message, { hint: "Leave the digest away, or give the file of that build." });
  }
  return { ...toPushed(reference), digest: only };
}

/** Without a tag it is Docker's `latest` only as long as no builder tells what was pushed. */
function parseNamed(name: string, isTold: boolean): Reference {
  const { tag, ...rest } = parseReference(name);
  const isNamed = /:[^/]*$/.test(name.replace(/@.*$/s, ""));
  return tag === undefined || (isTold && !isNamed) ? rest : { ...rest, tag };
}

function withRepository({ repository, tags, digest }: Told): PushedReference {
  if (repository !== undefined) return { ...repository, tags, digest };
  throw new OciError("PUSHED_UNMATCHED", `nothing tells in which repository ${digest} is`, {
    hint: "Name the image too: colophon-container-push ghcr.io/acme/widget:1.4.0 --digest-file FILE.",
  });
}

function toPushed({ tag, ...rest }: Reference): PushedReference {
  return { ...rest, tags: tag === undefined ? [] : [tag] };
}

/** One for each digest in a repository, with all its tags. */
function merge(named: readonly PushedReference[]): readonly PushedReference[] {
  const groups = Map.groupBy(named, (one) => `${formatRepository(one)}@${one.digest ?? one.tags.join()}`);
  return [...groups.values()].map((group) => ({
    ...(group[0] as PushedReference),
    tags: [...new Set(group.flatMap(({ tags }) => tags))],
  }));
}
