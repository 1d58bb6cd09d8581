import type { Command } from "../command.ts";

/** The commands, each loaded only when it is run. */
export const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  coverage: {
    summary: "Count which published objects carry provenance, and which lack it",
    load: async () => (await import("./coverage.ts")).COVERAGE,
  },
  verify: {
    summary: "Verify the provenance of one file or published object",
    load: async () => (await import("./verify.ts")).VERIFY,
  },
  attest: {
    summary: "Sign provenance of what a release publishes, and read it back",
    load: async () => (await import("./attest.ts")).ATTEST,
  },
  inspect: {
    summary: "Show what an attestation says, without verifying it",
    load: async () => (await import("./inspect.ts")).INSPECT,
  },
};
