import type { SignerIdentity, Statement } from "@colophon/core";
import { plainText } from "./plain-text.ts";
import { emphasize, mute, type Style } from "./style.ts";

const SUBJECTS_SHOWN = 5;

/** What one attestation says, decoded; nothing of it is verified. */
export interface Inspected {
  readonly location: string;
  readonly summary?: InspectedSummary;
  /** Why it could not be decoded. */
  readonly problem?: string;
}

export interface InspectedSummary {
  readonly form: "bundle" | "envelope" | "statement";
  readonly mediaType: string | null;
  readonly payloadType: string | null;
  readonly statement: Statement | null;
  readonly artifactDigest: string | null;
  readonly signer:
    | {
        readonly kind: "certificate";
        readonly identity: SignerIdentity | null;
        readonly notBefore: string;
        readonly notAfter: string;
      }
    | { readonly kind: "key"; readonly keyId: string }
    | null;
  readonly logEntries: readonly {
    readonly kind: string;
    readonly logIndex: string;
    readonly integratedTime: string | null;
  }[];
  readonly timestamps: readonly string[];
}

export function renderInspectText(name: string, inspected: readonly Inspected[], style: Style): string {
  const head = `${emphasize(plainText(name), style)}  ${inspected.length} attestation${inspected.length === 1 ? "" : "s"}, NOT verified: this is only what they say`;
  return `${[head, ...inspected.map((one, index) => renderOne(one, index + 1, style))].join("\n\n")}\n`;
}

function renderOne({ location, summary, problem }: Inspected, number: number, style: Style): string {
  const title = `${number}. ${mute(plainText(location), style)}`;
  if (summary === undefined) return `${title}\n   unreadable: ${plainText(problem ?? "")}`;
  const { statement } = summary;
  const rows: [string, string | null | undefined][] = [
    ["form", summary.mediaType ?? summary.form],
    ["payload", summary.payloadType],
    ["signs", summary.artifactDigest],
    ["statement", statement?.type],
    ["predicate", statement?.predicateType],
    ...subjectRows(statement),
    ...signerRows(summary.signer),
    ...summary.logEntries.map(({ kind, logIndex, integratedTime }): [string, string] => [
      "log entry",
      `${kind} at index ${logIndex}, ${integratedTime ?? "no time told"}`,
    ]),
    ...summary.timestamps.map((time): [string, string] => ["timestamp", time]),
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== undefined);
  return [title, ...shown.map(([label, value]) => `   ${label.padEnd(10)} ${plainText(value)}`)].join("\n");
}

function subjectRows(statement: Statement | null): [string, string][] {
  const subjects = statement?.subject ?? [];
  const rows = subjects.slice(0, SUBJECTS_SHOWN).map(({ name, digest }): [string, string] => {
    const digests = Object.entries(digest).map((pair) => pair.join(":"));
    return ["subject", `${name ?? "(no name)"}  ${digests.join(" ")}`];
  });
  const more = subjects.length - rows.length;
  return more > 0 ? [...rows, ["", `and ${more} more`]] : rows;
}

function signerRows(signer: InspectedSummary["signer"]): [string, string | undefined][] {
  if (signer === null) return [["signer", "none: unsigned"]];
  if (signer.kind === "key") return [["signer", `key ${signer.keyId}`]];
  const { identity } = signer;
  if (identity?.kind !== "certificate") return [["signer", "a certificate without one readable identity"]];
  const { claims } = identity;
  return [
    ["signer", identity.subject],
    ["issuer", identity.issuer],
    ["source", claims.sourceRepositoryUri],
    ["ref", claims.sourceRepositoryRef],
    ["commit", claims.sourceRepositoryDigest],
    ["trigger", claims.buildTrigger],
    ["runner", claims.runnerEnvironment],
    ["valid", `${signer.notBefore} to ${signer.notAfter}`],
  ];
}
