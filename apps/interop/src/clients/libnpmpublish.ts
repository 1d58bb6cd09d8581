import { join } from "node:path";
import { runWell } from "../process.ts";

/** The publisher inside of npm 11 and 12: dependencies of this workspace, under aliases. */
export const NPM_PUBLISHERS = ["libnpmpublish-11", "libnpmpublish-12"] as const;

export interface NpmPublish {
  readonly alias: (typeof NPM_PUBLISHERS)[number];
  readonly manifest: { readonly name: string; readonly version: string };
  /** File. */
  readonly tarball: string;
  /** URL. */
  readonly registry: string;
  /** Base URL of Fulcio, Rekor v1 and the timestamp authority alike. */
  readonly sigstore: string;
}

/** Publishes as `npm publish --provenance` does in the job of these variables. Throws with what npm said. */
export async function publishWithNpm(
  publish: NpmPublish,
  job: Readonly<Record<string, string>>,
  home: string,
): Promise<void> {
  const script = join(import.meta.dirname, "libnpmpublish-process.ts");
  const env = { PATH: process.env["PATH"], HOME: home, ...job };
  await runWell([process.execPath, script, JSON.stringify(publish)], { env });
}
