import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { buildRegistryKeys, createRegistryKey } from "../../src/sigstore/registry-key.ts";

test("a registry key is named by the fingerprint of its public key", () => {
  const { keyId, publicKey } = createRegistryKey();
  expect(`${keyId}=`).toBe(`SHA256:${createHash("sha256").update(publicKey).digest("base64")}`);
});

test("keys.json lists a key once for each usage, as the TUF target does", () => {
  const key = createRegistryKey();
  const { keys } = buildRegistryKeys(key);
  expect(keys.map(({ keyUsage }) => keyUsage)).toEqual(["npm:signatures", "npm:attestations"]);
  for (const row of keys) {
    expect(row.keyId).toBe(key.keyId);
    expect(row.publicKey).toEqual({
      rawBytes: key.publicKey.toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: "1999-01-01T00:00:00.000Z" },
    });
  }
});
