import type { Config } from "@colophon/config";
import { readPushed } from "@colophon/config/emission";
import { ENOIDTOKEN } from "./definitions/errors.ts";
import { checkAssets, checkCommitted } from "./check-assets.ts";
import { checkOrder } from "./check-order.ts";
import { checkPackage } from "./check-package.ts";
import type { Context, PluginConfig } from "./context.ts";
import { withEmission, type Means } from "./emission.ts";
import { readNpmPackage } from "./npm-package.ts";
import { nameImages } from "./images.ts";
import { checkOptions, takeOptions, type Options } from "./options.ts";
import { releaseError, toReleaseError } from "./release-error.ts";

/**
 * Finds all that would fail later, before anything is released; nothing is signed, written or asked of a service. Throws
 * one AggregateError with every fault.
 */
export async function verifyConditions(pluginConfig: PluginConfig, context: Context): Promise<void> {
  const options = takeOptions(pluginConfig, context);
  const assets = checkAssets(context, options.outputDir);
  const errors: unknown[] = [
    ...checkOptions(pluginConfig, context),
    ...checkOrder(context),
    ...assets.errors,
    ...checkCommitted(context, options.outputDir),
  ];
  if (assets.listsNone) {
    const line = `"${options.outputDir}/*.sigstore.json", "${options.outputDir}/*.intoto.jsonl"`;
    context.logger.log("The GitHub release has no assets; to have the attestations in it, set assets: [%s]", line);
  }
  await tell(errors, () =>
    withEmission(options, context, async (means) => {
      await tell(errors, () => verifyIdentity(means));
      await tell(errors, () => verifyPackage(means));
      await tell(errors, () => verifyImages(options));
    }),
  );
  if (errors.length > 0) throw new AggregateError(errors);
}

/** One check that fails keeps no other from being made. */
async function tell(errors: unknown[], check: () => Promise<readonly unknown[] | void>): Promise<void> {
  try {
    errors.push(...((await check()) ?? []));
  } catch (error) {
    const found = toReleaseError(error);
    errors.push(...(found instanceof AggregateError ? (found.errors as unknown[]) : [found]));
  }
}

/** A token is short-lived and is asked for when it is needed; here it has to be possible alone. */
async function verifyIdentity({ config, emission, context: { env } }: Means): Promise<readonly unknown[]> {
  await emission.checkKey();
  return isKeyless(config) && !hasIdentity(env) ? [releaseError(ENOIDTOKEN, undefined)] : [];
}

function isKeyless({ sign }: Config): boolean {
  return sign?.key === undefined && sign?.signer === undefined;
}

function hasIdentity(env: Context["env"]): boolean {
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  return (
    isSet("SIGSTORE_ID_TOKEN") || (isSet("ACTIONS_ID_TOKEN_REQUEST_URL") && isSet("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
  );
}

/** Their names, before there is a version; what builders write is not there yet. */
async function verifyImages(options: Options): Promise<void> {
  const nextRelease = { version: "0.0.0", gitTag: "v0.0.0" };
  if (options.images.length > 0) await readPushed(nameImages(options, { nextRelease }));
}

/** What the registry would refuse once everything is signed. A package.json that a step is still to make is checked then. */
async function verifyPackage({ emission, context }: Means): Promise<readonly unknown[]> {
  const { source } = await emission.describe({ withToken: false, acceptRemoteCache: false });
  const found = await readNpmPackage(context).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "MANIFEST_MISSING") return undefined;
    throw error;
  });
  if (found?.isPublished !== true) return [];
  return checkPackage(found.manifest, found.file, source === undefined ? {} : { sourceRepository: source.repository });
}
