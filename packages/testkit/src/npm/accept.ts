import { createHash } from "node:crypto";
import { memberString } from "../json.ts";
import type { EmbeddedSigstore } from "../sigstore/start.ts";
import { buildNpmPublishAttestation } from "../statements.ts";
import type { Caller } from "./access.ts";
import {
  distTagsOf,
  toIntegrity,
  type ListedAttestation,
  type PackageVersion,
  type RegistryPackage,
} from "./package-data.ts";
import { readStatement, type Publication } from "./publish.ts";

/** What a registry signs with when a version comes with provenance. */
export type RegistrySigner = Pick<EmbeddedSigstore, "attestWithKey" | "registryKey">;

/** The registry's own attestation of the publish, by its key, and beside it the provenance that came along. */
export async function attestPublication(
  { name, version, tarball, bundle }: Publication,
  registry: string,
  signer: RegistrySigner | undefined,
): Promise<ListedAttestation[] | undefined> {
  if (bundle === undefined) return undefined;
  const provenance = {
    predicateType: memberString(readStatement(bundle), "predicateType"),
    bundle: JSON.parse(bundle) as unknown,
  };
  if (signer === undefined) return [provenance];
  const sha512 = createHash("sha512").update(tarball).digest("hex");
  const statement = buildNpmPublishAttestation({ name, version, sha512 }, registry);
  const { privateKey: key, keyId } = signer.registryKey;
  const publish = await signer.attestWithKey({ statement, key, keyId });
  return [{ predicateType: statement.predicateType, bundle: publish }, provenance];
}

/** A package with one more version, as of now. */
export function addPublication(
  known: RegistryPackage | undefined,
  publication: Publication,
  caller: Caller,
  attestations: readonly ListedAttestation[] | undefined,
): RegistryPackage {
  const { name, version, manifest, tarball, access } = publication;
  const added: PackageVersion = {
    version,
    tarball,
    manifest,
    integrity: toIntegrity(tarball),
    shasum: createHash("sha1").update(tarball).digest("hex"),
    publishedAt: new Date().toISOString(),
    ...(caller.trustedBy === undefined ? {} : { publisher: "trustedPublisher" }),
    ...(attestations === undefined ? {} : { attestations }),
  };
  return {
    ...known,
    name,
    versions: [...(known?.versions ?? []), added],
    // A package always has a `latest`, whatever tag its first version came with.
    distTags: { latest: version, ...(known && distTagsOf(known)), ...publication.distTags },
    ...(access === undefined ? {} : { access }),
  };
}
