import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/**
 * Logs two throw-away entries in a Rekor, v2 or v1. The first entry of a log has index 0 and an empty proof, both of
 * which Go leaves out of its JSON: strict readers call such a bundle malformed.
 */
export async function seedLog(rekor: string, version: 1 | 2): Promise<void> {
  const path = `/api/v${version}/log/entries`;
  const toEntry = version === 1 ? toV1Entry : toV2Entry;
  await Promise.all(["first", "second"].map((text) => post(`${rekor}${path}`, toEntry(signThrowAway(text)))));
}

interface Signed {
  readonly digest: Buffer;
  readonly signature: Buffer;
  readonly publicKey: KeyObject;
}

function signThrowAway(text: string): Signed {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const digest = createHash("sha256").update(text).digest();
  return { digest, signature: sign("sha256", Buffer.from(text), privateKey), publicKey };
}

function toV2Entry({ digest, signature, publicKey }: Signed): object {
  const rawBytes = publicKey.export({ format: "der", type: "spki" }).toString("base64");
  const verifier = { keyDetails: "PKIX_ECDSA_P256_SHA_256", publicKey: { rawBytes } };
  return {
    hashedRekordRequestV002: {
      digest: digest.toString("base64"),
      signature: { content: signature.toString("base64"), verifier },
    },
  };
}

function toV1Entry({ digest, signature, publicKey }: Signed): object {
  const pem = Buffer.from(publicKey.export({ format: "pem", type: "spki" })).toString("base64");
  return {
    kind: "hashedrekord",
    apiVersion: "0.0.1",
    spec: {
      data: { hash: { algorithm: "sha256", value: digest.toString("hex") } },
      signature: { content: signature.toString("base64"), publicKey: { content: pem } },
    },
  };
}

async function post(url: string, entry: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(entry) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
}
