import { objectAt, stringAt, type JsonObject } from "@colophon/core";
import { KINDS } from "../manifest.ts";
import { invalid, quote } from "./failure.ts";
import { MAX_TOLD, type BuilderProblem, type Reading, type Told } from "./pushed-images.ts";

const DIGEST = "containerimage.digest";
const CONFIG = "containerimage.config.digest";
const DESCRIPTOR = "containerimage.descriptor";
const NAME = "image.name";
const BUILD = "buildx.build.ref";

/**
 * Reads what `docker buildx build`, `bake` and `imagetools create`, and `buildctl`, write with `--metadata-file`, which
 * is the output `metadata` of docker/build-push-action and docker/bake-action too. Undefined for other JSON.
 */
export function readBuildx(value: JsonObject, where: string): Reading | undefined {
  if (isResult(value)) return { from: "buildx-metadata", ...readResult(value, where) };
  // A target may have the name of any of these keys; its value is an object then.
  const targets = Object.entries(value).filter((entry): entry is [string, JsonObject] => isResult(entry[1]));
  if (targets.length === 0) return undefined;
  // What is built without an output, as tests are, was not to be pushed.
  const images = targets.filter(([, target]) => [DIGEST, CONFIG, DESCRIPTOR, NAME].some((key) => key in target));
  const read = images.map(([name, target]) => readResult(target, `${where}, target ${quote(name)}`));
  const told = read.flatMap((one) => one.told);
  return { from: "buildx-bake-metadata", told, problems: read.flatMap(({ problems }) => problems) };
}

function isResult(value: unknown): value is JsonObject {
  const isText = [DIGEST, CONFIG, NAME, BUILD].some((key) => stringAt(value, key) !== undefined);
  return isText || stringAt(objectAt(value, DESCRIPTOR), "digest") !== undefined;
}

function readResult(result: JsonObject, where: string): Pick<Reading, "told" | "problems"> {
  const names = (stringAt(result, NAME) ?? "").split(",", MAX_TOLD + 1).flatMap((name) => name.trim() || []);
  const digest = digestIn(result, where);
  if (digest !== undefined) {
    const told: readonly Told[] = names.length === 0 ? [{ digest }] : names.map((name) => ({ name, digest }));
    return { told, problems: [] };
  }
  const isConfig = CONFIG in result || DIGEST in result || DESCRIPTOR in result;
  const what = isConfig ? "the digest of a config, which no registry knows as an image" : "no digest of an image";
  const of = names.length === 0 ? "" : `, of ${quote(names.join(","))}`;
  const problem: BuilderProblem = {
    code: "image-not-pushed",
    message: `${where} holds ${what}${of}`,
    hint: `Push the image (--push), and give what --metadata-file then holds as ${DIGEST}.`,
  };
  return { told: [], problems: [problem] };
}

/** That of a manifest alone: Docker's own image store gives the config's under the same keys. */
function digestIn(result: JsonObject, where: string): string | undefined {
  if (DIGEST in result && stringAt(result, DIGEST) === undefined) throw invalid(where, `${DIGEST} is no text`);
  const descriptor = objectAt(result, DESCRIPTOR);
  const described = stringAt(descriptor, "digest");
  const isManifest = Object.hasOwn(KINDS, stringAt(descriptor, "mediaType") ?? "");
  // imagetools gives a descriptor alone.
  const digest = stringAt(result, DIGEST) ?? described;
  const isConfig = digest === stringAt(result, CONFIG) || (digest === described && !isManifest);
  return isConfig ? undefined : digest;
}
