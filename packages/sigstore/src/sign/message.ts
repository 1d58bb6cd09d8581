import { createHash, sign } from "node:crypto";
import { objectAt, stringAt, toMessageBundle, type JsonObject, type NotDone, type Testimony } from "@colophon/core";
import type { SigningServices } from "./choose-services.ts";
import { certify, type KeylessOptions } from "./keyless.ts";
import { isEncodedPem, notOurs, toEncodedPem, type Signed } from "./log-entry.ts";
import { isNotDone } from "./not-done.ts";
import { logEntry, type ProposedEntry } from "./rekor-v1.ts";
import { logByDigest } from "./rekor-v2.ts";
import { createService } from "./service.ts";
import { requestTimestamp } from "./timestamp.ts";

export interface MessageOptions extends KeylessOptions {
  readonly services: Pick<SigningServices, "logs" | "timestampUrls">;
}

/**
 * A bundle of a signature over the bytes themselves (sigstore_bundle.proto, `message_signature`), by a key of its own with
 * Fulcio's certificate. It proves who signed them and no origin. Rejects with SERVICE_URL_INVALID.
 */
export async function signMessage(bytes: Uint8Array, options: MessageOptions): Promise<JsonObject | NotDone> {
  const { http, fulcioUrl, services } = options;
  const credential = await certify(createService(http, fulcioUrl), options);
  if (isNotDone(credential)) return credential;
  const { privateKey, certificate } = credential;
  const signed: Signed = {
    bytes,
    signature: new Uint8Array(sign("sha256", bytes, privateKey)),
    signer: { kind: "certificate", certificate: certificate.der, expiresAt: certificate.notAfter },
  };
  const testimony: Testimony[] = [];
  const witnesses = [
    ...services.timestampUrls.map((url) => () => requestTimestamp(createService(http, url), url, signed)),
    ...services.logs.map(({ url, version }) => () => {
      const rekor = createService(http, url);
      return version === 1 ? logEntry(rekor, toEntry(signed)) : logByDigest(rekor, signed);
    }),
  ];
  for (const witness of witnesses) {
    const said = await witness();
    if (isNotDone(said)) return said;
    testimony.push(said);
  }
  return toMessageBundle({ ...signed, sha256: digestOf(bytes), keyId: "" }, testimony);
}

/** Rekor v1's kind `hashedrekord` 0.0.1. */
function toEntry({ bytes, signature, signer }: Signed): ProposedEntry {
  const hash = { algorithm: "sha256", value: digestOf(bytes).toString("hex") };
  const content = Buffer.from(signature).toString("base64");
  const spec = { data: { hash }, signature: { content, publicKey: { content: toEncodedPem(signer) } } };
  return { kind: "hashedrekord", version: "0.0.1", spec, check };

  function check(logged: JsonObject): void {
    if (stringAt(objectAt(objectAt(logged, "data"), "hash"), "value") !== hash.value) throw notOurs("hash");
    const found = objectAt(logged, "signature");
    if (stringAt(found, "content") !== content) throw notOurs("signature");
    if (!isEncodedPem(stringAt(objectAt(found, "publicKey"), "content"), signer)) throw notOurs("publicKey");
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
