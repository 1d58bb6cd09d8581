import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSigstore, type AttestRequest, type EmbeddedSigstore } from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrustSource, createVerifier } from "../../src/index.ts";
import { authenticate, verdictOf } from "../authenticate.ts";
import { IDENTITY, PUBLISH, STATEMENT } from "../embedded.ts";

/** An instance with logs, and one like GitHub's own, which has none. */
let logged: EmbeddedSigstore;
let unlogged: EmbeddedSigstore;
let folder: string;

beforeAll(async () => {
  [logged, unlogged] = await Promise.all([startSigstore(), startSigstore({ logs: false })]);
  folder = await mkdtemp(join(tmpdir(), "colophon-instances-"));
});
afterAll(async () => {
  await Promise.all([logged.close(), unlogged.close(), rm(folder, { recursive: true })]);
});

/** What becomes of a bundle of the instance with the trusted roots of these, as `gh attestation trusted-root` prints them. */
async function verdict(
  signedBy: EmbeddedSigstore,
  form: Partial<AttestRequest>,
  ...trusted: readonly EmbeddedSigstore[]
): Promise<string> {
  const trustedRootFile = join(folder, "trusted_root.jsonl");
  await writeFile(trustedRootFile, trusted.map(({ trustedRoot }) => `${JSON.stringify(trustedRoot)}\n`).join(""));
  const trust = createTrustSource({ offline: true, trustedRootFile });
  const bundle = await signedBy.attest({ statement: STATEMENT, identity: IDENTITY, ...form });
  return verdictOf(await authenticate(createVerifier({ trust }), bundle));
}

const STAMPED = { log: "none", timestamp: true } as const;

describe("an instance without logs", () => {
  test("vouches for the time by its timestamp authority alone", async () => {
    expect(await verdict(unlogged, STAMPED, unlogged)).toBe("ok");
  });

  test("vouches for no time without it", async () => {
    expect(await verdict(unlogged, { log: "none" }, unlogged)).toBe("timestamp unprovable no-trusted-time");
  });

  test("does not excuse a missing log entry of one that has logs", async () => {
    for (const trusted of [
      [logged, unlogged],
      [unlogged, logged],
    ])
      expect(await verdict(logged, STAMPED, ...trusted)).toBe("log unprovable log-entry-missing");
  });
});

describe("several instances in one file", () => {
  test("each vouch for their own bundles, in any order", async () => {
    for (const trusted of [
      [logged, unlogged],
      [unlogged, logged],
    ]) {
      expect(await verdict(logged, {}, ...trusted)).toBe("ok");
      expect(await verdict(unlogged, STAMPED, ...trusted)).toBe("ok");
    }
  });

  test("vouch for none of another's", async () => {
    const other = await startSigstore();
    expect(await verdict(other, {}, logged, unlogged)).toBe("certificate unprovable issuer-ca-unknown");
    await other.close();
  });

  test("know the log of a registry's signature, whichever comes first", async () => {
    const trustedRootFile = join(folder, "both.jsonl");
    const keysFile = join(folder, "keys.json");
    await writeFile(keysFile, JSON.stringify(logged.registryKeys));
    const roots = [unlogged, logged].map(({ trustedRoot }) => JSON.stringify(trustedRoot));
    await writeFile(trustedRootFile, roots.join("\n"));
    const trust = createTrustSource({
      offline: true,
      trustedRootFile,
      registryKeyFiles: { "registry.example": keysFile },
    });
    const { privateKey: key, keyId } = logged.registryKey;
    const bundle = await logged.attestWithKey({ statement: PUBLISH, key, keyId });
    expect(verdictOf(await authenticate(createVerifier({ trust }), bundle))).toBe("ok");
  });
});
