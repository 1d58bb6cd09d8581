import { formatJson, parseJson } from "./json.ts";
import { readMembers, type Members } from "./members.ts";

/** `metadata.json`: what was released. Members that are not known are kept. */
export interface Metadata {
  readonly project_name: string;
  /** The git tag, such as `v1.4.0`. */
  readonly tag: string;
  /** Empty where there is none. */
  readonly previous_tag?: string;
  readonly version: string;
  /** The git commit in hexadecimal; without a repository `none`. */
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
  readonly runtime?: MetadataRuntime;
  readonly [member: string]: unknown;
}

/** What the tool ran on, by the names that Go has for it: `linux` and `amd64`. */
export interface MetadataRuntime {
  readonly goos?: string;
  readonly goarch?: string;
  readonly [member: string]: unknown;
}

const MEMBERS: Members = {
  project_name: "text",
  tag: "text",
  previous_tag: "text",
  version: "text",
  commit: "text",
  date: "date",
  runtime: "object",
};

/**
 * Reads `metadata.json` as `schemas/metadata-1.json` describes it. Nothing is dropped: `formatMetadata` gives the same
 * JSON back. Throws METADATA_INVALID or TOO_LARGE.
 */
export function parseMetadata(text: string): Metadata {
  const value = parseJson(text, "metadata.json", "METADATA_INVALID");
  const required = ["project_name", "tag", "version", "commit", "date"];
  const metadata = readMembers(value, MEMBERS, required, "metadata.json", "METADATA_INVALID");
  readMembers(
    metadata["runtime"] ?? {},
    { goos: "text", goarch: "text" },
    [],
    "metadata.json, runtime",
    "METADATA_INVALID",
  );
  return metadata as Metadata;
}

/** Writes `metadata.json` as GoReleaser does: on one line, without a line break at the end. */
export function formatMetadata(metadata: Metadata): string {
  return formatJson(metadata);
}
