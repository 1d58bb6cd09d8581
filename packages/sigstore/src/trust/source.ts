import { createHash } from "node:crypto";
import type { Warning } from "@colophon/core";
import { SigstoreError } from "../error.ts";
import { registryKeysFromFile, trustFromFile } from "./file.ts";
import { trustFromSeeds } from "./seeds.ts";
import { trustFromTuf } from "./tuf.ts";
import type { RegistryKey, TrustedRoots, TrustMaterialText, TrustRoot, TrustSource } from "./trust-root.ts";

export interface TrustOptions {
  /** Replaces certificate authorities, logs and timestamp authorities; registry keys stay. */
  readonly trustedRootFile?: string;
  /** Registry host to a file in the form of the TUF target `keys.json`; replaces that host's keys. */
  readonly registryKeyFiles?: Readonly<Record<string, string>>;
  /** No socket is opened: what is bundled counts. */
  readonly offline: boolean;
  readonly tufCacheDir?: string;
  readonly tufMirrorUrl?: string;
  /** Root of trust of a TUF repository of the user's own: replaces authorities and logs, and the keys that it has. */
  readonly tufRootPath?: string;
  /** Told the host of each TUF repository that is asked; never when offline. */
  readonly onRequest?: (host: string) => void;
}

/**
 * Puts the trust root together when it is first asked for. `load` throws TRUST_ROOT_UNREADABLE,
 * TRUST_ROOT_INVALID, REGISTRY_KEYS_UNREADABLE or REGISTRY_KEYS_INVALID for the user's own files, and
 * TRUST_ROOT_UNAVAILABLE where a TUF repository of the user's own cannot be used.
 */
export function createTrustSource(options: TrustOptions): TrustSource {
  let loaded: Promise<TrustRoot> | undefined;
  return { load: () => (loaded ??= loadTrustRoot(options)) };
}

async function loadTrustRoot(options: TrustOptions): Promise<TrustRoot> {
  const { trustedRootFile, registryKeyFiles = {} } = options;
  const file = trustedRootFile === undefined ? undefined : await trustFromFile(trustedRootFile);
  const own = await Promise.all(
    Object.entries(registryKeyFiles).map(async ([host, path]) => await registryKeysFromFile(path, host)),
  );
  const base = await loadBase(options, file !== undefined);
  const hosts = new Set(Object.keys(registryKeyFiles).map((host) => host.toLowerCase()));
  const registryKeys = [...base.registryKeys.filter((key) => !hosts.has(key.host)), ...own.flat()];
  const { trustedRoots, description } = file ?? base;
  const digest = await digestOf(trustedRoots, registryKeys);
  return { trustedRoots, registryKeys, digest, warnings: base.warnings, description };
}

async function loadBase(options: TrustOptions, rootIsGiven: boolean): Promise<TrustMaterialText> {
  const { tufRootPath: ownRoot } = options;
  if (options.offline && ownRoot !== undefined && !rootIsGiven)
    return await fallBack(new Error("it cannot be asked offline"), ownRoot);
  if (options.offline) return await trustFromSeeds();
  // The bundled registry keys suffice beside the user's own root, so no socket is opened for them alone.
  if (rootIsGiven && options.tufMirrorUrl === undefined) return await trustFromSeeds();
  const { tufCacheDir, tufMirrorUrl, tufRootPath, onRequest } = options;
  try {
    const asked = await trustFromTuf({
      ...(tufCacheDir !== undefined && { cachePath: tufCacheDir }),
      ...(tufMirrorUrl !== undefined && { mirrorUrl: tufMirrorUrl }),
      ...(tufRootPath !== undefined && { rootPath: tufRootPath }),
      ...(onRequest && { onRequest }),
    });
    return tufRootPath === undefined ? asked : await withBundledKeys(asked);
  } catch (cause) {
    return await fallBack(cause, tufRootPath);
  }
}

/** An instance of the user's own vouches for no public registry: those keys stay, for their registry only. */
async function withBundledKeys(asked: TrustMaterialText): Promise<TrustMaterialText> {
  const { registryKeys } = await trustFromSeeds();
  const hosts = new Set(asked.registryKeys.map(({ host }) => host));
  return { ...asked, registryKeys: [...asked.registryKeys, ...registryKeys.filter(({ host }) => !hosts.has(host))] };
}

/** The bundled root is the public-good one: it must not stand in for an instance of the user's own. */
async function fallBack(cause: unknown, ownRoot: string | undefined): Promise<TrustMaterialText> {
  const why = reasonOf(cause);
  if (ownRoot !== undefined) {
    throw new SigstoreError("TRUST_ROOT_UNAVAILABLE", `the TUF repository with the root ${ownRoot} failed: ${why}`, {
      hint: "Check the mirror's address and its root, or give a trusted root as a file.",
      cause,
    });
  }
  const bundled = await trustFromSeeds();
  const warning: Warning = {
    code: "trust-root-bundled",
    message:
      `the TUF repository could not be used (${why}); ${bundled.description}, is used instead. ` +
      "Proofs by newer keys do not verify with it: give a trusted root as a file, or update this tool.",
  };
  return { ...bundled, warnings: [warning] };
}

/** Never an address: a mirror's may hold credentials. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "unknown failure";
  const inner = cause instanceof Error && cause.cause instanceof Error ? ` (${cause.cause.message})` : "";
  return `${message}${inner}`.replaceAll(/[a-z]+:\/\/\S+/gi, "[address]").slice(0, 300);
}

async function digestOf(roots: TrustedRoots, keys: readonly RegistryKey[]): Promise<string> {
  const { TrustedRoot } = await import("@sigstore/protobuf-specs");
  const lines = keys.map((key) => {
    const der = key.publicKey.export({ format: "der", type: "spki" }).toString("base64");
    return JSON.stringify([key.host, key.keyId, der, key.validFor.start ?? null, key.validFor.end ?? null]);
  });
  const material = JSON.stringify([roots.map((root) => TrustedRoot.toJSON(root)), lines.toSorted()]);
  return `sha256:${createHash("sha256").update(material).digest("hex")}`;
}
