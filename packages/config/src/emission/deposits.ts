import { ConfigError } from "../error.ts";

/** A place for attestations, as it is written: `folder=DIR`, `oci`, or `oci=REPOSITORY`. */
export type DepositSetting =
  | { readonly kind: "folder"; readonly folder: string }
  /** Beside each image, or in another repository. */
  | { readonly kind: "oci"; readonly repository?: string };

/** What is pushed into a registry is attested there, whatever else is configured. */
export function withOci(settings: readonly string[]): readonly string[] {
  return settings.some((one) => /^oci(?:=|$)/.test(one)) ? settings : [...settings, "oci"];
}

/** Throws DEPOSIT_UNKNOWN. */
export function parseDeposit(setting: string): DepositSetting {
  const folder = /^folder=(.+)$/s.exec(setting)?.[1];
  if (folder !== undefined) return { kind: "folder", folder };
  const repository = /^oci=(.+)$/s.exec(setting)?.[1];
  if (repository !== undefined) return { kind: "oci", repository };
  if (setting === "oci") return { kind: "oci" };
  // What follows may hold a password.
  const [kind = ""] = setting.split(/[=:]/);
  throw new ConfigError("DEPOSIT_UNKNOWN", `nothing can be deposited in ${JSON.stringify(kind.slice(0, 80))}`, {
    hint: "Name a folder (folder=DIR), or oci for beside each image, or oci=REPOSITORY.",
  });
}
