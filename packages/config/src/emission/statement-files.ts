import { parsePurl } from "@colophon/core";
import { attestationFiles } from "@colophon/workspace";

/**
 * Names of the files for a statement about these subjects: for an image `<name>-<algorithm>-<hex>.sigstore.json`, whatever
 * platforms and repositories it has besides, else as `attestationFiles` has them.
 */
export function statementFiles(subjects: readonly string[]): ReturnType<typeof attestationFiles> {
  const [first = ""] = subjects;
  if (!first.startsWith("pkg:oci/")) return attestationFiles(subjects);
  const { name, version = "" } = parsePurl(first);
  return attestationFiles([`${name}-${version.replace(":", "-")}`]);
}
