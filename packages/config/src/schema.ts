import { parsePurl } from "@colophon/core";
import semver from "semver";
import * as v from "valibot";
import type { WrittenConfig, WrittenSign } from "./written-config.ts";

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
      tuf: v.exactOptional(v.strictObject({ mirror: uri, root: text })),
      registryKeys: v.exactOptional(v.array(v.strictObject({ registry: uri, file: text }))),
    }),
  ),
  sign: v.exactOptional(
    v.strictObject({
      signingConfig: v.exactOptional(text),
      key: v.exactOptional(text),
      signer: v.exactOptional(
        v.strictObject({
          publicKey: text,
          sign: v.custom<NonNullable<WrittenSign["signer"]>["sign"]>(
            (value) => typeof value === "function",
            "it is not a function",
          ),
        }),
      ),
      fulcio: v.exactOptional(uri),
      rekor: v.exactOptional(uri),
      rekorVersion: v.exactOptional(v.picklist([1, 2])),
      timestamp: v.exactOptional(uri),
    }),
  ),
  deposit: v.exactOptional(v.array(text)),
  oci: v.exactOptional(v.strictObject({ attestations: v.exactOptional(v.array(text)) })),
  registries: v.exactOptional(
    v.array(
      v.strictObject({ url: uri, serves: v.exactOptional(uri), attestations: v.exactOptional(v.literal("never")) }),
    ),
  ),
});
