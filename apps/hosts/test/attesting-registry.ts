import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  seedTufCache,
  serveTuf,
  startNpmRegistry,
  startSigstore,
  startTlsProxy,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type NpmRegistryOptions,
} from "@colophon/testkit";
import { onTestFinished } from "vitest";

/** A registry that attests what it publishes, and the Sigstore instance that npm's own provenance is signed in. */
export interface AttestingRegistry {
  readonly registry: EmbeddedNpmRegistry & { readonly token: string };
  readonly sigstore: EmbeddedSigstore;
  /** Sends npm's own requests for the public-good instance to the embedded one. */
  readonly env: Readonly<Record<string, string>>;
  /** Has npm, run with that home, trust the embedded instance as the public-good one. */
  readonly trustIn: (home: string) => Promise<void>;
  /** Trusts the registry's key. */
  readonly configuration: object;
}

const TOKEN = "token-of-the-registry";

export async function startAttestingRegistry(options: NpmRegistryOptions = {}): Promise<AttestingRegistry> {
  const sigstore = await startSigstore();
  const registry = await startNpmRegistry({ sigstore, publishToken: TOKEN, ...options });
  const { url } = sigstore;
  const tuf = await serveTuf({ "trusted_root.json": JSON.stringify(sigstore.trustedRoot) });
  const proxy = await startTlsProxy({
    "fulcio.sigstore.dev": url,
    "rekor.sigstore.dev": url,
    "tuf-repo-cdn.sigstore.dev": tuf.url,
  });
  const folder = await mkdtemp(join(tmpdir(), "colophon-keys-"));
  onTestFinished(async () => {
    await Promise.all([
      sigstore.close(),
      registry.close(),
      proxy.close(),
      tuf.close(),
      rm(folder, { recursive: true }),
    ]);
  });
  const file = join(folder, "registry-keys.json");
  await writeFile(file, JSON.stringify(sigstore.registryKeys));
  return {
    registry: { ...registry, token: TOKEN },
    sigstore,
    env: proxy.env,
    trustIn: (home) => seedTufCache(home, tuf),
    configuration: { trust: { trustedRoot: "trusted-root.json", registryKeys: [{ registry: registry.url, file }] } },
  };
}
