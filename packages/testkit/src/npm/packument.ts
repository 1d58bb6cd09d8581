import { sign } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { RegistryKey } from "../sigstore/registry-key.ts";
import { distTagsOf, integrityOf, toTarballName, type PackageVersion, type RegistryPackage } from "./package-data.ts";

/** Where a registry stands, which key it signs with, and whether it keeps what proves provenance. */
export interface PackumentContext {
  /** Base URL with the path prefix, without a slash at its end. */
  readonly base: string;
  readonly key: RegistryKey | undefined;
  /** Leaves out `dist.attestations` and `dist.signatures`, as many mirrors do. */
  readonly mirror: boolean;
}

const FIRST_PUBLISHED = Date.parse("2024-01-01T00:00:00.000Z");
const HOUR = 3_600_000;
/** The fields of a version that the abbreviated form keeps (npm/registry, package-metadata.md). */
const ABBREVIATED = ["name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies"];
const FURTHER = ["bundleDependencies", "peerDependencies", "bin", "directories", "dist", "engines", "hasInstallScript"];

/** The whole packument of a package. */
export function buildPackument(pkg: RegistryPackage, context: PackumentContext): JsonObject {
  const { name, versions = [], unpublished } = pkg;
  const time = timesOf(pkg);
  if (unpublished !== undefined) {
    return { _id: name, name, time: { ...time, unpublished: { ...unpublished, versions: [...unpublished.versions] } } };
  }
  const manifests = versions.map((version) => [version.version, buildManifest(name, version, context)] as const);
  const distTags = distTagsOf(pkg);
  const repository = manifests.find(([version]) => version === distTags["latest"])?.[1]["repository"];
  return { _id: name, name, "dist-tags": { ...distTags }, versions: Object.fromEntries(manifests), time, repository };
}

/** The abbreviated packument (`application/vnd.npm.install-v1+json`): no times, no repository. */
export function abbreviatePackument(packument: JsonObject): JsonObject {
  const kept = new Set([...ABBREVIATED, ...FURTHER]);
  const versions = Object.entries((packument["versions"] ?? {}) as Record<string, JsonObject>).map(
    ([version, manifest]) => [
      version,
      Object.fromEntries(Object.entries(manifest).filter(([field]) => kept.has(field))),
    ],
  );
  const modified = ((packument["time"] ?? {}) as JsonObject)["modified"];
  return {
    name: packument["name"],
    "dist-tags": packument["dist-tags"],
    versions: Object.fromEntries(versions) as JsonObject,
    modified,
  };
}

function buildManifest(name: string, version: PackageVersion, context: PackumentContext): JsonObject {
  const integrity = integrityOf(name, version);
  const dist: JsonObject = {
    integrity,
    ...(version.shasum === undefined ? {} : { shasum: version.shasum }),
    tarball: `${context.base}/${name}/-/${toTarballName(name, version.version)}`,
  };
  if (!context.mirror) Object.assign(dist, buildProofs(name, version, integrity, context));
  const _npmUser = version.publisher && buildPublisher(version.publisher);
  return { name, version: version.version, ...version.manifest, ...(_npmUser && { _npmUser }), dist };
}

/** `_npmUser` of a job on GitHub; pnpm's trustPolicy looks at whether the members beside name and address are there. */
function buildPublisher(publisher: NonNullable<PackageVersion["publisher"]>): JsonObject {
  const trustedPublisher = { id: "github", oidcConfigId: "oidc:00000000-0000-4000-8000-000000000000" };
  const job = { name: "GitHub Actions", email: "npm-oidc-no-reply@github.com", trustedPublisher };
  return publisher === "trustedPublisher" ? job : { ...job, approver: { name: "acme-maintainer" } };
}

function buildProofs(name: string, version: PackageVersion, integrity: string, context: PackumentContext): JsonObject {
  const { key, base } = context;
  const proofs: JsonObject = {};
  if (key !== undefined) {
    const signed = Buffer.from(`${name}@${version.version}:${integrity}`);
    proofs["signatures"] = [{ keyid: key.keyId, sig: sign("sha256", signed, key.privateKey).toString("base64") }];
  }
  if (version.attestations !== undefined) {
    const predicateType = version.attestations.find((listed) =>
      listed.predicateType.includes("/provenance/"),
    )?.predicateType;
    proofs["attestations"] = {
      url: `${base}/-/npm/v1/attestations/${name.replace("/", "%2f")}@${version.version}`,
      ...(predicateType === undefined ? {} : { provenance: { predicateType } }),
    };
  }
  return proofs;
}

function timesOf({ versions = [], time, unpublished }: RegistryPackage): JsonObject {
  const published = versions.flatMap(({ version, publishedAt }, index) => {
    if (publishedAt === null) return [];
    return [[version, publishedAt ?? new Date(FIRST_PUBLISHED + index * HOUR).toISOString()] as const];
  });
  const moments = [...published.map(([, moment]) => moment), ...Object.values(time ?? {})].toSorted();
  const created = moments[0] ?? new Date(FIRST_PUBLISHED).toISOString();
  const modified = unpublished?.time ?? moments.at(-1) ?? created;
  return { created, modified, ...Object.fromEntries(published), ...time };
}
