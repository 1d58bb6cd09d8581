import { createHash } from "node:crypto";
import {
  isObject,
  objectAt,
  stringAt,
  toEnvelope,
  type JsonObject,
  type NotDone,
  type SignedEnvelope,
  type Testimony,
  type Witness,
} from "@colophon/core";
import type { Http } from "@colophon/http";
import { AnswerFault, believe, parseJson, refusal } from "./answer.ts";
import {
  base64At,
  checkpointOf,
  countAt,
  isEncodedPem,
  notOurs,
  specOf,
  refuseKeyKind,
  signerSchemeOf,
  textsAt,
  toEncodedPem,
} from "./log-entry.ts";
import { isNotDone, refused, unreachable } from "./not-done.ts";
import { createService, type Answered, type Service } from "./service.ts";

/** The most that GitHub stores; larger requests run into the limits of proxies, which do not say so. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
const UUID = /^[0-9a-f]{64,80}$/;

/** An entry that is asked for. */
export interface ProposedEntry {
  readonly kind: string;
  readonly version: string;
  readonly spec: JsonObject;
  /** Throws AnswerFault where the specification of a logged entry is about something else. */
  readonly check: (logged: JsonObject) => void;
}

/**
 * A transparency log with the API of Rekor v1 (rekor, openapi.yaml); entries are of kind `dsse` 0.0.1, which every verifier
 * takes. An envelope that the log has already, as after an answer that got lost, ends with the entry that it has.
 * Throws SERVICE_URL_INVALID.
 */
export function createRekorV1Witness({ http, url }: { readonly http: Http; readonly url: string }): Witness {
  const rekor = createService(http, url);
  return { kind: "log", name: rekor.host, witness: (envelope) => witness(rekor, envelope) };
}

async function witness(rekor: Service, envelope: SignedEnvelope): Promise<Testimony | NotDone> {
  const scheme = signerSchemeOf(envelope.signer);
  // It verifies every envelope with SHA-256 (rekor 1.5.4, `dsse`), and answers that the signature is wrong.
  if (scheme === undefined || scheme.hash === "sha384" || scheme.hash === "sha512") {
    return refuseKeyKind(rekor.host, scheme, "Sign with ECDSA P-256, Ed25519 or RSA, or take Rekor v2.");
  }
  return await logEntry(rekor, toEntry(envelope));
}

export async function logEntry(rekor: Service, entry: ProposedEntry): Promise<Testimony | NotDone> {
  const { kind, version, spec } = entry;
  const bytes = Buffer.from(JSON.stringify({ apiVersion: version, kind, spec }));
  if (bytes.byteLength > MAX_REQUEST_BYTES) {
    const message = `the entry for ${rekor.host} would have ${bytes.byteLength} bytes, more than ${MAX_REQUEST_BYTES}`;
    return refused("log-request-too-large", message, "Attest fewer subjects at once, or a smaller predicate.");
  }
  const answer = await rekor.ask({
    url: `${rekor.baseUrl}/api/v1/log/entries`,
    method: "POST",
    body: { bytes, mediaType: "application/json" },
    accept: "application/json",
  });
  if (isNotDone(answer)) return answer;
  if (answer.code === 409) return existing(rekor, answer, entry);
  if (answer.code !== 200 && answer.code !== 201) return refusal(rekor.host, "an envelope", answer);
  return believe(rekor.host, () => toTestimony(answer, entry));
}

/** The entry is asked for at the URL that the user gave, wherever the answer points. */
async function existing(rekor: Service, conflict: Answered, entry: ProposedEntry): Promise<Testimony | NotDone> {
  const uuid = (conflict.headers["location"] ?? "").split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
  if (!UUID.test(uuid))
    return refusal(rekor.host, "an envelope that it has already, without naming the entry", conflict);
  // What was taken a moment ago may not be readable yet.
  const answer = await rekor.ask({ url: `${rekor.baseUrl}/api/v1/log/entries/${uuid}`, retryOn: [404] });
  if (isNotDone(answer)) return answer;
  if (answer.code === 404) {
    return unreachable("log-entry-missing", `${rekor.host} has the entry ${uuid} already, but does not find it`);
  }
  if (answer.code !== 200) return refusal(rekor.host, `the question for the entry ${uuid}`, answer);
  return believe(rekor.host, () => toTestimony(answer, entry));
}

function toEntry(envelope: SignedEnvelope): ProposedEntry {
  const proposedContent = {
    envelope: JSON.stringify(toEnvelope(envelope)),
    verifiers: [toEncodedPem(envelope.signer)],
  };
  return { kind: "dsse", version: "0.0.1", spec: { proposedContent }, check: (spec) => checkSubject(spec, envelope) };
}

/** The answer has one member, named by the entry's UUID; hashes are in hexadecimal. */
function toTestimony({ bytes }: Answered, { kind, version, check }: ProposedEntry): Testimony {
  const value = parseJson(bytes, "the answer");
  const [entry, ...others] = isObject(value) ? Object.values(value) : [];
  if (!isObject(entry) || others.length > 0) throw new AnswerFault("it does not hold one log entry");
  const canonicalizedBody = base64At(entry, "body");
  check(specOf(canonicalizedBody, kind, version));
  const verification = objectAt(entry, "verification");
  const proof = objectAt(verification, "inclusionProof");
  if (proof === undefined) throw new AnswerFault("it has no inclusion proof");
  return {
    kind: "log",
    entry: {
      logIndex: countAt(entry, "logIndex"),
      logId: { keyId: fromHex(stringAt(entry, "logID")) },
      kindVersion: { kind, version },
      integratedTime: countAt(entry, "integratedTime"),
      inclusionPromise: { signedEntryTimestamp: base64At(verification, "signedEntryTimestamp") },
      inclusionProof: {
        logIndex: countAt(proof, "logIndex"),
        rootHash: fromHex(stringAt(proof, "rootHash")),
        treeSize: countAt(proof, "treeSize"),
        hashes: textsAt(proof, "hashes").map(fromHex),
        checkpoint: checkpointOf(stringAt(proof, "checkpoint")),
      },
      canonicalizedBody,
    },
  };
}

function checkSubject(spec: JsonObject, { payload, signature, signer }: SignedEnvelope): void {
  const payloadHash = objectAt(spec, "payloadHash");
  const isPayload =
    stringAt(payloadHash, "algorithm") === "sha256" &&
    stringAt(payloadHash, "value") === createHash("sha256").update(payload).digest("hex");
  if (!isPayload) throw notOurs("payloadHash");
  const [logged, ...others] = Array.isArray(spec["signatures"]) ? (spec["signatures"] as unknown[]) : [];
  if (others.length > 0 || stringAt(logged, "signature") !== Buffer.from(signature).toString("base64")) {
    throw notOurs("signature");
  }
  if (!isEncodedPem(stringAt(logged, "verifier"), signer)) throw notOurs("verifier");
}

function fromHex(text: string | undefined): string {
  if (text === undefined || !/^(?:[0-9a-f]{2})+$/.test(text))
    throw new AnswerFault("one of its hashes is not hexadecimal");
  return Buffer.from(text, "hex").toString("base64");
}
