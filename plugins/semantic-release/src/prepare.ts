import { prepare as prepareEmission, writePlan, type NameFiles } from "@colophon/attest";
import { attestationFiles } from "@colophon/config/emission";
import type { Plan } from "@colophon/core";
import { checkAssets } from "./check-assets.ts";
import type { PluginConfig, ReleaseContext } from "./context.ts";
import { VERSION, withEmission, type Means } from "./emission.ts";
import { readOptions } from "./options.ts";
import { clearEarlier, notePrepared } from "./plan-file.ts";
import { toReleaseError } from "./release-error.ts";
import { readSubjects, type Subjects } from "./subjects.ts";

/**
 * Describes and hashes what will be published, and leaves it in `plan.json`. Signs nothing: there is no tag yet, and all
 * that can fail without a trace fails here. Throws errors in the host's form.
 */
export async function prepare(pluginConfig: PluginConfig, context: ReleaseContext): Promise<void> {
  try {
    await withEmission(readOptions(pluginConfig, context), context, (means) => prepareRelease(means, context));
  } catch (error) {
    throw toReleaseError(error);
  }
}

async function prepareRelease(means: Means, context: ReleaseContext): Promise<void> {
  const { emission, options } = means;
  const { logger, nextRelease } = context;
  await emission.checkKey();
  const build = await emission.describe({ withToken: true, acceptRemoteCache: false });
  const { source } = build;
  // Before anything is packed: the folder says then that it is no part of a package.
  const ports = await emission.open();
  await clearEarlier(ports.folder, nextRelease.gitTag);
  const found = await readSubjects(means, context, source === undefined ? {} : { sourceRepository: source.repository });
  const plan = await prepareEmission(
    { subjects: found.subjects, says: { build }, toolVersion: VERSION, isPart: true },
    nameFiles(found),
    {
      ...(emission.publicLog === undefined ? {} : { publicLog: emission.publicLog }),
      allowPublicLog: options.allowPublicLog,
      depositoriesOf: emission.depositoriesOf,
    },
  );
  const bundles = plan.statements.map(({ files }) => files.bundle);
  const { errors } = checkAssets(context, options.outputDir, bundles);
  if (errors.length > 0) throw new AggregateError(errors);
  await writePlan({ ...plan, release: nextRelease.gitTag }, ports);
  notePrepared(options, context);
  tell(plan, means);
  if (source !== undefined && nextRelease.gitHead !== undefined && nextRelease.gitHead !== source.commit) {
    const text = "%s is tagged at %s, a commit that this release made; the provenance names the one that is built, %s";
    logger.log(text, nextRelease.gitTag, nextRelease.gitHead, source.commit);
  }
}

function nameFiles({ fileNames }: Subjects): NameFiles {
  return (subjects) => attestationFiles(subjects.map((name) => fileNames.get(name) ?? name));
}

function tell({ subjects, warnings }: Plan, { context: { logger }, options: { outputDir } }: Means): void {
  for (const { code, message } of warnings) logger.warn("%s (%s)", message, code);
  if (subjects.length > 0)
    logger.log("Prepared provenance of %s in %s", subjects.map(({ name }) => name).join(", "), outputDir);
}
