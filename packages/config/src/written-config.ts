import { parsePurl } from "@colophon/core";
import semver from "semver";
import * as v from "valibot";

/** What provenance must show, and what is excused from it. */
export interface WrittenExpectation {
  /** Compared exactly. */
  readonly sourceRepository?: string;
  /** An anchored glob: `*` is any run of characters. */
  readonly sourceRef?: string;
  /** Path in the source repository, `owner/repo/path` or URI, with or without `@ref`. */
  readonly signerWorkflow?: string;
  /** Without `@ref`: at any full semver tag. */
  readonly builderId?: string;
  readonly issuer?: string;
  /** An anchored glob. */
  readonly identity?: string;
  readonly runnerEnvironment?: string;
  /** SLSA Build level, 0 to 4. */
  readonly leastLevel?: number;
  /** RFC 3339 date; what was published before is exempt. */
  readonly startDate?: string;
  /** Earlier names of the repository, each with its last day. */
  readonly formerly?: readonly { readonly sourceRepository: string; readonly until: string }[];
  /** Purls, whose version may be a range; each with its last day. */
  readonly exemptions?: readonly { readonly object: string; readonly reason: string; readonly expires: string }[];
}

export type WrittenBuilder =
  | { readonly issuer: string; readonly identity: string; readonly builderId: string; readonly level: number }
  | { readonly keyId: string; readonly builderId: string; readonly level: number };

export interface WrittenRegistry {
  readonly url: string;
  /** The registry whose packages this mirror or replay serves. */
  readonly serves?: string;
  /** This registry never carries attestations. */
  readonly attestations?: "never";
}

/** The configuration as a user writes it, in `colophon.config.*` or under `colophon` in package.json. */
export interface WrittenConfig {
  /** Files, or installed npm packages. */
  readonly extends?: string | readonly string[];
  readonly expect?: WrittenExpectation;
  /** Rows for the builder table. */
  readonly builders?: readonly WrittenBuilder[];
  readonly trust?: {
    /** File with a Sigstore trusted root. */
    readonly trustedRoot?: string;
    /** Keys of publish attestations, in the form of the TUF target `keys.json`. */
    readonly registryKeys?: readonly { readonly registry: string; readonly file: string }[];
  };
  readonly registries?: readonly WrittenRegistry[];
}

const uri = v.pipe(v.string(), v.url());
const day = v.pipe(v.string(), v.isoDate("it is not a day like 2026-01-31"));
const level = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4));
const text = v.pipe(v.string(), v.minLength(1));

const exempt = v.pipe(v.string(), v.check(isExemptible, "it is not a purl whose version is a version or a range"));

function isExemptible(object: string): boolean {
  try {
    const { type, version } = parsePurl(object);
    return type !== "npm" || version === undefined || semver.validRange(version, { loose: true }) !== null;
  } catch {
    return false;
  }
}

/** Unknown keys are refused, for a misspelt expectation would expect nothing. */
export const WRITTEN_CONFIG: v.GenericSchema<unknown, WrittenConfig> = v.strictObject({
  extends: v.exactOptional(v.union([text, v.array(text)])),
  expect: v.exactOptional(
    v.strictObject({
      sourceRepository: v.exactOptional(uri),
      sourceRef: v.exactOptional(text),
      signerWorkflow: v.exactOptional(text),
      builderId: v.exactOptional(text),
      issuer: v.exactOptional(uri),
      identity: v.exactOptional(text),
      runnerEnvironment: v.exactOptional(text),
      leastLevel: v.exactOptional(level),
      startDate: v.exactOptional(day),
      formerly: v.exactOptional(v.array(v.strictObject({ sourceRepository: uri, until: day }))),
      exemptions: v.exactOptional(v.array(v.strictObject({ object: exempt, reason: text, expires: day }))),
    }),
  ),
  builders: v.exactOptional(
    v.array(
      v.union([
        v.strictObject({ issuer: uri, identity: text, builderId: text, level }),
        v.strictObject({ keyId: text, builderId: text, level }),
      ]),
    ),
  ),
  trust: v.exactOptional(
    v.strictObject({
      trustedRoot: v.exactOptional(text),
      registryKeys: v.exactOptional(v.array(v.strictObject({ registry: uri, file: text }))),
    }),
  ),
  registries: v.exactOptional(
    v.array(
      v.strictObject({ url: uri, serves: v.exactOptional(uri), attestations: v.exactOptional(v.literal("never")) }),
    ),
  ),
});

/** Types a configuration; returns it as it is. */
export function defineConfig(config: WrittenConfig): WrittenConfig {
  return config;
}
