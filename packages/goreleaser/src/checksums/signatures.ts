import type { Artifact } from "../artifact.ts";
import { quote } from "../error.ts";
import type { Checksums } from "./parse.ts";

/**
 * Leaves out the lines of signatures and certificates, with a warning each: GoReleaser 2.15.0 and 2.15.1 wrote the
 * checksum file again after it was signed, then with them, so that the signature is of another file.
 */
export function withoutSignatures({ entries, warnings }: Checksums, artifacts: readonly Artifact[]): Checksums {
  const types = new Map(
    artifacts
      .filter(({ type }) => type === "Signature" || type === "Certificate")
      .map(({ name, type }) => [name, type]),
  );
  const left = entries.filter(({ name }) => types.has(name));
  return {
    entries: entries.filter(({ name }) => !types.has(name)),
    warnings: [
      ...warnings,
      ...left.map(({ name, line }) => ({
        code: "checksum-of-signature",
        message:
          `line ${line} is of ${quote(name)}, a ${types.get(name)}: ` +
          "the checksum file was written again after it was signed (as GoReleaser 2.15.0 and 2.15.1 do)",
      })),
    ],
  };
}
