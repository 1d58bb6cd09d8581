import { tsaHandler } from "@sigstore/mock";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { createPublicKey } from "node:crypto";
import { TestkitError } from "../error.ts";
import { memberObject, memberString, type JsonObject } from "../json.ts";
import type { Reply, Request } from "../loopback-server.ts";
import { toCertificateContent } from "./certificate.ts";
import type { TokenClaims } from "./identity.ts";
import { toEntryUuid, toRekorV1Answer, toTransparencyLogEntry } from "./log-answer.ts";
import { toRekorV1Body, toRekorV2Body } from "./log-body.ts";
import type { SigningServices } from "./services.ts";
import { toVerifierPem } from "./signature.ts";

/** Answers the requests of Sigstore clients: Fulcio v2, Rekor v1 and v2, timestamp authority. Tokens are not checked. */
export function createSigstoreHandler(services: SigningServices): (request: Request) => Promise<Reply> {
  const { rekorV1, rekorV2 } = services;
  const entries = new Map<string, JsonObject>();
  const stamp = tsaHandler(services.tsa.mock);

  const routes: Record<string, (body: string, request: Request) => Reply | Promise<Reply>> = {
    "POST /api/v2/signingCert": async (body) => toJson(201, await certify(services, parse(body))),
    "POST /api/v2/log/entries": (body) =>
      toJson(201, { ...toTransparencyLogEntry(rekorV2, rekorV2.append(toRekorV2Body(parse(body)))) }),
    "POST /api/v1/log/entries": (body) => {
      const entry = toRekorV1Body(parse(body));
      const uuid = toEntryUuid(entry.body);
      const location = `/api/v1/log/entries/${uuid}`;
      if (entries.has(uuid)) return toJson(409, { code: 409, message: "an equivalent entry exists" }, { location });
      const answer = toRekorV1Answer(rekorV1, rekorV1.append(entry));
      entries.set(uuid, answer);
      return toJson(201, answer, { location });
    },
    "POST /api/v1/timestamp": async (body, { headers, bytes: query }) => {
      if (headers["content-type"] === "application/timestamp-query") {
        const type = { "content-type": "application/timestamp-reply" };
        return { status: 201, headers: type, body: await services.tsa.answer(query) };
      }
      const { statusCode, response, contentType = "text/plain" } = await stamp.fn(body);
      const { buffer, byteOffset, byteLength } = typeof response === "string" ? Buffer.from(response) : response;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      return { status: statusCode, headers: { "content-type": contentType }, body: bytes };
    },
  };

  return async (request) => {
    const { method, path, body } = request;
    const route = routes[`${method} ${path}`];
    const known = method === "GET" ? entries.get(path.split("/").at(-1) ?? "") : undefined;
    if (known !== undefined) return toJson(200, known);
    if (route === undefined) return toJson(404, { code: 404, message: `nothing at ${method} ${path}` });
    try {
      return await route(body, request);
    } catch (error) {
      return toJson(400, { code: 400, message: error instanceof Error ? error.message : String(error) });
    }
  };
}

async function certify({ ca }: SigningServices, request: JsonObject): Promise<JsonObject> {
  const token = memberString(memberObject(request, "credentials"), "oidcIdentityToken");
  const claims = decodeClaims(token);
  const pem =
    memberString(memberObject(request, "publicKeyRequest", "publicKey"), "content") || readSigningRequest(request);
  const publicKey = createPublicKey(pem).export({ format: "der", type: "spki" });
  const chain = [await ca.issue(toCertificateContent(claims), publicKey), ca.rootCertificate];
  const certificates = chain.map((der) => toVerifierPem({ kind: "certificate", der }));
  return { signedCertificateEmbeddedSct: { chain: { certificates } } };
}

function readSigningRequest(request: JsonObject): string {
  const encoded = memberString(request, "certificateSigningRequest");
  const pem = encoded.startsWith("-----") ? encoded : Buffer.from(encoded, "base64").toString();
  return new Pkcs10CertificateRequest(pem).publicKey.toString("pem");
}

function decodeClaims(token: string): TokenClaims {
  try {
    const claims = parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return Object.fromEntries(
      Object.entries(claims).flatMap(([name, claim]) => (typeof claim === "string" ? [[name, claim]] : [])),
    );
  } catch (cause) {
    // The token itself is a credential and stays out of the message.
    throw new TestkitError("CERTIFICATE_REQUEST_INVALID", "the identity token is no JWT", { cause });
  }
}

function parse(text: string): JsonObject {
  return memberObject(JSON.parse(text));
}

function toJson(status: number, body: JsonObject, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
