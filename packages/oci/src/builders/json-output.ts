import { arrayAt, CoreError, isObject, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { OciError } from "../error.ts";
import { KINDS } from "../manifest.ts";
import { readBuildx } from "./buildx.ts";
import { invalid, nothingPushed, quote } from "./failure.ts";
import type { Reading, Told } from "./pushed-images.ts";

/** Reads the JSON of buildx, Jib or ORAS; undefined for other JSON. Throws BUILDER_OUTPUT_INVALID or NOTHING_PUSHED. */
export function readJsonOutput(text: string, where: string): Reading | undefined {
  const value = parse(text, where);
  if (!isObject(value)) return undefined;
  return readBuildx(value, where) ?? readJib(value, where) ?? readOras(value, where);
}

function parse(text: string, where: string): unknown {
  try {
    return parseStrictJson(text, where);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    throw new OciError("BUILDER_OUTPUT_INVALID", cause.message, { hint: cause.hint, cause });
  }
}

/** Reads `jib-image.json`, which Jib writes of what it built into a registry, a daemon or a tar file. */
function readJib(value: JsonObject, where: string): Reading | undefined {
  const image = stringAt(value, "image");
  const digest = stringAt(value, "imageDigest");
  const isPushed = value["imagePushed"];
  if (image === undefined || (digest === undefined && isPushed === undefined)) return undefined;
  if (isPushed !== undefined && isPushed !== true) {
    throw nothingPushed(`${where}: Jib built ${quote(image)}, and did not push it`, "Build with jib:build, or jib.");
  }
  if (digest === undefined) throw nothingPushed(`${where} holds no imageDigest`, "The imageId is its config's.");
  // `image` leaves `latest` out, as `tags` does not.
  const tags = textsAt(value, "tags", where);
  const colon = image.indexOf(":", image.lastIndexOf("/") + 1);
  const base = colon === -1 ? image : image.slice(0, colon);
  const told = tags.map((tag): Told => ({ name: `${base}:${tag}`, digest }));
  return { from: "jib-image", told: tags.length === 0 ? [{ name: image, digest }] : told, problems: [] };
}

/** Reads `oras push --format json`. */
function readOras(value: JsonObject, where: string): Reading | undefined {
  const [name, digest, mediaType] = ["reference", "digest", "mediaType"].map((key) => stringAt(value, key));
  if (name === undefined || digest === undefined || mediaType === undefined) return undefined;
  if (!("referenceAsTags" in value)) {
    const what = `${quote(stringAt(value, "artifactType") ?? mediaType)} at ${quote(name)}`;
    const hint = "What oras attach tells is about an image: give the digest of that image, or what oras push tells.";
    throw nothingPushed(`${where} tells of no push, but of ${what}`, hint);
  }
  if (!Object.hasOwn(KINDS, mediaType)) throw invalid(where, `${quote(mediaType)} is not the type of a manifest`);
  // Without a tag ORAS writes the colon all the same.
  const tagged = value["referenceAsTags"] === null ? [] : textsAt(value, "referenceAsTags", where);
  const names = [name, ...tagged.filter((tag) => !tag.endsWith(":"))];
  return { from: "oras-push", told: names.map((one) => ({ name: one, digest })), problems: [] };
}

function textsAt(value: JsonObject, key: string, where: string): readonly string[] {
  const list = key in value ? arrayAt(value, key) : [];
  const texts = list?.filter((item) => typeof item === "string");
  if (texts === undefined || texts.length !== list?.length) throw invalid(where, `${key} is no list of texts`);
  return texts;
}
