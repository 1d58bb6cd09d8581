import {
  parseDraft,
  type Authentication,
  type DigestSet,
  type NotDone,
  type Plan,
  type PlannedSubject,
  type SignedEnvelope,
  type Testimony,
  type Verifier,
  type Witness,
} from "@colophon/core";
import { prepare, type Admission, type Folder, type PrepareRequest, type SealPorts } from "../src/index.ts";

export const NOW = new Date("2026-01-01T00:00:00Z");
export const SHA256 = "a".repeat(64);

export function file(name: string, sha256: string = SHA256): PlannedSubject {
  return { name, digest: { sha256, sha512: sha256.repeat(2) }, from: "file", path: `dist/${name}` };
}

const PREDICATE = { type: "https://acme.example/tested/v1", value: { tests: "passed" } };

export function planOf(
  subjects: readonly PlannedSubject[],
  change: Partial<PrepareRequest> = {},
  admission: Partial<Admission> = {},
): Promise<Plan> {
  const request = { subjects, says: { predicate: PREDICATE }, toolVersion: "1.0.0", ...change };
  return prepare(request, nameFiles, { allowPublicLog: false, depositoriesOf: () => [], ...admission });
}

export function nameFiles([only = "", ...others]: readonly string[]): { bundle: string; envelope: string } {
  const stem = others.length === 0 ? only : "provenance";
  return { bundle: `${stem}.sigstore.json`, envelope: `${stem}.intoto.jsonl` };
}

/** Ports whose services do what they are told; `log` tells what was asked of them. */
export interface World extends SealPorts {
  readonly files: Map<string, string>;
  readonly log: string[];
}

export interface WorldChange extends Partial<SealPorts> {
  readonly files?: Map<string, string>;
  /** Of the certificate. */
  readonly expiresAt?: string;
  readonly answers?: Readonly<Record<string, Testimony | NotDone>>;
  /** Names of the logs and timestamp authorities that have to vouch. */
  readonly logs?: readonly string[];
  readonly authorities?: readonly string[];
  readonly isClockless?: true;
}

export function makeWorld(asked: WorldChange = {}): World {
  const { files = new Map(), expiresAt, answers = {}, logs = ["rekor"], authorities = ["tsa"], ...rest } = asked;
  const { isClockless, ...change } = rest;
  const log: string[] = [];
  const witness = (kind: Witness["kind"], name: string): Witness => ({
    kind,
    name,
    ...(kind === "log" && isClockless ? { isClockless } : {}),
    witness: () => {
      log.push(name);
      return Promise.resolve(
        answers[name] ??
          (kind === "log" ? { kind, entry: { logIndex: "1" } } : { kind, response: new Uint8Array([1]) }),
      );
    },
  });
  return {
    files,
    log,
    folder: folderOf(files),
    signer: {
      sign: (payload) => {
        log.push("sign");
        return Promise.resolve(keyless(payload, expiresAt));
      },
    },
    // The log first: that the authority is asked before it is not left to the order given.
    witnesses: [...logs.map((name) => witness("log", name)), ...authorities.map((name) => witness("timestamp", name))],
    verifier: BELIEVING,
    depositoriesOf: () => [],
    observe: (subjects) => Promise.resolve(new Map(subjects.map(({ name, digest }) => [name, digest] as const))),
    now: () => NOW,
    requests: () => ({}),
    ...change,
  };
}

function folderOf(files: Map<string, string>): Folder {
  return {
    location: "dist/colophon",
    write: (name, content) => Promise.resolve(void files.set(name, Buffer.from(content as string).toString("utf8"))),
    read: (name) => Promise.resolve(files.has(name) ? Buffer.from(files.get(name) ?? "") : undefined),
    claim: () => Promise.resolve(),
    remove: (name) => Promise.resolve(void files.delete(name)),
  };
}

function keyless(payload: Uint8Array, expiresAt = "2026-01-01T00:10:00Z"): SignedEnvelope {
  const payloadType = "application/vnd.in-toto+json";
  const signer = { kind: "certificate", certificate: new Uint8Array([1]), expiresAt } as const;
  return { payloadType, payload, signature: new Uint8Array([2]), keyId: "", signer };
}

/** Believes every bundle, and says what its payload says. */
const BELIEVING: Verifier = {
  authenticate: ({ bytes }) => {
    const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString()) as { dsseEnvelope: { payload: string } };
    const said = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as {
      subject: { name: string; digest: DigestSet }[];
      predicateType: string;
    };
    const answer: Authentication = {
      ok: true,
      statement: { type: "https://in-toto.io/Statement/v1", predicate: null, ...said },
      signer: { kind: "key", keyId: "k", scope: "configured" },
      times: [],
      log: "none",
    };
    return Promise.resolve(answer);
  },
};

export function draftIn(files: ReadonlyMap<string, string>, name: string): ReturnType<typeof parseDraft> {
  return parseDraft(files.get(name) ?? "");
}
