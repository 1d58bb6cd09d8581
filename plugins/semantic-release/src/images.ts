import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { joinPlans, prepare } from "@colophon/attest";
import { readPushed, statementFiles } from "@colophon/config/emission";
import type { Plan } from "@colophon/core";
import { template } from "lodash-es";
import { EIMAGEMETADATA, EIMAGETEMPLATE } from "./definitions/errors.ts";
import type { ReleaseContext } from "./context.ts";
import { VERSION, type Means } from "./emission.ts";
import type { Options } from "./options.ts";
import { releaseError } from "./release-error.ts";

type Pushed = Awaited<ReturnType<typeof readPushed>>;
type Told = Partial<Pick<ReleaseContext, "lastRelease">> & Pick<ReleaseContext, "nextRelease">;

/** As in the host's own templates: values are filled in, and no code is run. */
const NOTHING = /($^)/;

export const hasImages = ({ images, imageMetadata }: Options): boolean => images.length + imageMetadata.length > 0;

/** The names of images in a release, as the host fills its templates. Throws EIMAGETEMPLATE. */
export function nameImages({ images }: Options, { nextRelease, lastRelease = {} }: Told): readonly string[] {
  return images.map((image) => {
    try {
      return template(image, { evaluate: NOTHING, escape: NOTHING })({
        nextRelease,
        lastRelease,
        version: nextRelease.version,
      });
    } catch (error) {
      throw releaseError(EIMAGETEMPLATE, { image, why: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** What was pushed, by name and by what builders wrote; undefined where no images are released. Rejects with OciError. */
export async function readPushedImages(options: Options, context: ReleaseContext): Promise<Pushed | undefined> {
  if (!hasImages(options)) return undefined;
  const outputs = options.imageMetadata.map(async (path) => ({
    bytes: await readFile(resolve(context.cwd, path)).catch((cause: unknown) => {
      throw releaseError(EIMAGEMETADATA, { path, why: cause instanceof Error ? cause.message : String(cause) });
    }),
    where: path,
  }));
  return await readPushed(nameImages(options, context), await Promise.all(outputs));
}

/**
 * Adds to a plan what was pushed meanwhile, once its registries confirm it, in statements of their own. Rejects with
 * OciError, or as preparing does.
 */
export async function planImages(plan: Plan, { pushed, warnings }: Pushed, means: Means): Promise<Plan> {
  const { emission, options } = means;
  const { images } = emission;
  if (images === undefined) throw new TypeError("the emission was opened without its images");
  const confirmed = await images.confirm(pushed);
  const build = await emission.describe({ withToken: true, acceptRemoteCache: false });
  const own = await prepare(
    {
      subjects: confirmed.subjects,
      groupOf: confirmed.groupOf,
      says: { build },
      toolVersion: VERSION,
      warnings: [...warnings, ...confirmed.warnings],
    },
    statementFiles,
    {
      ...(emission.publicLog === undefined ? {} : { publicLog: emission.publicLog }),
      allowPublicLog: options.allowPublicLog,
      depositoriesOf: emission.depositoriesOf,
    },
  );
  return joinPlans(plan, own);
}
