import { emit, publicEntryUrl, receiptOfFailure } from "@colophon/attest";
import { metadataOf, observeFiles, type EmissionPorts } from "@colophon/config/emission";
import { compareDigests, type DigestSet, type Plan, type Reason, type Receipt } from "@colophon/core";
import { ENOTSEALED, ENOTSERVED, EPUBLISHEDBYTESDIFFER } from "./definitions/errors.ts";
import type { PluginConfig, ReleaseContext } from "./context.ts";
import { VERSION, withEmission, type Means } from "./emission.ts";
import { planImages, readPushedImages } from "./images.ts";
import { readOptions, type Options } from "./options.ts";
import { readPlan } from "./plan-file.ts";
import { recoveryOf } from "./recovery.ts";
import { withPublished, type Published } from "./registry.ts";
import { releaseError, toReleaseError, type SemanticReleaseError } from "./release-error.ts";
import { showDigest } from "./subjects.ts";

/** An entry in the list of what a release consists of. */
export interface ReleaseEntry {
  readonly name: string;
  readonly url?: string;
}

/**
 * Signs what was prepared, once it is known to be what is published, deposits it and reads it back; done again, it
 * finishes what is missing. Throws errors in the host's form, and leaves a receipt of what it came to.
 */
export async function publish(pluginConfig: PluginConfig, context: ReleaseContext): Promise<ReleaseEntry> {
  try {
    const options = readOptions(pluginConfig, context);
    const pushed = await readPushedImages(options, context);
    const named = (pushed?.pushed ?? []).map(({ registry, repository }) => `${registry}/${repository}`);
    const attest = async (means: Means): Promise<ReleaseEntry> => {
      const plan = await readPlan(options, context);
      const whole = pushed === undefined ? plan : await planImages(plan, pushed, means);
      return await withPublished(plan, means, (published) => seal(whole, published, means, context));
    };
    return await withEmission(options, context, attest, named);
  } catch (error) {
    throw toReleaseError(error);
  }
}

async function seal(
  plan: Plan,
  published: Published | undefined,
  means: Means,
  { nextRelease, lastRelease, logger }: ReleaseContext,
): Promise<ReleaseEntry> {
  const { emission, context } = means;
  const ports = await emission.open();
  const served = published === undefined ? undefined : await readServed(published, means);
  if (served !== undefined && "error" in served) {
    await leaveReceipt(plan, served, ports);
    throw served.error;
  }
  const emitted = await emit(
    plan,
    {
      ...ports,
      observe: async (subjects) =>
        new Map([
          ...(await observe(subjects, served?.digests, context.cwd)),
          ...((await emission.images?.observe(subjects.filter(isImage))) ?? []),
        ]),
    },
    {
      ...metadataOf(await emission.git, ports.now()),
      tag: nextRelease.gitTag,
      version: nextRelease.version,
      previous_tag: lastRelease?.gitTag ?? "",
    },
  );
  const receipt = markPublished(emitted, served?.digests);
  if (served !== undefined) await writeReceipt(receipt, ports);
  if (receipt.status !== "sealed") throw notSealed(receipt, means.options);
  logger.log("Signed and read back provenance of %s", receipt.objects.map(({ name }) => name).join(", "));
  const bundle = await ports.folder.read(receipt.statements[0]?.bundle ?? "");
  const url = bundle === undefined ? null : publicEntryUrl(bundle);
  return { name: "SLSA provenance", ...(url === null ? {} : { url }) };
}

export const isImage = ({ from }: Plan["subjects"][number]): boolean => from === "registry";

/** The digests that files and a package have now: what the registry serves, and what lies in the folder. */
export async function observe(
  subjects: Plan["subjects"],
  served: ReadonlyMap<string, DigestSet> | undefined,
  cwd: string,
): Promise<ReadonlyMap<string, DigestSet>> {
  const files = subjects.filter((one) => served?.has(one.name) !== true && !isImage(one));
  return new Map([...(served ?? []), ...(await observeFiles(files, cwd))]);
}

type Served =
  | { readonly digests: ReadonlyMap<string, DigestSet> }
  | { readonly error: SemanticReleaseError; readonly reason: Reason; readonly status: "refused" | "incomplete" };

/** Hashes what the registry serves, within the patience for it. */
export async function readServed({ publication, publisher }: Published, { options }: Means): Promise<Served> {
  const { id, name, version, digest } = publication;
  const object = `${name}@${version}`;
  const served = await publisher.served(publication);
  if (served.status === "not-served") {
    const { message } = served.reason;
    const error = releaseError(ENOTSERVED, { object, message, recovery: recoveryOf(options) });
    return { error, reason: served.reason, status: "incomplete" };
  }
  if (compareDigests(served.digest, digest) === "match") return { digests: new Map([[id, served.digest]]) };
  const both = { object, served: showDigest(served.digest), packed: showDigest(digest) };
  const error = releaseError(EPUBLISHEDBYTESDIFFER, both);
  const message = `the registry serves ${both.served} as ${object}, and ${both.packed} was prepared`;
  return { error, reason: { code: "published-bytes-differ", message }, status: "refused" };
}

async function leaveReceipt(
  { subjects }: Plan,
  { reason, status }: Extract<Served, { readonly error: unknown }>,
  ports: EmissionPorts,
): Promise<void> {
  await writeReceipt(receiptOfFailure(reason, status, subjects, { ...ports, toolVersion: VERSION }), ports);
}

async function writeReceipt(receipt: Receipt, { folder }: Pick<EmissionPorts, "folder">): Promise<void> {
  await folder.write("receipt.json", `${JSON.stringify(receipt, null, 2)}\n`);
}

/** That another publisher published it, and that its bytes were read from the registry. */
function markPublished(receipt: Receipt, served: ReadonlyMap<string, DigestSet> | undefined): Receipt {
  const published = { status: "earlier", digestFrom: "registry-bytes" } as const;
  const objects = receipt.objects.map((one) => (served?.has(one.name) === true ? { ...one, published } : one));
  return { ...receipt, objects };
}

function notSealed({ status, objects, statements }: Receipt, options: Options): SemanticReleaseError {
  const reasons = statements.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const why = reasons
    .map(({ message, hint }) => (hint === undefined ? `${message}.` : `${message}. ${hint}`))
    .join("\n");
  const when = status === "incomplete" ? "all services can be had" : "that is put right";
  const unproven = objects.filter(({ proven }) => !proven).map(({ name }) => name);
  return releaseError(ENOTSEALED, { objects: unproven, why, when, recovery: recoveryOf(options) });
}
