import { VSA_TYPES, type Expectation } from "@colophon/core";
import type { OptionDefinitions, Options } from "./options.ts";

/** Options that ask for a verification summary attestation instead of provenance. */
export const SUMMARY_OPTIONS = {
  "verifier-id": { type: "string", value: "URI", help: "Verifier that a verification summary must be of" },
  "resource-uri": { type: "string", value: "URI", help: "Resource that the summary must be about" },
  "verified-level": { type: "string", multiple: true, value: "LEVEL", help: "Level that the summary must hold" },
} as const satisfies OptionDefinitions;

export function isSummaryAsked(options: Options): boolean {
  const texts = [options.text("verifier-id"), options.text("resource-uri")];
  return texts.some((text) => text !== undefined) || options.texts("verified-level").length > 0;
}

/** What a summary must say, where one is asked for. */
export function readSummary(options: Options, expectation: Expectation): Expectation {
  if (!isSummaryAsked(options)) return expectation;
  const verifierId = options.text("verifier-id");
  const resourceUri = options.text("resource-uri");
  return {
    ...expectation,
    predicateTypes: expectation.predicateTypes ?? VSA_TYPES,
    ...(verifierId === undefined ? {} : { verifierId }),
    ...(resourceUri === undefined ? {} : { resourceUri }),
    verifiedLevels: options.texts("verified-level"),
  };
}
