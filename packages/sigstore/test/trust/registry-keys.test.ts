import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { parseRegistryKeys, registryHostOfTarget } from "../../src/trust/registry-keys.ts";

const spki = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "der", type: "spki" });
const KEY = {
  keyId: "SHA256:k",
  keyUsage: "npm:attestations",
  publicKey: {
    rawBytes: spki.toString("base64"),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    validFor: { start: "2022-12-01T00:00:00.000Z", end: "2025-01-29T00:00:00.000Z" },
  },
};

const parse = (value: unknown): ReturnType<typeof parseRegistryKeys> =>
  parseRegistryKeys(JSON.stringify(value), "Registry.Example", "keys.json");

test.each([
  ["registry.example/keys.json", "registry.example"],
  ["registry.example%2Fkeys.json", "registry.example"],
  ["Registry.Example:8443/keys.json", "registry.example:8443"],
  ["trusted_root.json", undefined],
  ["keys.json", undefined],
  ["a/b/keys.json", undefined],
  ["registry.example/other.json", undefined],
])("the TUF target %s holds the keys of %s", (target, host) => {
  expect(registryHostOfTarget(target)).toBe(host);
});

test("reads the keys for attestations, and leaves out those for packuments", () => {
  const keys = parse({ keys: [{ ...KEY, keyUsage: "npm:signatures" }, KEY] });
  expect(keys).toMatchObject([
    {
      host: "registry.example",
      keyId: "SHA256:k",
      validFor: { start: new Date("2022-12-01"), end: new Date("2025-01-29") },
    },
  ]);
  expect(keys[0]?.publicKey.export({ format: "der", type: "spki" })).toEqual(spki);
});

test("leaves an open end open", () => {
  expect(parse({ keys: [{ ...KEY, publicKey: { rawBytes: KEY.publicKey.rawBytes } }] })[0]?.validFor).toEqual({});
});

test.each<[string, unknown, string]>([
  ["no list", {}, "no list named keys"],
  ["no key id", { keys: [{ ...KEY, keyId: "" }] }, "no keyId"],
  ["bytes that are not base64", { keys: [{ ...KEY, publicKey: { rawBytes: "?" } }] }, "not base64"],
  ["bytes that are no key", { keys: [{ ...KEY, publicKey: { rawBytes: "AAAA" } }] }, "not a public key"],
  [
    "a date that is none",
    { keys: [{ ...KEY, publicKey: { ...KEY.publicKey, validFor: { end: "soon" } } }] },
    '"soon" is not a date',
  ],
])("refuses %s", (_title, value, why) => {
  expect(() => parse(value)).toThrow(
    expect.objectContaining({ code: "REGISTRY_KEYS_INVALID", message: expect.stringContaining(why) as string }),
  );
});

test("refuses what is not JSON", () => {
  expect(() => parseRegistryKeys("<html>", "h", "keys.json")).toThrow(
    expect.objectContaining({ code: "REGISTRY_KEYS_INVALID" }),
  );
});
