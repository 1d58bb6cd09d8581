import { CoreError } from "./error.ts";
import type { Statement } from "./statement.ts";
import { stringAt } from "./strict-json.ts";

/** Predicate types of the attestation that an npm registry itself makes for each version with provenance. */
const PUBLISH_TYPES = /^https:\/\/github\.com\/npm\/attestation\/tree\/main\/specs\/publish\/v\d+(?:\.\d+){0,3}$/;

/** npm publish attestation v0.1: which registry accepted which version. */
export interface PublishAttestation {
  readonly name: string;
  readonly version: string;
  /** URL of the registry. */
  readonly registry: string;
}

export function isPublishType(predicateType: string): boolean {
  return PUBLISH_TYPES.test(predicateType);
}

/** Throws PREDICATE_MALFORMED where name, version or registry is missing. */
export function readPublishAttestation(statement: Statement): PublishAttestation {
  const [name, version, registry] = ["name", "version", "registry"].map((key) => stringAt(statement.predicate, key));
  if (name === undefined || version === undefined || registry === undefined) {
    throw new CoreError("PREDICATE_MALFORMED", "the publish attestation lacks predicate.name, .version or .registry");
  }
  return { name, version, registry };
}
