import { compareDigests } from "../digest.ts";
import { CoreError } from "../error.ts";
import { npmPurl } from "../purl.ts";
import type { Authentication, Proof } from "../ports.ts";
import { isPublishType, readPublishAttestation } from "../publish-attestation.ts";
import type { ReleaseObject } from "../release-object.ts";
import type { Statement } from "../statement.ts";
import type { JudgeContext } from "./context.ts";
import type { Failure } from "./verdict.ts";

/** What the registry's own publish attestation means for the object. */
export type PublishCondition =
  | { readonly holds: true }
  | { readonly holds: false; readonly kind: "lesser" | "contradicts" | "unavailable"; readonly failure: Failure };

export interface AuthenticatedProof {
  readonly proof: Proof;
  readonly authentication: Authentication;
}

/** Whether a proof is a publish attestation, by what it proves, else by what it claims or is listed as. */
export function isPublishAttestation({ proof, authentication }: AuthenticatedProof): boolean {
  const statement = authentication.ok ? authentication.statement : authentication.claimed?.statement;
  if (authentication.ok && statement !== undefined) return isPublishType(statement.predicateType);
  return isPublishType(statement?.predicateType ?? proof.listedAs ?? "");
}

/**
 * Where the trust root holds a key of the registry that the package is served for, the registry's own publish
 * attestation must be there and verify; one that is there must verify in any case (design §3). Of several, one that
 * holds is enough, so that adding another can take nothing away.
 */
export function checkPublishCondition(
  publishAttestations: readonly AuthenticatedProof[],
  context: JudgeContext,
): { readonly condition: PublishCondition; readonly results: readonly PublishCondition[] } {
  const { object, facts } = context;
  const servedFor = object.npm === undefined ? undefined : URL.parse(object.npm.servedFor)?.host;
  const keyed = servedFor !== undefined && facts.keyedRegistries.includes(servedFor);
  const results = publishAttestations.map((attestation) =>
    checkOne(attestation, object, keyed ? servedFor : undefined),
  );
  const [first] = results;
  const holds = results.some((result) => result.holds) || (first === undefined && !keyed);
  if (holds) return { condition: { holds: true }, results };
  if (first !== undefined) return { condition: first, results };
  const condition = fail(
    "lesser",
    "publish-attestation-missing",
    "the registry's own publish attestation is not there",
    {
      hint: "Publish through the registry itself; a registry that attests what it accepts files one for every version with provenance.",
    },
  );
  return { condition, results };
}

/** `registry`: host of the registry whose own attestation it must be, where the trust root holds its key. */
function checkOne(
  { proof, authentication }: AuthenticatedProof,
  object: ReleaseObject,
  registry: string | undefined,
): PublishCondition {
  if (!authentication.ok) {
    const kind =
      authentication.kind === "unavailable"
        ? "unavailable"
        : authentication.kind === "broken" || registry !== undefined
          ? "contradicts"
          : "lesser";
    const message = `the registry's publish attestation: ${authentication.message}`;
    return fail(kind, "publish-attestation-invalid", message, {
      actual: authentication.check,
      ...(authentication.hint === undefined ? {} : { hint: authentication.hint }),
    });
  }
  const { statement, signer } = authentication;
  if (statement === undefined) return fail("contradicts", "publish-attestation-invalid", "it is no statement", {});
  if (signer.kind !== "key" || signer.scope !== "registry") {
    return fail(
      "contradicts",
      "publish-attestation-signer",
      "the publish attestation is not signed by a registry's key",
      {
        actual: signer.kind === "key" ? `key ${signer.keyId}` : signer.subject,
      },
    );
  }
  return checkContent(statement, signer.registry ?? "", object, registry ?? signer.registry ?? "", proof);
}

function checkContent(
  statement: Statement,
  keyOf: string,
  object: ReleaseObject,
  registry: string,
  proof: Proof,
): PublishCondition {
  let content: ReturnType<typeof readPublishAttestation>;
  try {
    content = readPublishAttestation(statement);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    return fail("contradicts", "publish-attestation-invalid", cause.message, {});
  }
  const attested = URL.parse(content.registry)?.host ?? content.registry;
  if (attested !== keyOf || attested !== registry) {
    return fail("contradicts", "publish-attestation-registry", "the publish attestation is of another registry", {
      expected: registry,
      actual: `${attested}, signed with a key of ${keyOf}`,
    });
  }
  const subject = statement.subject.some(({ digest }) => compareDigests(digest, object.digest) === "match");
  const purl = npmPurl(content.name, content.version);
  const named = statement.subject.some(({ name }) => name === purl);
  const isOwn = !object.channels.includes("npm") || purl === object.id;
  if (subject && named && isOwn) return { holds: true };
  return fail(
    "contradicts",
    "publish-attestation-subject",
    `the publish attestation at ${proof.location} is about something else`,
    {
      expected: object.id,
      actual: purl,
    },
  );
}

function fail(
  kind: "lesser" | "contradicts" | "unavailable",
  code: string,
  message: string,
  more: Pick<Failure, "expected" | "actual" | "hint">,
): PublishCondition {
  return { holds: false, kind, failure: { check: "publish-attestation", code, message, ...more } };
}
