import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBundle } from "@colophon/core";
import { createHookSigner, createKeySigner } from "../../src/sign/index.ts";
import { authenticate, verdictOf } from "../authenticate.ts";
import { startEmbedded, type Embedded } from "../embedded.ts";
import { shown, signed, STATEMENT_BYTES, told } from "./services.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.close());

const curve = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;
const rsa = (modulusLength: number): KeyObject => generateKeyPairSync("rsa", { modulusLength }).privateKey;
const P256 = curve("P-256");
const ED25519 = generateKeyPairSync("ed25519").privateKey;

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
}

function hookOf(key: KeyObject, hash: string | null): (data: Uint8Array) => Promise<Uint8Array> {
  return async (data) => sign(hash, data, key);
}

describe.each([
  ["P-256", P256, "sha256"],
  ["P-384", curve("P-384"), "sha384"],
  ["P-521", curve("P-521"), "sha512"],
  ["Ed25519", ED25519, null],
  ["RSA", rsa(2048), "sha256"],
])("a %s key", (_title, key, hash) => {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  const keyId = createHash("sha256").update(der).digest("base64");

  test.each([
    ["itself", createKeySigner(key)],
    ["through a hook", createHookSigner({ publicKey: publicPem(key), sign: hookOf(key, hash) })],
  ])("signs %s what verifies by it alone, under cosign's id of it", async (_way, signer) => {
    const envelope = await signed(signer);
    expect(envelope.keyId).toBe(keyId);
    const bundle = toBundle(envelope, []);
    const verifier = embedded.verifier([{ publicKey: publicPem(key), keyId }]);
    expect(await authenticate(verifier, bundle)).toMatchObject({ ok: true, signer: { kind: "key", keyId } });
    const other = embedded.verifier([{ publicKey: publicPem(curve("P-256")) }]);
    expect(verdictOf(await authenticate(other, bundle))).toBe("signature broken signature");
  });

  test("is hashed as its kind asks", async () => {
    const { signature } = await signed(createKeySigner(key));
    const strict = createHookSigner({ publicKey: publicPem(key), sign: async () => signature });
    expect(told(await strict.sign(STATEMENT_BYTES))).toBe("done");
  });
});

test("signs with no key of another kind", () => {
  expect(() => createKeySigner(rsa(1024))).toThrow(expect.objectContaining({ code: "KEY_UNSUPPORTED" }));
  const publicKey = publicPem(curve("secp256k1"));
  expect(() => createHookSigner({ publicKey, sign: hookOf(P256, "sha256") })).toThrow(
    expect.objectContaining({ code: "KEY_UNSUPPORTED" }),
  );
});

describe("a hook", () => {
  const publicKey = publicPem(P256);

  test("is handed the pre-authentication encoding", async () => {
    const seen: string[] = [];
    const hook = async (data: Uint8Array): Promise<Uint8Array> => {
      seen.push(Buffer.from(data).toString());
      return sign("sha256", data, P256);
    };
    await signed(createHookSigner({ publicKey, sign: hook }));
    const statement = Buffer.from(STATEMENT_BYTES).toString();
    expect(seen).toEqual([`DSSEv1 28 application/vnd.in-toto+json ${STATEMENT_BYTES.length} ${statement}`]);
  });

  test.each<readonly [string, (data: Uint8Array) => Promise<Uint8Array>]>([
    ["another key", hookOf(curve("P-256"), "sha256")],
    ["another hash", hookOf(P256, "sha384")],
    ["r and s side by side", async (data) => sign("sha256", data, { key: P256, dsaEncoding: "ieee-p1363" })],
    [
      "the digest in place of the bytes",
      async (data) => sign("sha256", createHash("sha256").update(data).digest(), P256),
    ],
    ["nothing", async () => new Uint8Array()],
  ])("that signs with %s is not believed", async (_title, hook) => {
    const answer = await createHookSigner({ publicKey, sign: hook }).sign(STATEMENT_BYTES);
    expect(told(answer)).toBe("refused signature-wrong");
    expect(answer).toHaveProperty("reason.hint", expect.stringContaining("ECDSA P-256 with SHA-256, in DER") as string);
  });

  test("that fails makes no signature now, and says why", async () => {
    const sign = async (): Promise<never> => {
      throw new Error("no session with the token");
    };
    const answer = await createHookSigner({ publicKey, sign }).sign(STATEMENT_BYTES);
    expect(told(answer)).toBe("unreachable signing-hook-failed");
    expect(answer).toHaveProperty("reason.message", expect.stringContaining("no session with the token") as string);
  });

  test.each([
    ["a private key", P256.export({ format: "pem", type: "pkcs8" }).toString()],
    ["no key", "hunter2"],
  ])("is not made with %s in place of its public key", (_title, text) => {
    try {
      createHookSigner({ publicKey: text, sign: hookOf(P256, "sha256") });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "KEY_INVALID" });
      for (const line of text.trim().split("\n").slice(0, 2))
        expect(shown(Object.assign({}, error))).not.toContain(line);
    }
  });
});
