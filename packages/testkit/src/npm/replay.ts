import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TestkitError } from "../error.ts";
import { memberObject, memberString, type JsonValue } from "../json.ts";
import type { ListedAttestation, PackageVersion, RegistryPackage } from "./package-data.ts";
import { readPackageJson } from "./tarball.ts";

/** Files of a folder to be served: `<artifact>.tgz`, and beside it `<artifact>.tgz.json`, the attestations answer. */
export interface Replay {
  readonly folder: string;
  /** Names of the tarballs, one for each version of a package. */
  readonly artifacts: readonly string[];
}

/** Reads tarballs and recorded answers as packages. Throws `REPLAY_CONFLICT` where two name the same version. */
export async function readReplay({ folder, artifacts }: Replay): Promise<RegistryPackage[]> {
  const packages = new Map<string, PackageVersion[]>();
  for (const artifact of artifacts) {
    const { name, version } = await readArtifact(join(folder, artifact));
    const versions = packages.get(name) ?? [];
    if (versions.some((other) => other.version === version.version)) {
      throw new TestkitError("REPLAY_CONFLICT", `${artifact} is ${name}@${version.version} once more`, {
        hint: "replay one variant of a version at a time",
      });
    }
    packages.set(name, [...versions, version]);
  }
  return [...packages].map(([name, versions]) => ({ name, versions }));
}

async function readArtifact(file: string): Promise<{ name: string; version: PackageVersion }> {
  const tarball = await readFile(file);
  const attestationsAnswer = await readFile(`${file}.json`);
  const manifest = readPackageJson(tarball);
  const answer = memberObject(JSON.parse(attestationsAnswer.toString("utf8")) as JsonValue);
  const listed = Array.isArray(answer["attestations"]) ? answer["attestations"] : [];
  const attestations: ListedAttestation[] = listed.map((attestation) => ({
    predicateType: memberString(memberObject(attestation), "predicateType"),
    bundle: memberObject(attestation, "bundle"),
  }));
  const version = { version: memberString(manifest, "version"), tarball, manifest, attestations, attestationsAnswer };
  return { name: memberString(manifest, "name"), version };
}
