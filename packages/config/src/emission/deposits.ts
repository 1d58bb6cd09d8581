import type { Depository } from "@colophon/core";
import { ConfigError } from "../error.ts";

/** The depositories of these settings, each `folder=DIR`. Throws DEPOSIT_UNKNOWN. */
export async function openDepositories(settings: readonly string[]): Promise<readonly Depository[]> {
  const { createFolderDepository } = await import("@colophon/workspace");
  return settings.map((setting) => {
    const folder = /^folder=(.+)$/s.exec(setting)?.[1];
    if (folder !== undefined) return createFolderDepository(folder);
    // What follows may hold a password.
    const [kind = ""] = setting.split(/[=:]/);
    throw new ConfigError("DEPOSIT_UNKNOWN", `nothing can be deposited in ${JSON.stringify(kind.slice(0, 80))}`, {
      hint: "Name a folder: folder=DIR.",
    });
  });
}
