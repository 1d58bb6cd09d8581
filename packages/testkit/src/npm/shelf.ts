import type { JsonObject } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import type { RegistryKey } from "../sigstore/registry-key.ts";
import { ABBREVIATED, fail, toJson } from "./answers.ts";
import { createLagCounter, type Lag } from "./lag.ts";
import { tarballOf, toTarballName, type PackageVersion, type RegistryPackage } from "./package-data.ts";
import { abbreviatePackument, buildPackument, type PackumentContext } from "./packument.ts";

/** The packages of a registry, and the answers to those who read them. */
export interface Shelf {
  readonly packages: ReadonlyMap<string, RegistryPackage>;
  find(name: string, version: string): PackageVersion | undefined;
  readonly add: (pkg: RegistryPackage) => void;
  /** Adds a package whose newest version is yet to be seen by readers. */
  addLate(pkg: RegistryPackage, version: string): void;
  servePackument(name: string, abbreviated: boolean): Reply;
  serveTarball(name: string, file: string): Reply;
  serveAttestations(name: string, version: string): Reply;
}

/** Makes an empty shelf; where it stands is asked anew for each answer. */
export function createShelf(context: () => PackumentContext, lag: Lag): Shelf {
  const packages = new Map<string, RegistryPackage>();
  const packuments = new Map<string, Reply>();
  const late = createLagCounter(lag);
  const add = (pkg: RegistryPackage): void => {
    packages.set(pkg.name, pkg);
    packuments.clear();
  };
  const find = (name: string, version: string): PackageVersion | undefined =>
    packages.get(name)?.versions?.find((candidate) => candidate.version === version);
  const toReply = (pkg: RegistryPackage, abbreviated: boolean): Reply => {
    const packument = buildPackument(pkg, context());
    return abbreviated ? toJson(abbreviatePackument(packument), ABBREVIATED) : toJson(packument);
  };
  return {
    packages,
    find,
    add,
    addLate(pkg, version) {
      late.start(pkg.name, version, packages.get(pkg.name));
      add(pkg);
    },
    servePackument(name, abbreviated) {
      const pending = late.askPackument(name);
      const pkg = pending.late ? pending.before : packages.get(name);
      if (pkg === undefined) return fail(404, "not found");
      if (pending.late) return toReply(pkg, abbreviated);
      const form = `${name} ${abbreviated}`;
      const reply = packuments.get(form) ?? toReply(pkg, abbreviated);
      packuments.set(form, reply);
      return reply;
    },
    serveTarball(name, file) {
      const version = packages.get(name)?.versions?.find((known) => toTarballName(name, known.version) === file);
      if (version === undefined || late.isLate("tarball", name, version.version)) return fail(404, "not found");
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: tarballOf(name, version) };
    },
    serveAttestations(name, version) {
      const { attestations, attestationsAnswer } = find(name, version) ?? {};
      if (late.isLate("attestations", name, version)) return fail(404, "not found");
      if (attestationsAnswer !== undefined) {
        return { status: 200, headers: { "content-type": "application/json" }, body: attestationsAnswer };
      }
      return attestations === undefined ? fail(404, "not found") : toJson({ attestations: attestations as never });
    },
  };
}

/** The answer to `/-/npm/v1/keys`. */
export function listKeys(key: RegistryKey | undefined): JsonObject {
  if (key === undefined) return { keys: [] };
  const type = "ecdsa-sha2-nistp256";
  const publicKey = key.publicKey.toString("base64");
  return { keys: [{ expires: null, keyid: key.keyId, keytype: type, scheme: type, key: publicKey }] };
}
