import type { ProjectPackage } from "@colophon/config";
import { objectAt, stringAt } from "@colophon/core";
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
  packages: readonly ProjectPackage[],
): string | undefined {
  const named = registry ?? valueOf("--registry", args);
  if (named !== undefined) return named;
  const written = packages.map(({ manifest }) => stringAt(objectAt(manifest, "publishConfig"), "registry"));
  const [first, ...others] = new Set(written);
  if (others.length === 0) return first;
  throw usage("the packages are published to several registries", "Publish those of each registry by themselves.");
}

function valueOf(flag: string, args: readonly string[]): string | undefined {
  const inline = args.find((one) => one.startsWith(`${flag}=`));
  const at = args.indexOf(flag);
  return inline?.slice(flag.length + 1) ?? (at === -1 ? undefined : args[at + 1]);
}
