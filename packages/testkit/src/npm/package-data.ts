import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { buildPackageTarball } from "./tarball.ts";

/** An attestation as the registry's attestations endpoint lists it. */
export interface ListedAttestation {
  readonly predicateType: string;
  /** A Sigstore bundle, or whatever else a test wants there. */
  readonly bundle: unknown;
}

/** A version of a package, as a test states it. */
export interface PackageVersion {
  readonly version: string;
  /** Default: a small real tarball that holds `package.json` alone. */
  readonly tarball?: Uint8Array;
  /** Default: of the tarball. Given, the tarball is not made until it is asked for. */
  readonly integrity?: string;
  /** SHA-1 of the tarball, hex; default none, as versions that no client sent have none. */
  readonly shasum?: string;
  /** Who let it out, told in `_npmUser`, by the names of pnpm's trustPolicy: a trusted publisher, or one who approved a stage. */
  readonly publisher?: "trustedPublisher" | "stagedPublish";
  /** Further fields of the version: `repository`, `deprecated`, `dependencies` … */
  readonly manifest?: JsonObject;
  /** Given, even empty, the packument advertises attestations and the endpoint lists them; else it answers 404. */
  readonly attestations?: readonly ListedAttestation[];
  /** The endpoint's answer, byte for byte, in place of the list. */
  readonly attestationsAnswer?: Uint8Array;
  /** ISO time; `null` leaves the version out of `time`. Default: an hour after the version before it. */
  readonly publishedAt?: string | null;
}

/** A package, as a test states it. */
export interface RegistryPackage {
  readonly name: string;
  readonly versions?: readonly PackageVersion[];
  /** Default: `latest` is the last of the versions. */
  readonly distTags?: Readonly<Record<string, string>>;
  /** What `/-/package/:name/visibility` tells. Default `public`. */
  readonly access?: "public" | "restricted";
  /** Further members of `time`, such as those of versions that were withdrawn. */
  readonly time?: Readonly<Record<string, string>>;
  /** Makes the package one whose versions were all unpublished. */
  readonly unpublished?: { readonly time: string; readonly versions: readonly string[] };
}

/** The dist-tags of a package: the given ones, or `latest` for the last of its versions. */
export function distTagsOf({ distTags, versions = [] }: RegistryPackage): Readonly<Record<string, string>> {
  const last = versions.at(-1)?.version;
  return distTags ?? (last === undefined ? {} : { latest: last });
}

/** The tarball of a version: the given one, or the default one. */
export function tarballOf(name: string, version: PackageVersion): Uint8Array {
  return version.tarball ?? buildPackageTarball({ name, version: version.version, ...version.manifest });
}

/** The integrity (SRI, sha512) of a version: the given one, or its tarball's. */
export function integrityOf(name: string, version: PackageVersion): string {
  return version.integrity ?? toIntegrity(tarballOf(name, version));
}

/** SRI of some bytes, by SHA-512. */
export function toIntegrity(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

/** Name of a tarball, the scope left out. */
export function toTarballName(name: string, version: string): string {
  return `${name.split("/").at(-1) ?? name}-${version}.tgz`;
}
