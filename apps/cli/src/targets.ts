import { readImageName } from "@colophon/config";
import { parseObjectReference, type Target } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/** Channels that coverage can be asked for. */
export const LISTED_CHANNELS = ["npm", "oci", "helm"] as const;
export type ListedChannel = (typeof LISTED_CHANNELS)[number];

/** What is listed. `query`: of a repository's URL, which may hold secrets and is shown nowhere. */
export interface NamedTarget extends Target {
  readonly query?: string;
}

/** Reads what coverage is asked about. Throws UsageError, CoreError and OciError. */
export async function toTarget(text: string): Promise<NamedTarget> {
  const reference = parseObjectReference(text);
  switch (reference.kind) {
    case "oci": {
      const { repository: name, ...range } = await readImageName(reference.name);
      return { channel: "oci", name, ...range };
    }
    case "npm":
    case "helm": {
      const { kind: channel, ...named } = reference;
      return { channel, ...named };
    }
    case "file":
    case "digest":
    case "oci-layout":
      throw new UsageError(
        `${JSON.stringify(text.slice(0, 200))} is nothing that coverage can list`,
        "Name packages like npm:name or npm:@scope/name@^1, images like oci://registry/name, charts like helm:URL/name.",
      );
  }
}

/** Whether a target is a repository of an OCI registry, be it asked for images or charts. */
export function isInRegistry({ channel, name }: Target): boolean {
  return channel === "oci" || (channel === "helm" && !/^https?:\/\//.test(name));
}

/** The targets of one channel. A repository of a registry can hold images and charts. */
export function targetsOf(targets: readonly NamedTarget[], channel: ListedChannel): readonly NamedTarget[] {
  return targets.flatMap((target) => {
    if (target.channel === channel) return [target];
    return channel !== "npm" && isInRegistry(target) ? [{ ...target, channel }] : [];
  });
}
