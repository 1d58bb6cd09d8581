import type { Config } from "@colophon/config";
import type { Emission, NpmPublishing, RegistryProvenance } from "@colophon/config/emission";
import type { Warning } from "@colophon/core";
import { PublishError } from "./error.ts";
import type { Options } from "./options.ts";

/** Who proves a package at its registry. */
export interface Chosen {
  readonly provenance: RegistryProvenance;
  readonly warnings: readonly Warning[];
}

/**
 * What was asked for, or what the registry takes: the trust root holds a key of one that attests what it publishes. There
 * its own client makes provenance, which needs the identity of a CI that it knows. Throws BUNDLE_REFUSED.
 */
export async function chooseProvenance(
  { mode, command }: Options,
  registries: readonly string[],
  { registries: configured }: Config,
  emission: Emission,
  npm: NpmPublishing,
): Promise<Chosen> {
  if (mode === "bundle") {
    const tool = await npm.refusesBundle();
    if (tool === undefined) return { provenance: "bundle", warnings: [] };
    throw new PublishError("BUNDLE_REFUSED", `${tool} does not publish with a bundle of ours`, {
      hint: "npm does from 11.20 and 12.1 on (--provenance-file); or let the registry's client make it (--provenance registry).",
    });
  }
  if (mode !== "auto") return { provenance: mode, warnings: [] };
  if (configured.some(({ url, attestations }) => registries.includes(url) && attestations === "never")) return NONE;
  const keyed = await emission.keyedRegistries();
  if (!registries.every((url) => keyed.includes(new URL(url).host))) return NONE;
  if (emission.hasIdentity || command === "postpublish") return { provenance: "registry", warnings: [] };
  const message = `${registries.join(", ")} takes provenance, and there is no CI identity to make it with`;
  return { ...NONE, warnings: [{ code: "registry-provenance-unavailable", message }] };
}

const NONE: Chosen = { provenance: "none", warnings: [] };
