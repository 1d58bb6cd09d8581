import { createHash } from "node:crypto";
import { memberObject, memberString, type JsonObject, type JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { toNpmPurl } from "../statements.ts";
import { fail } from "./answers.ts";

/** What a client sent to publish a version (`PUT /:name`). */
export interface Publication {
  readonly name: string;
  readonly version: string;
  /** The version's manifest as sent, `dist` included. */
  readonly manifest: JsonObject;
  readonly tarball: Buffer;
  /** Text of the attached Sigstore bundle, as sent. */
  readonly bundle: string | undefined;
  readonly distTags: Readonly<Record<string, string>>;
  readonly access: "public" | "restricted" | undefined;
}

/** Reads the body of a publish; what npm's registry would not take comes back as its answer. */
export function readPublication(name: string, body: string): Publication | Reply {
  let root: JsonObject;
  try {
    root = memberObject(JSON.parse(body) as JsonValue);
  } catch {
    return fail(400, "invalid json");
  }
  const [[version, manifest] = ["", undefined], ...further] = Object.entries(memberObject(root, "versions"));
  const attachments = memberObject(root, "_attachments");
  const dataOf = (extension: string): string =>
    memberString(memberObject(attachments, `${name}-${version}.${extension}`), "data");
  const tarball = Buffer.from(dataOf("tgz"), "base64");
  if (memberString(root, "name") !== name || version === "" || further.length > 0 || tarball.length === 0) {
    return fail(400, "a publish holds one version and its tarball");
  }
  const bundle = dataOf("sigstore") || undefined;
  const refusal = bundle === undefined ? undefined : refuseBundle(bundle, toNpmPurl(name, version), tarball);
  if (refusal !== undefined) return fail(422, `Error verifying sigstore provenance bundle: ${refusal}`);
  const distTags = Object.entries(memberObject(root, "dist-tags")).filter(isText);
  const { access } = root;
  return {
    name,
    version,
    manifest: memberObject(manifest),
    tarball,
    bundle,
    distTags: Object.fromEntries(distTags),
    access: access === "public" || access === "restricted" ? access : undefined,
  };
}

/** The statement that a Sigstore bundle's envelope holds; throws where it holds none. */
export function readStatement(bundle: string): JsonObject {
  const payload = memberString(memberObject(JSON.parse(bundle) as JsonValue, "dsseEnvelope"), "payload");
  return memberObject(JSON.parse(Buffer.from(payload, "base64").toString()) as JsonValue);
}

/** npm's registry checks more, the signature and each claim of the certificate among it; this one the subject alone. */
function refuseBundle(bundle: string, purl: string, tarball: Buffer): string | undefined {
  let subjects: JsonValue | undefined;
  try {
    subjects = readStatement(bundle)["subject"];
  } catch {
    return "the bundle holds no statement";
  }
  const [subject, ...further] = Array.isArray(subjects) ? subjects : [];
  if (subject === undefined || further.length > 0) return "the statement must have exactly one subject";
  const name = memberString(memberObject(subject), "name");
  if (name !== purl) return `subject ${name} is not ${purl}`;
  const sha512 = memberString(memberObject(subject, "digest"), "sha512");
  if (sha512 !== createHash("sha512").update(tarball).digest("hex"))
    return "sha512 of the subject is not the tarball's";
  return undefined;
}

function isText(entry: [string, JsonValue | undefined]): entry is [string, string] {
  return typeof entry[1] === "string";
}
