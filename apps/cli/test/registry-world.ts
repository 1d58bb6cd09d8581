import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import {
  buildSlsaV1,
  startOciRegistry,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedOciRegistry,
  type ImageDigests,
  type ImageOptions,
  type OciRegistryOptions,
} from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { colophon, emptyFolder, type Finished } from "./colophon.ts";
import { RUN } from "./emission.ts";

export const SOURCE = ["--source-repository", "https://github.com/acme/widget"];
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** An embedded Sigstore and registry with one image of two platforms, and a folder that trusts both. */
export interface RegistryWorld {
  readonly registry: EmbeddedOciRegistry;
  readonly image: ImageDigests;
  readonly folder: string;
  /** `oci://host/acme/widget` */
  readonly name: string;
  /** Bundle of provenance of these manifests. */
  readonly prove: (...digests: string[]) => Promise<Buffer>;
  /** Bundle of a signature over that manifest itself, which is no provenance. */
  readonly sign: (digest: string) => Promise<Buffer>;
  readonly run: (...args: string[]) => Promise<Finished>;
  readonly env: Record<string, string>;
}

export async function openRegistry(options: OciRegistryOptions = {}, image: ImageOptions = {}): Promise<RegistryWorld> {
  const [sigstore, registry] = await Promise.all([startSigstore(), startOciRegistry(options)]);
  onTestFinished(async () => void (await Promise.all([sigstore.close(), registry.close()])));
  const folder = await emptyFolder();
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  const env = { DOCKER_CONFIG: join(folder, "docker"), REGISTRY_AUTH_FILE: "" };
  const platforms = ["linux/amd64", "linux/arm64"];
  const added = registry.addImage("acme/widget", ["1.4.0", "latest"], { platforms, ...image });
  return {
    registry,
    image: added,
    folder,
    name: `oci://${registry.host}/acme/widget`,
    env,
    prove: async (...digests) => {
      const subject = digests.map((digest) => ({ name: "widget", digest: { sha256: digest.replace("sha256:", "") } }));
      const statement = buildSlsaV1({
        subject,
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        builderId: `https://github.com/acme/widget/${RUN.workflow}@${RUN.ref}`,
        run: RUN,
      });
      return Buffer.from(JSON.stringify(await sigstore.attest({ statement, identity: RUN })));
    },
    sign: async (digest) => {
      const manifest = await fetch(`${registry.url}/v2/acme/widget/manifests/${digest}`);
      const blob = Buffer.from(await manifest.arrayBuffer());
      return Buffer.from(JSON.stringify(await sigstore.signBlob({ blob, identity: RUN })));
    },
    run: (...args) => colophon([...args, "--trusted-root", "trusted-root.json"], { cwd: folder, env }),
  };
}

export const verdict = ({ stdout, stderr }: Finished): VerifyResult => {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as VerifyResult;
};
