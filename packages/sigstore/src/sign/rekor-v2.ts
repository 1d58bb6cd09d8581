import { createHash } from "node:crypto";
import { objectAt, stringAt, type JsonObject, type NotDone, type Testimony, type Witness } from "@colophon/core";
import type { Http } from "@colophon/http";
import { preAuthEncoding } from "../envelope-signature.ts";
import { AnswerFault, believe, parseJson, refusal } from "./answer.ts";
import {
  base64At,
  checkBase64,
  checkpointOf,
  countAt,
  notOurs,
  specOf,
  refuseKeyKind,
  signerSchemeOf,
  textsAt,
  verifierOf,
  type Signed,
} from "./log-entry.ts";
import { isNotDone, refused } from "./not-done.ts";
import { createService, type Answered, type Service } from "./service.ts";

const KIND = "hashedrekord";
const VERSION = "0.0.2";
/** Such a log answers only once the next checkpoint covers the entry, which takes some seconds (rekor-tiles, CLIENTS.md). */
const TIMEOUT_MS = 60_000;

/**
 * A transparency log with the API of Rekor v2 (rekor-tiles, `CreateEntry`); entries are of kind `hashedrekord` 0.0.2 over the
 * digest of the pre-authentication encoding, the only kind that such logs take. They tell no time: a certificate needs a
 * timestamp beside them. Throws SERVICE_URL_INVALID.
 */
export function createRekorV2Witness({ http, url }: { readonly http: Http; readonly url: string }): Witness {
  const rekor = createService(http, url);
  return {
    kind: "log",
    isClockless: true,
    name: rekor.host,
    witness: async ({ payloadType, payload, signature, signer }) =>
      await logByDigest(rekor, { bytes: preAuthEncoding(payloadType, payload), signature, signer }),
  };
}

/** What the entry says, in the log's words; both the request and the entry hold it. */
interface Logged {
  readonly algorithm: string;
  readonly digest: string;
  readonly content: string;
  readonly keyDetails: string;
  readonly rawBytes: string;
  readonly member: "x509Certificate" | "publicKey";
}

export async function logByDigest(rekor: Service, signed: Signed): Promise<Testimony | NotDone> {
  const logged = toRecord(signed, rekor.host);
  if (isNotDone(logged)) return logged;
  const { digest, content, keyDetails, member, rawBytes } = logged;
  const verifier = { keyDetails, [member]: { rawBytes } };
  const body = { hashedRekordRequestV002: { digest, signature: { content, verifier } } };
  const answer = await rekor.ask({
    url: `${rekor.baseUrl}/api/v2/log/entries`,
    method: "POST",
    body: { bytes: Buffer.from(JSON.stringify(body)), mediaType: "application/json" },
    accept: "application/json",
    timeoutMs: TIMEOUT_MS,
  });
  if (isNotDone(answer)) return answer;
  if (answer.code === 409) return known(rekor.host);
  if (answer.code !== 200 && answer.code !== 201) return refusal(rekor.host, "an envelope", answer);
  return believe(rekor.host, () => toTestimony(answer, logged));
}

function toRecord({ bytes, signature, signer }: Signed, host: string): Logged | NotDone {
  const scheme = signerSchemeOf(signer);
  if (scheme?.keyDetails === undefined || scheme.hash === null) {
    return refuseKeyKind(host, scheme, "Sign with ECDSA or RSA of 2048, 3072 or 4096 bits, or take Rekor v1.");
  }
  return {
    algorithm: { sha256: "SHA2_256", sha384: "SHA2_384", sha512: "SHA2_512" }[scheme.hash],
    digest: createHash(scheme.hash).update(bytes).digest("base64"),
    content: Buffer.from(signature).toString("base64"),
    keyDetails: scheme.keyDetails,
    member: signer.kind === "certificate" ? "x509Certificate" : "publicKey",
    rawBytes: Buffer.from(verifierOf(signer)).toString("base64"),
  };
}

/** Unlike Rekor v1 it has no question for one entry. */
function known(host: string): NotDone {
  const message = `${host} has this envelope already, from an attempt whose answer got lost, and does not give the entry out`;
  return refused("log-entry-known", message, "Delete the draft, so that the statement is signed and logged anew.");
}

/** Go leaves out of protobuf JSON what is zero or empty; strict readers miss it in a bundle. */
function toTestimony({ bytes }: Answered, logged: Logged): Testimony {
  const entry = parseJson(bytes, "the answer");
  const canonicalizedBody = base64At(entry, "canonicalizedBody");
  checkSubject(specOf(canonicalizedBody, KIND, VERSION), logged);
  const proof = objectAt(entry, "inclusionProof");
  if (proof === undefined) throw new AnswerFault("it has no inclusion proof");
  return {
    kind: "log",
    entry: {
      logIndex: countAt(entry, "logIndex", "0"),
      logId: { keyId: base64At(objectAt(entry, "logId"), "keyId") },
      kindVersion: { kind: KIND, version: VERSION },
      inclusionProof: {
        logIndex: countAt(proof, "logIndex", "0"),
        rootHash: base64At(proof, "rootHash"),
        treeSize: countAt(proof, "treeSize"),
        hashes: textsAt(proof, "hashes").map((hash) => checkBase64(hash, "proof")),
        checkpoint: checkpointOf(stringAt(objectAt(proof, "checkpoint"), "envelope")),
      },
      canonicalizedBody,
    },
  };
}

function checkSubject(spec: JsonObject, logged: Logged): void {
  const entry = objectAt(spec, "hashedRekordV002");
  const data = objectAt(entry, "data");
  if (stringAt(data, "algorithm") !== logged.algorithm || stringAt(data, "digest") !== logged.digest) {
    throw notOurs("digest");
  }
  const signature = objectAt(entry, "signature");
  if (stringAt(signature, "content") !== logged.content) throw notOurs("signature");
  const verifier = objectAt(signature, "verifier");
  const raw = stringAt(objectAt(verifier, logged.member), "rawBytes");
  if (raw !== logged.rawBytes || stringAt(verifier, "keyDetails") !== logged.keyDetails) throw notOurs("verifier");
}
