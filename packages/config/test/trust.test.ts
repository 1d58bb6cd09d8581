import { join } from "node:path";
import type { Proof } from "@colophon/core";
import { serveTuf, startSigstore, type EmbeddedSigstore, type TufRepository } from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTrust, readConfig } from "../src/index.ts";
import { folderOf } from "./folder.ts";

let sigstore: EmbeddedSigstore;
let other: EmbeddedSigstore;
let repository: TufRepository;
let proof: Proof;

beforeAll(async () => {
  [sigstore, other] = await Promise.all([startSigstore(), startSigstore()]);
  repository = await serveTuf({ "trusted_root.json": JSON.stringify(sigstore.trustedRoot) });
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "a", digest: { sha256: "a".repeat(64) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {},
  };
  const bundle = await sigstore.attest({
    statement,
    identity: { issuer: "https://id.example", subject: "a@id.example" },
  });
  const bytes = Buffer.from(JSON.stringify(bundle));
  proof = { mediaType: "application/json", bytes, digest: "sha256:00", store: "file", location: "a", filed: "object" };
});
afterAll(async () => {
  await Promise.all([sigstore.close(), other.close(), repository.close()]);
});

/** Whether the proof authenticates with that configuration, and what was asked on the way. */
async function outcome(files: Record<string, unknown>): Promise<unknown> {
  const texts = Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]);
  const folder = await folderOf(Object.fromEntries(texts) as Record<string, string>);
  const config = await readConfig(folder);
  const trust = openTrust({ config, keys: [], offline: false, cacheDir: join(folder, "cache") });
  const { ok } = await trust.verifier.authenticate(proof);
  return { ok, requested: trust.requested(), warnings: trust.warnings() };
}

describe("a Sigstore instance of the user's own", () => {
  const tuf = (): object => ({ mirror: repository.url, root: "root.json" });
  const root = (): unknown => JSON.parse(repository.root);

  test("is taken from its TUF repository, whose root lies beside the configuration that names it", async () => {
    const files = {
      "colophon.config.json": { extends: "./shared/base.json" },
      "shared/base.json": { trust: { tuf: tuf() } },
    };
    expect(await outcome({ ...files, "shared/root.json": root() })).toEqual({
      ok: true,
      requested: [new URL(repository.url).host],
      warnings: [],
    });
  });

  test("is named whole by the strongest configuration: a file above replaces the TUF repository below", async () => {
    const strong = { extends: "./base.json", trust: { trustedRoot: "other.json" } };
    const files = { "colophon.config.json": strong, "base.json": { trust: { tuf: tuf() } } };
    expect(await outcome({ ...files, "root.json": root(), "other.json": other.trustedRoot })).toMatchObject({
      ok: false,
      requested: [],
    });
  });
});
