import { resolve } from "node:path";
import { NO_EXPECTATION, parseGlob, type BuilderTable, type Expectation } from "@colophon/core";
import { findConfig } from "./find.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import type { WrittenConfig, WrittenExpectation, WrittenRegistry, WrittenSign } from "./written-config.ts";

/** The configuration resolved: every path absolute, every default filled in. */
export interface Config {
  /** Files that it was read from, the strongest first; empty where there is none. */
  readonly files: readonly string[];
  readonly expectation: Expectation;
  readonly exemptions: readonly { readonly object: string; readonly reason: string; readonly expires: string }[];
  /** RFC 3339 date from which on provenance is expected. */
  readonly startDate?: string;
  readonly builders: BuilderTable;
  readonly trustedRootFile?: string;
  readonly tuf?: { readonly mirrorUrl: string; readonly rootPath: string };
  /** Registry host to file, in the form of the TUF target `keys.json`. */
  readonly registryKeyFiles: Readonly<Record<string, string>>;
  readonly registries: readonly WrittenRegistry[];
  /** Repositories that hold attestations of images besides the images' own, as they are written. */
  readonly attestationRepositories: readonly string[];
  /** Paths are absolute. */
  readonly sign?: WrittenSign;
  /** As `KIND` or `KIND=WHERE`; folders are absolute. */
  readonly deposit: readonly string[];
}

/** Finds (or takes the file given), loads and resolves the configuration of a folder. Throws ConfigError. */
export async function readConfig(folder: string, file?: string): Promise<Config> {
  const found = file === undefined ? await findConfig(folder) : resolve(folder, file);
  return resolveConfig(found === undefined ? [] : await loadConfig(found));
}

/** The strongest layer that names an instance names all of it: a file of one and the TUF repository of another do not mix. */
function resolveTrust(layers: readonly LoadedConfig[]): Pick<Config, "trustedRootFile" | "tuf"> {
  for (const { folder, written } of layers) {
    const { trustedRoot, tuf } = written.trust ?? {};
    if (trustedRoot !== undefined) return { trustedRootFile: resolve(folder, trustedRoot) };
    if (tuf !== undefined) return { tuf: { mirrorUrl: tuf.mirror, rootPath: resolve(folder, tuf.root) } };
  }
  return {};
}

/** The strongest layer that says how to sign says all of it: one's key and another's log do not mix. */
function resolveSign(layers: readonly LoadedConfig[]): Pick<Config, "sign"> {
  const found = layers.find(({ written }) => written.sign !== undefined);
  if (found?.written.sign === undefined) return {};
  const { signingConfig, key, ...rest } = found.written.sign;
  return {
    sign: {
      ...rest,
      ...(signingConfig === undefined ? {} : { signingConfig: resolve(found.folder, signingConfig) }),
      ...(key === undefined ? {} : { key: resolve(found.folder, key) }),
    },
  };
}

/** Single settings: the strongest that is set. Lists: all of them, the strongest first. */
export function resolveConfig(layers: readonly LoadedConfig[]): Config {
  const expect = Object.assign(
    {},
    ...layers.toReversed().map(({ written }) => written.expect ?? {}),
  ) as WrittenExpectation;
  const all = <Entry>(of: (written: WrittenConfig) => readonly Entry[] | undefined): Entry[] =>
    layers.flatMap(({ written }) => of(written) ?? []);
  const keys = layers
    .toReversed()
    .flatMap(({ folder, written }) =>
      (written.trust?.registryKeys ?? []).map(
        ({ registry, file }) => [new URL(registry).host, resolve(folder, file)] as const,
      ),
    );
  return {
    files: layers.map((layer) => layer.file),
    expectation: toExpectation(
      expect,
      all(({ expect: own }) => own?.formerly),
    ),
    exemptions: all(({ expect: own }) => own?.exemptions),
    ...(expect.startDate === undefined ? {} : { startDate: expect.startDate }),
    builders: { configured: all(({ builders }) => builders) },
    ...resolveTrust(layers),
    registryKeyFiles: Object.fromEntries(keys),
    registries: all(({ registries }) => registries).map(normalize),
    attestationRepositories: all(({ oci }) => oci?.attestations),
    ...resolveSign(layers),
    deposit: layers.flatMap(({ folder, written }) =>
      (written.deposit ?? []).map((one) =>
        one.replace(/^folder=(.+)$/s, (_, path: string) => `folder=${resolve(folder, path)}`),
      ),
    ),
  };
}

/** As npm's registries are compared: origin and path, with a slash at the end. */
function normalize({ url, serves, ...rest }: WrittenRegistry): WrittenRegistry {
  return { url: registryUrl(url), ...(serves === undefined ? {} : { serves: registryUrl(serves) }), ...rest };
}

function registryUrl(written: string): string {
  const { origin, pathname } = new URL(written);
  return `${origin}${pathname.replace(/\/*$/, "/")}`;
}

function toExpectation(expect: WrittenExpectation, formerly: Expectation["formerly"]): Expectation {
  const { sourceRepository, sourceRef, signerWorkflow, builderId, issuer, identity, runnerEnvironment, leastLevel } =
    expect;
  return {
    ...NO_EXPECTATION,
    formerly,
    ...(sourceRepository === undefined ? {} : { basis: "configured", sourceRepository }),
    ...(sourceRef === undefined ? {} : { sourceRef: parseGlob(sourceRef) }),
    ...(signerWorkflow === undefined ? {} : { signerWorkflow }),
    ...(builderId === undefined ? {} : { builderId }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(identity === undefined ? {} : { identity: parseGlob(identity) }),
    ...(runnerEnvironment === undefined ? {} : { runnerEnvironment }),
    ...(leastLevel === undefined ? {} : { leastLevel }),
  };
}
