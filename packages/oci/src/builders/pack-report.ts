import { arrayAt, objectAt, stringAt } from "@colophon/core";
import { parse } from "smol-toml";
import { invalid, nothingPushed } from "./failure.ts";
import type { Reading } from "./pushed-images.ts";

/** In UTF-16 code units; a report has one image, and a few lines of each buildpack. */
const MAX_LENGTH = 1024 * 1024;

/** Whether the text is the `report.toml` of a buildpacks lifecycle. */
export function isPackReport(text: string): boolean {
  return /^[ \t]*\[image\]/m.test(text);
}

/** Reads `report.toml`, which `pack build --publish --report-output-dir` leaves (buildpacks platform specification). */
export function readPackReport(text: string, where: string): Reading {
  const image = objectAt(parseToml(text, where), "image");
  const digest = stringAt(image, "digest");
  if (digest === undefined || digest === stringAt(image, "image-id")) {
    const hint = "Build with pack build --publish, and give the report that it writes then.";
    throw nothingPushed(`${where} holds an image-id at most, which is the digest of a config`, hint);
  }
  const tags = arrayAt(image, "tags") ?? [];
  const told = tags.map((name) => {
    if (typeof name === "string") return { name, digest };
    throw invalid(where, "its tags are no list of texts");
  });
  return { from: "pack-report", told: told.length === 0 ? [{ digest }] : told, problems: [] };
}

function parseToml(text: string, where: string): unknown {
  if (text.length > MAX_LENGTH) throw invalid(where, `it has ${text.length} characters, more than a report can`);
  try {
    return parse(text);
  } catch (cause) {
    throw invalid(where, "it is no TOML", "Check that the file is complete.", cause);
  }
}
