import type * as bundle from "@sigstore/bundle";
import type * as core from "@sigstore/core";
import type * as verify from "@sigstore/verify";

/** `@sigstore/*`, which takes longer to load than most commands take to run. */
export interface Libraries {
  readonly bundle: typeof bundle;
  readonly core: typeof core;
  readonly verify: typeof verify;
}

let loaded: Promise<Libraries> | undefined;

/**
 * Loads what authentication needs: by the first bundle, or earlier, where there is something to wait for anyway. Asking
 * the module loader again for each bundle costs time of its own.
 */
export function loadLibraries(): Promise<Libraries> {
  return (loaded ??= load());
}

async function load(): Promise<Libraries> {
  const [bundle, core, verify] = await Promise.all([
    import("@sigstore/bundle"),
    import("@sigstore/core"),
    import("@sigstore/verify"),
  ]);
  return { bundle, core, verify };
}
