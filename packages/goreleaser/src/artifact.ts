import { GoreleaserError } from "./error.ts";
import { formatJson, parseJson } from "./json.ts";
import { readMembers, type Members } from "./members.ts";

const MAX_ARTIFACTS = 100_000;

/** One entry of `artifacts.json`, with the members that GoReleaser gives it. Members that are not known are kept. */
export interface Artifact {
  /** As it is published: the name of a release's asset, or an image's reference. */
  readonly name: string;
  /**
   * Of a file: its path from the folder in which the tool ran, `/` between segments. It is not trusted: a file that the
   * project adds may lie anywhere. Of an image: its reference.
   */
  readonly path: string;
  /** What it is, such as `Archive` (`roleOf` knows which there are). An open set: what is not known is kept. */
  readonly type: string;
  /**
   * GoReleaser's own number of the type. The same in every version from 1 (Archive) to 15 (Source) alone, so read and
   * write no other.
   */
  readonly internal_type?: number;
  /** `GOOS` and `GOARCH` as Go names them, and the level of the architecture. */
  readonly goos?: string;
  readonly goarch?: string;
  readonly goamd64?: string;
  readonly go386?: string;
  readonly goarm?: string;
  readonly goarm64?: string;
  readonly gomips?: string;
  readonly goppc64?: string;
  readonly goriscv64?: string;
  /** The whole target, such as `linux_amd64_v1`. */
  readonly target?: string;
  readonly extra?: ArtifactExtra;
  readonly [member: string]: unknown;
}

/** What else is told of an artifact: it depends on its type. */
export interface ArtifactExtra {
  /** The id in the tool's configuration. */
  readonly ID?: string;
  /** `<algorithm>:<hex>` of the file, where it was hashed. */
  readonly Checksum?: string;
  /** Of a checksum file for one artifact alone: the artifact's path. */
  readonly ChecksumOf?: string;
  /** `<algorithm>:<hex>` of an image. */
  readonly Digest?: string;
  /** In bytes. */
  readonly Size?: number;
  readonly [member: string]: unknown;
}

const MEMBERS: Members = {
  name: "text",
  path: "text",
  type: "text",
  internal_type: "size",
  goos: "text",
  goarch: "text",
  goamd64: "text",
  go386: "text",
  goarm: "text",
  goarm64: "text",
  gomips: "text",
  goppc64: "text",
  goriscv64: "text",
  target: "text",
  extra: "object",
};

const EXTRA_MEMBERS: Members = { ID: "text", Checksum: "text", ChecksumOf: "text", Digest: "text", Size: "size" };

/**
 * Reads `artifacts.json`, of GoReleaser from 1.0 or of Colophon, as `schemas/artifacts-1.json` describes it. Nothing
 * is dropped: `formatArtifacts` gives the same JSON back. Throws ARTIFACTS_INVALID or TOO_LARGE.
 */
export function parseArtifacts(text: string): readonly Artifact[] {
  const value = parseJson(text, "artifacts.json", "ARTIFACTS_INVALID");
  if (!Array.isArray(value)) throw new GoreleaserError("ARTIFACTS_INVALID", "artifacts.json is not a list");
  if (value.length > MAX_ARTIFACTS) {
    throw new GoreleaserError(
      "TOO_LARGE",
      `artifacts.json lists ${value.length} artifacts, more than ${MAX_ARTIFACTS}`,
    );
  }
  value.forEach(checkArtifact);
  return value as readonly Artifact[];
}

function checkArtifact(entry: unknown, index: number): void {
  const where = `artifacts.json, entry ${index}`;
  const { extra = {} } = readMembers(entry, MEMBERS, ["name", "path", "type"], where, "ARTIFACTS_INVALID");
  readMembers(extra, EXTRA_MEMBERS, [], `${where}, extra`, "ARTIFACTS_INVALID");
}

/** Writes `artifacts.json` as GoReleaser does: on one line, without a line break at the end. */
export function formatArtifacts(artifacts: readonly Artifact[]): string {
  return formatJson(artifacts);
}
