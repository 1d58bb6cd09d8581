import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBundle, type EnvelopeSigner, type JsonObject, type Testimony, type Witness } from "@colophon/core";
import {
  createHookSigner,
  createKeylessSigner,
  createKeySigner,
  createRekorV1Witness,
  createRekorV2Witness,
  createTimestampWitness,
} from "../../src/sign/index.ts";
import { isNotDone } from "../../src/sign/not-done.ts";
import { authenticate } from "../authenticate.ts";
import { startEmbedded, STATEMENT, type Embedded } from "../embedded.ts";
import { createPlain } from "../plain-library.ts";
import { CANARY, client, identity, signed } from "./services.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.close());

const LOGS = { v1: createRekorV1Witness, v2: createRekorV2Witness, none: undefined };
const KEYS = {
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey,
  Ed25519: generateKeyPairSync("ed25519").privateKey,
  RSA: generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey,
};

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
}

async function bundleOf(signer: EnvelopeSigner, log: keyof typeof LOGS, isStamped: boolean): Promise<JsonObject> {
  const { url } = embedded.sigstore;
  const options = { http: client(url), url };
  const witnesses: Witness[] = [];
  const makeLog = LOGS[log];
  if (makeLog !== undefined) witnesses.push(makeLog(options));
  if (isStamped) witnesses.push(createTimestampWitness(options));
  const envelope = await signed(signer);
  const testimony: Testimony[] = [];
  for (const witness of witnesses) {
    const answer = await witness.witness(envelope);
    if (isNotDone(answer)) throw new Error(answer.reason.message);
    testimony.push(answer);
  }
  return toBundle(envelope, testimony);
}

function keyless(): EnvelopeSigner {
  const { url } = embedded.sigstore;
  return createKeylessSigner({ http: client(url), fulcioUrl: url, identity: identity(), now: () => new Date() });
}

async function plainAccepts(bundle: JsonObject): Promise<boolean> {
  return createPlain(await embedded.trust.load())(JSON.stringify(bundle), Buffer.alloc(0));
}

describe.each([
  ["v1", false, "proof", ["log"]],
  ["v1", true, "proof", ["authority", "log"]],
  ["v2", true, "proof", ["authority"]],
] as const)("a certificate, log %s, timestamp %s", (log, isStamped, proven, times) => {
  test("make a bundle that verifies", async () => {
    const bundle = await bundleOf(keyless(), log, isStamped);
    const result = await authenticate(embedded.verifier(), bundle);
    expect(result).toMatchObject({
      ok: true,
      log: proven,
      statement: { predicateType: STATEMENT.predicateType },
      signer: { kind: "certificate", claims: { sourceRepositoryUri: "https://github.com/acme/widget" } },
    });
    const from = result.ok ? result.times.map((time) => time.from) : [];
    expect(new Set(from)).toEqual(new Set(times));
    expect(await plainAccepts(bundle)).toBe(true);
  });
});

test.each([
  ["v2", false],
  ["none", true],
  ["none", false],
] as const)("a certificate, log %s, timestamp %s prove too little", async (log, isStamped) => {
  const bundle = await bundleOf(keyless(), log, isStamped);
  expect(await authenticate(embedded.verifier(), bundle)).toMatchObject({ ok: false, kind: "unprovable" });
});

describe.each<readonly [keyof typeof KEYS, readonly (keyof typeof LOGS)[]]>([
  ["P-256", ["v1", "v2", "none"]],
  ["P-384", ["v2", "none"]],
  ["P-521", ["v2", "none"]],
  ["Ed25519", ["v1", "none"]],
  ["RSA", ["v1", "v2", "none"]],
])("a %s key", (kind, logs) => {
  const key = KEYS[kind];
  test.each(logs.flatMap((log) => [true, false].map((isStamped) => [log, isStamped] as const)))(
    "with log %s and timestamp %s makes a bundle that verifies",
    async (log, isStamped) => {
      const bundle = await bundleOf(createKeySigner(key), log, isStamped);
      const result = await authenticate(embedded.verifier([{ publicKey: publicPem(key) }]), bundle);
      expect(result).toMatchObject({ ok: true, signer: { kind: "key" }, log: log === "none" ? "none" : "proof" });
    },
  );
});

test("a hook makes a bundle that verifies", async () => {
  const key = KEYS["P-256"];
  const signer = createHookSigner({ publicKey: publicPem(key), sign: async (data) => sign("sha256", data, key) });
  const bundle = await bundleOf(signer, "v1", true);
  expect(await authenticate(embedded.verifier([{ publicKey: publicPem(key) }]), bundle)).toHaveProperty("ok", true);
});

test("the token is in no request but those for certificates", async () => {
  embedded.sigstore.requests.length = 0;
  await bundleOf(keyless(), "v1", true);
  await bundleOf(keyless(), "v2", true);
  const holders = embedded.sigstore.requests.filter((request) => JSON.stringify(request).includes(CANARY));
  expect(holders.map(({ path }) => path)).toEqual(["/api/v2/signingCert", "/api/v2/signingCert"]);
  for (const { path, headers } of holders) expect(JSON.stringify([path, headers])).not.toContain(CANARY);
});
