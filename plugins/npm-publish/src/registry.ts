import { readTarballManifest } from "@colophon/config/emission";
import { objectAt, stringAt } from "@colophon/core";
import type { Asked } from "./asked.ts";
import { usage } from "./error.ts";
import type { Options } from "./options.ts";
import type { PublisherArguments } from "./publisher-arguments.ts";

/**
 * The registry that is named for this release: by an option, of this command or the publisher's, else by `publishConfig`
 * of the packages. Undefined where npm's configuration alone decides. Throws PublishError where two are named.
 */
export function registryOf(
  { registry }: Options,
  { args }: PublisherArguments,
  publishConfigs: readonly unknown[],
): string | undefined {
  const named = registry ?? valueOf("--registry", args);
  if (named !== undefined) return named;
  const written = publishConfigs.map((one) => stringAt(one, "registry"));
  const [first, ...others] = new Set(written);
  if (others.length === 0) return first;
  throw usage("the packages are published to several registries", "Publish those of each registry by themselves.");
}

/** `publishConfig` of all that is published, packed or not. Rejects with NpmError for a tarball that is none. */
export async function publishConfigsOf({ tarballs, packages }: Asked): Promise<readonly unknown[]> {
  const inside = await Promise.all(tarballs.map(async (one) => (await readTarballManifest(one)).publishConfig));
  return [...inside, ...packages.map(({ manifest }) => objectAt(manifest, "publishConfig"))];
}

/** The publisher's arguments with this registry, and no other: what is asked and what is published to must be one. */
export function withRegistry(registry: string, args: readonly string[]): readonly string[] {
  const others = args.filter((one, index) => !/^--registry(?:=|$)/.test(one) && args[index - 1] !== "--registry");
  return [...others, `--registry=${registry}`];
}

function valueOf(flag: string, args: readonly string[]): string | undefined {
  const inline = args.find((one) => one.startsWith(`${flag}=`));
  const at = args.indexOf(flag);
  return inline?.slice(flag.length + 1) ?? (at === -1 ? undefined : args[at + 1]);
}
