import {
  parseObjectReference,
  proofsIn,
  type Answer,
  type ObjectReference,
  type Proof,
  type Reason,
} from "@colophon/core";
import { inspectBundle, splitAttestations } from "@colophon/config/attestations";
import { plainText, renderInspectText, renderJson, type Inspected } from "@colophon/report";
import { readNamedFile } from "../artifact.ts";
import type { Command, Invocation } from "../command.ts";
import { npmOf, ociOf, readEnvironment } from "../environment.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { UsageError } from "../usage-error.ts";

export const INSPECT: Command = {
  usage: "<bundle | npm:name@version | oci://image | helm:URL/name@version | oci-layout:DIR> [options]",
  summary: "Shows what an attestation says. Nothing is verified.",
  options: {},
  run: runInspect,
};

async function runInspect(invocation: Invocation): Promise<ExitCode> {
  const { options, stdout } = invocation;
  const [text, ...more] = options.positionals;
  if (text === undefined || more.length > 0)
    throw new UsageError("inspect takes one bundle or object", "See colophon inspect --help.");
  const reference = parseObjectReference(text);
  if (reference.kind === "digest")
    throw new UsageError(`nothing is found by the digest ${text} alone`, "Name the bundle's file.");
  const found = await findProofs(reference, invocation);
  if (!("proofs" in found)) return found.exit;
  const inspected: Inspected[] = [];
  for (const { bytes, location } of found.proofs) inspected.push({ location, ...(await inspectOne(bytes)) });
  // A repository's query may hold secrets.
  const object = reference.kind === "helm" ? text.replace(/\?.*$/s, "") : text;
  const result = { schemaVersion: "1", verified: false, object, attestations: inspected, warnings: [] };
  stdout(options.has("json") ? renderJson(result) : renderInspectText(object, inspected, { color: invocation.color }));
  if (found.exit !== undefined) return found.exit;
  return inspected.some(({ summary }) => summary !== undefined) || inspected.length === 0 ? EXIT.met : EXIT.notMet;
}

type Found = Pick<Proof, "bytes" | "location">;

async function readProofs(path: string, cwd: string): Promise<Found[]> {
  const attestations = splitAttestations(await readNamedFile(path, cwd), path);
  return attestations.map(({ bytes }) => ({ bytes, location: path }));
}

/** One unreadable attestation among several must not hide the others. */
async function inspectOne(bytes: Uint8Array): Promise<Pick<Inspected, "summary" | "problem">> {
  try {
    return { summary: await inspectBundle(bytes) };
  } catch (error) {
    if (error instanceof Error && "code" in error) return { problem: error.message };
    throw error;
  }
}

/** `exit` beside proofs: these are not all. */
type FindResult = { readonly proofs: readonly Found[]; readonly exit?: ExitCode } | { readonly exit: ExitCode };

async function findProofs(
  reference: Exclude<ObjectReference, { kind: "digest" }>,
  invocation: Invocation,
): Promise<FindResult> {
  switch (reference.kind) {
    case "file":
      return { proofs: await readProofs(reference.path, invocation.cwd) };
    case "oci-layout":
      return await findBesideImage(reference, invocation);
    case "oci":
      return await findInRegistry(reference.name, invocation);
    case "helm": {
      const { findNamedChart } = await import("../helm-chart.ts");
      return proofsOf(await findNamedChart(reference, invocation, await readEnvironment(invocation)), invocation);
    }
    case "npm":
      return await findPublished(reference.name, reference.range, invocation);
  }
}

async function findBesideImage(
  reference: Extract<ObjectReference, { kind: "oci-layout" }>,
  invocation: Invocation,
): Promise<FindResult> {
  const { findLayoutImage } = await import("../layout-image.ts");
  return proofsOf(await findLayoutImage(reference, invocation.cwd), invocation);
}

async function findInRegistry(name: string, invocation: Invocation): Promise<FindResult> {
  const { findRegistryImage } = await import("../registry-image.ts");
  const oci = await ociOf(invocation, await readEnvironment(invocation), [name]);
  try {
    return proofsOf(await findRegistryImage(name, undefined, oci), invocation);
  } finally {
    await oci.close();
  }
}

function proofsOf(
  image: { readonly answers: readonly Answer[] } | { readonly unread: Reason },
  invocation: Invocation,
): FindResult {
  if ("unread" in image) return undecided(image.unread, invocation);
  const proofs = image.answers.flatMap(proofsIn);
  const unread = image.answers.find((answer) => answer.status === "unavailable");
  if (unread === undefined) return { proofs };
  const { exit } = undecided(unread.reason, invocation);
  return proofs.length === 0 ? { exit } : { proofs, exit };
}

async function findPublished(name: string, range: string | undefined, invocation: Invocation): Promise<FindResult> {
  if (range === undefined) throw new UsageError(`npm:${name} names no version`, "Add @version.");
  const npm = await npmOf(invocation, await readEnvironment(invocation));
  try {
    const proofs: Proof[] = [];
    for await (const page of npm.inventory.list({ channel: "npm", name, range })) {
      if (page.nothing !== undefined) throw new UsageError(page.nothing.message, page.nothing.hint);
      const [gap] = page.gaps;
      if (gap !== undefined) return undecided(gap.reason, invocation);
      for await (const answer of npm.store.find(page.objects)) {
        if (answer.status === "unavailable") return undecided(answer.reason, invocation);
        if (answer.status === "answered") proofs.push(...answer.found);
      }
    }
    return { proofs };
  } finally {
    await npm.close();
  }
}

function undecided({ message, hint }: { message: string; hint?: string }, { stderr }: Invocation): { exit: ExitCode } {
  stderr(`colophon: ${plainText(message)}\n${hint === undefined ? "" : `  → ${plainText(hint)}\n`}`);
  return { exit: EXIT.incomplete };
}
