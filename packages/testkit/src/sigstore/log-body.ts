import { createHash } from "node:crypto";
import { TestkitError } from "../error.ts";
import { canonicalJson, memberObject, memberString, type JsonObject, type JsonValue } from "../json.ts";
import type { LogBody } from "./log.ts";

/**
 * The entry that Rekor v1 makes of a proposal: canonicalised, with hashes in place of the content.
 * Throws `LOG_ENTRY_UNSUPPORTED` for a kind or version that the embedded log does not take.
 */
export function toRekorV1Body(proposal: JsonObject): LogBody {
  const kind = memberString(proposal, "kind");
  const version = memberString(proposal, "apiVersion");
  switch (`${kind} ${version}`) {
    case "dsse 0.0.1":
      return toBody(kind, version, toDsseSpec(memberObject(proposal, "spec", "proposedContent")));
    case "intoto 0.0.2":
      return toBody(kind, version, toIntotoSpec(memberObject(proposal, "spec", "content")));
    case "hashedrekord 0.0.1":
      return toBody(kind, version, memberObject(proposal, "spec"));
    default:
      throw unsupported(`${kind} ${version}`);
  }
}

/** The entry that Rekor v2 makes of a request; throws `LOG_ENTRY_UNSUPPORTED` for any other request. */
export function toRekorV2Body(request: JsonObject): LogBody {
  if (request["hashedRekordRequestV002"] !== undefined) {
    const requested = memberObject(request, "hashedRekordRequestV002");
    const { signature } = requested;
    const digest = memberString(requested, "digest");
    return toBody("hashedrekord", "0.0.2", {
      hashedRekordV002: { data: { algorithm: algorithmOf(digest), digest }, signature },
    });
  }
  if (request["dsseRequestV002"] !== undefined) {
    const { envelope, verifiers } = memberObject(request, "dsseRequestV002");
    const payload = Buffer.from(memberString(memberObject(envelope), "payload"), "base64");
    const verifier = toArray(verifiers)[0];
    const spec = {
      payloadHash: { algorithm: "SHA2_256", digest: createHash("sha256").update(payload).digest("base64") },
      signatures: signaturesOf(envelope).map((signature) => ({ content: memberString(signature, "sig"), verifier })),
    };
    return toBody("dsse", "0.0.2", { dsseV002: spec });
  }
  throw unsupported(Object.keys(request).join(", "));
}

/** By the length of the digest, which follows from the kind of key. */
function algorithmOf(digest: string): string {
  return `SHA2_${Buffer.from(digest, "base64").length * 8}`;
}

function toDsseSpec(proposed: JsonObject): JsonObject {
  const text = memberString(proposed, "envelope");
  const envelope = JSON.parse(text) as JsonObject;
  const verifier = toArray(proposed["verifiers"])[0];
  return {
    envelopeHash: toHash(text),
    payloadHash: toHash(Buffer.from(memberString(envelope, "payload"), "base64")),
    signatures: signaturesOf(envelope).map((signature) => ({ signature: memberString(signature, "sig"), verifier })),
  };
}

function toIntotoSpec(content: JsonObject): JsonObject {
  const envelope = memberObject(content, "envelope");
  const { payloadType, signatures } = envelope;
  // The envelope is stored without its payload: the payload's hash stands for it.
  return { content: { ...content, envelope: { payloadType, signatures } } };
}

function toBody(kind: string, version: string, spec: JsonObject): LogBody {
  return { kind, version, body: Buffer.from(canonicalJson({ apiVersion: version, kind, spec })) };
}

function signaturesOf(envelope: JsonValue | undefined): JsonObject[] {
  return toArray(memberObject(envelope)["signatures"]).map((signature) => memberObject(signature));
}

function toArray(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function toHash(data: string | Uint8Array): JsonObject {
  return { algorithm: "sha256", value: createHash("sha256").update(data).digest("hex") };
}

function unsupported(what: string): TestkitError {
  return new TestkitError("LOG_ENTRY_UNSUPPORTED", `the embedded log takes no entry "${what}"`);
}
