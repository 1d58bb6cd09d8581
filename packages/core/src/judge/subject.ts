import { compareDigests, hasStrongDigest } from "../digest.ts";
import type { Fault } from "../expectation.ts";
import { parsePurl, type Purl } from "../purl.ts";
import type { Proof } from "../ports.ts";
import type { ReleaseObject, Warning } from "../release-object.ts";
import type { Statement, Subject } from "../statement.ts";
import type { JudgeContext } from "./context.ts";

const NAMES_SHOWN = 3;
const WEAK = ["sha1", "md5", "sha224"];

/** Whether the statement is about this object, and under the right name where names count. */
export function checkSubject(
  statement: Statement,
  proof: Proof,
  context: JudgeContext,
): { faults: Fault[]; warnings: Warning[] } {
  const { object } = context;
  const compared = statement.subject.map((subject) => ({
    subject,
    match: compareDigests(subject.digest, object.digest),
  }));
  const matching = compared.filter(({ match }) => match === "match" || match === "match-with-disagreement");
  if (matching.length === 0) return { faults: [notFound(statement, proof, context)], warnings: [] };
  const disagrees = matching.every(({ match }) => match === "match-with-disagreement");
  return {
    faults: checkPackageName(
      matching.map(({ subject }) => subject),
      proof,
      context,
    ),
    warnings: disagrees
      ? [{ code: "subject-digests-disagree", message: "one digest of the subject is the object's, another is not" }]
      : [],
  };
}

function notFound(statement: Statement, proof: Proof, { object }: JudgeContext): Fault {
  const { subject: subjects } = statement;
  const named = subjects.filter(({ name }) => name !== undefined && isName(name, object));
  const expected = Object.entries(object.digest).map((pair) => pair.join(":"))[0];
  const at = proof.filed === "object" ? "contradicts" : "elsewhere";
  const other = named.find(
    ({ digest }) => hasStrongDigest(digest) && compareDigests(digest, object.digest) === "differ",
  );
  const part = partNamed(subjects, object);
  if (part !== undefined) {
    return {
      check: "subject",
      kind: at,
      code: "subject-digest-differs",
      message: `the attestation is about ${part.what}, not about the manifest that holds it`,
      hint: `Attest the manifest, ${expected}: it is what people pull.`,
      actual: part.digest,
      ...(expected === undefined ? {} : { expected }),
    };
  }
  if (other !== undefined) {
    const actual = Object.entries(other.digest).map((pair) => pair.join(":"))[0];
    return {
      check: "subject",
      kind: at,
      code: "subject-digest-differs",
      message: "the attestation is about other bytes of the same name",
      hint: "Attest the bytes that are published: pack once, attest and publish that file.",
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
    };
  }
  // Whatever its name: what is filed under the object and tells no strong digest at all may well be about it.
  const onlyWeak = proof.filed === "object" && !subjects.some(({ digest }) => hasStrongDigest(digest));
  if ((onlyWeak ? subjects : named).some(isWeak)) {
    return {
      check: "subject",
      kind: "lesser",
      code: "subject-digest-weak",
      message: "the attestation names its subject by a weak digest only",
      hint: "Name subjects by sha256 or sha512.",
    };
  }
  return {
    check: "subject",
    kind: at,
    code: "subject-not-found",
    message: `none of the attestation's ${subjects.length} subjects has the object's digest`,
    actual: describeNames(subjects),
    hint: "Attest the published object itself, not what went into it.",
    ...(expected === undefined ? {} : { expected }),
  };
}

/** What of the object's own content a subject is, if it is that. */
function partNamed(
  subjects: readonly Subject[],
  { parts = [] }: ReleaseObject,
): { what: string; digest: string } | undefined {
  const found = parts.find((part) => subjects.some(({ digest }) => compareDigests(digest, part.digest) === "match"));
  return found && { what: found.what, digest: Object.entries(found.digest).map((pair) => pair.join(":"))[0] ?? "" };
}

function isWeak({ digest }: Subject): boolean {
  return !hasStrongDigest(digest) && WEAK.some((algorithm) => Object.hasOwn(digest, algorithm));
}

function isName(subjectName: string, { id, name, locations }: ReleaseObject): boolean {
  if (subjectName === id || subjectName === name) return true;
  // Archives are attested under the names of their files.
  if (locations.some((location) => location.endsWith(`/${subjectName}`))) return true;
  const purl = readNpmPurl(subjectName);
  const own = readNpmPurl(id);
  return purl !== null && own !== null && packageNameOf(purl) === packageNameOf(own) && purl.version === own.version;
}

function describeNames(subjects: readonly Subject[]): string {
  const names = subjects.slice(0, NAMES_SHOWN).map(({ name }) => name?.slice(0, 120) ?? "(no name)");
  const more = subjects.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

/**
 * npm is where the name counts too: what the registry files under a version must say that version's purl, and any
 * purl must not say another one.
 */
function checkPackageName(subjects: readonly Subject[], proof: Proof, context: JudgeContext): Fault[] {
  const { name, version, insist } = expectedPackage(context);
  if (name === undefined && version === undefined) return [];
  const purls = subjects.map((subject) => (subject.name === undefined ? null : readNpmPurl(subject.name)));
  if (!insist && proof.store !== "npm" && purls.every((purl) => purl === null)) return [];
  const named = purls.filter((purl) => purl !== null && (name === undefined || packageNameOf(purl) === name));
  const kind = proof.filed === "object" ? "contradicts" : "lesser";
  if (named.length === 0) {
    const message = "the attestation is about a package of another name";
    const expected = name ?? "the purl of an npm package";
    return [
      { check: "package-name", kind, code: "package-name-differs", message, expected, actual: describeNames(subjects) },
    ];
  }
  if (version === undefined || named.some((purl) => purl?.version === version)) return [];
  const message = "the attestation is about another version of the package";
  const actual = named[0]?.version ?? "(none)";
  return [{ check: "package-version", kind, code: "package-version-differs", message, expected: version, actual }];
}

/** The user's word ranks above the object's own; `insist`: a subject without a purl will not do. */
function expectedPackage({ object, expectation }: JudgeContext): {
  name: string | undefined;
  version: string | undefined;
  insist: boolean;
} {
  const own = object.channels.includes("npm") ? object : undefined;
  return {
    name: expectation.packageName ?? own?.name,
    version: expectation.packageVersion ?? own?.version ?? undefined,
    insist: expectation.packageName !== undefined || expectation.packageVersion !== undefined,
  };
}

function packageNameOf(purl: Purl): string {
  return purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
}

function readNpmPurl(text: string): Purl | null {
  try {
    const purl = parsePurl(text);
    return purl.type === "npm" ? purl : null;
  } catch {
    return null;
  }
}
