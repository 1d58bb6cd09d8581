import { readRegistryProvenance, seal, type SealPorts } from "@colophon/attest";
import { imagesOfPlan, type EmissionPorts } from "@colophon/config/emission";
import { compareDigests, type NotDone, type Plan, type Reason } from "@colophon/core";
import { EUNPROVEN } from "./definitions/errors.ts";
import type { PluginConfig, ReleaseContext } from "./context.ts";
import { withEmission, type Means } from "./emission.ts";
import { readOptions, type Options } from "./options.ts";
import { readPlan, wasPrepared } from "./plan-file.ts";
import { OWN_NAME } from "./plugins.ts";
import { isImage, observe, readServed } from "./publish.ts";
import { withPublished, type Published } from "./registry.ts";
import { releaseError, toReleaseError } from "./release-error.ts";

/** An object of the release that is not proven where it should be. */
interface Unproven {
  readonly object: string;
  readonly why: string;
}

/**
 * Reads everything back where it was put, and changes nothing. Throws one AggregateError that names each object without
 * proof, or warns of it where the options say so.
 */
export async function success(pluginConfig: PluginConfig, context: ReleaseContext): Promise<void> {
  const options = readOptions(pluginConfig, context);
  const check = async (plan: Plan, means: Means): Promise<readonly Error[]> => {
    const unproven = await withPublished(plan, means, (published) => findUnproven(plan, published, means));
    if (unproven.length === 0) context.logger.log("Every object of %s is proven", context.nextRelease.gitTag);
    return unproven.map((one) => releaseError(EUNPROVEN, one));
  };
  const errors = await readPlanOf(options, context)
    .then(async (plan) => {
      if (plan === undefined) return [];
      return await withEmission(options, context, (means) => check(plan, means), imagesOfPlan(plan));
    })
    .catch((error: unknown) => [toReleaseError(error)]);
  if (errors.length === 0) return;
  if (options.unproven === "error") throw new AggregateError(errors);
  for (const error of errors) context.logger.warn("%s", error instanceof Error ? error.message : String(error));
}

/** A version that only moved to another channel was published, and proven, in another run. */
async function readPlanOf(options: Options, context: ReleaseContext): Promise<Plan | undefined> {
  try {
    return await readPlan(options, context);
  } catch (error) {
    // Wrappers hand on the first plugin's release alone, and a plugin that is listed by its path has that for a name.
    const isListed = context.releases?.some(({ pluginName }) => pluginName === OWN_NAME) ?? true;
    if (isListed || wasPrepared(options, context)) throw error;
    context.logger.log("Nothing was published as %s in this run, and nothing is read back", context.nextRelease.gitTag);
    return undefined;
  }
}

async function findUnproven(plan: Plan, published: Published | undefined, means: Means): Promise<readonly Unproven[]> {
  const ports = await means.emission.open();
  const served = published === undefined ? undefined : await readServed(published, means);
  const digests = served !== undefined && "digests" in served ? served.digests : undefined;
  const seen = new Map([
    ...(await observe(plan.subjects, digests, means.context.cwd)),
    ...((await means.emission.images?.observe(plan.subjects.filter(isImage))) ?? []),
  ]);
  // Each object for itself: one that changed says nothing against the proof of the others.
  const planned = new Map(plan.subjects.map(({ name, digest }) => [name, digest]));
  const receipt = await seal(plan, { ...readOnly(ports), observe: async () => await Promise.resolve(planned) });
  const failures = receipt.statements.flatMap(({ reason }) => (reason === undefined ? [] : [toText(reason)]));
  const why = new Map(receipt.objects.filter(({ proven }) => !proven).map(({ name }) => [name, failures.join("; ")]));
  for (const { name, digest } of plan.subjects)
    if (compareDigests(digest, seen.get(name) ?? {}) !== "match") why.set(name, "It changed since, or is gone");
  if (published !== undefined && served !== undefined) {
    const { id } = published.publication;
    const fault = "error" in served ? toText(served.reason) : await checkRegistry(published, ports, means);
    if (fault !== undefined) why.set(id, fault);
  }
  return [...why].map(([object, reason]) => ({ object, why: reason }));
}

/** What is not there is not made here: the step reads back. */
function readOnly(ports: EmissionPorts): Omit<SealPorts, "observe"> {
  const reason = { code: "attestation-gone", message: "what was signed is not whole in the output folder any more" };
  const refused: NotDone = { status: "refused", reason };
  return {
    ...ports,
    signer: { ...ports.signer, sign: async () => await Promise.resolve(refused) },
    depositoriesOf: (statement) =>
      ports.depositoriesOf(statement).map((one) => ({
        ...one,
        // Whether one may write there would be found out by beginning to.
        ready: async () => await Promise.resolve(undefined),
        deposit: async (_, fileName) => await Promise.resolve({ status: "deposited", location: fileName }),
      })),
  };
}

/** What the registry holds of its own: it has to be there where npm was asked for it, and to hold where it is. */
async function checkRegistry(
  { publication, publisher, host, wantsProvenance }: Published,
  { verifier }: EmissionPorts,
  { emission, context: { logger } }: Means,
): Promise<string | undefined> {
  const found = await readRegistryProvenance(publication, publisher, verifier);
  if (found.status === "proven") return undefined;
  const { reason } = found;
  const isMissing = reason.code === "registry-provenance-missing";
  const isRequired = wantsProvenance || (!isMissing && (await emission.keyedRegistries()).includes(host));
  if (isRequired) return `${host}: ${toText(reason)}`;
  const text = isMissing
    ? "%s holds no provenance of %s of its own; publishConfig.provenance in package.json has npm make it"
    : "What %s holds of %s cannot be verified with the trust root in use";
  logger.log(text, host, publication.id);
  return undefined;
}

function toText({ message, hint }: Reason): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
