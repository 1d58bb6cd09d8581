import {
  createAuthenticator,
  expectationFor,
  judgeWithMembers,
  NO_FACTS,
  parseObjectReference,
  proofsIn,
  type Answer,
  type BuilderTable,
  type Expectation,
  type Facts,
  type HelmReference,
  type ObjectReference,
  type Proof,
  type Reason,
  type ReleaseObject,
  type Verdict,
  type VerifyResult,
  type Warning,
} from "@colophon/core";
import type { Npm, Trust } from "@colophon/config";
import { splitAttestations } from "@colophon/config/attestations";
import { renderJson, renderVerifyText } from "@colophon/report";
import { artifactOfDigest, readArtifact, readNamedFile } from "../artifact.ts";
import type { Command, Invocation } from "../command.ts";
import { npmOf, ociOf, readEnvironment, trustOf, type Environment } from "../environment.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { EXPECTATION_OPTIONS, readExpectation } from "../expectation-options.ts";
import { isSummaryAsked, readSummary, SUMMARY_OPTIONS } from "../summary-options.ts";
import { UsageError } from "../usage-error.ts";

export const VERIFY: Command = {
  usage:
    "<file | npm:name@version | oci://image | helm:URL/name@version | oci-layout:DIR | sha256:HEX> [--bundle FILE]… [options]",
  summary: "Verifies the provenance of one file or published object. Exit 0 verified, 1 not, 3 undecided.",
  options: {
    bundle: {
      type: "string",
      multiple: true,
      value: "FILE",
      help: "Bundle, JSON lines, or an npm registry's attestations answer",
    },
    ...EXPECTATION_OPTIONS,
    platform: { type: "string", value: "OS/ARCH", help: "What this platform gets of an image in a registry" },
    key: { type: "string", value: "PEM", help: "Public key to verify with, instead of certificates" },
    ...SUMMARY_OPTIONS,
    "key-id": { type: "string", value: "ID", help: "Key id that the signature must name" },
  },
  run: runVerify,
};

async function runVerify(invocation: Invocation): Promise<ExitCode> {
  const { options } = invocation;
  const [text, ...more] = options.positionals;
  if (text === undefined || more.length > 0)
    throw new UsageError("verify takes one file or object", "See colophon verify --help.");
  const reference = parseObjectReference(text, isSummaryAsked(options) ? "any" : "strong");
  const environment = await readEnvironment(invocation);
  const keys = await readKeys(invocation);
  const configured = readSummary(options, await readExpectation(options, environment.config.expectation));
  const expectation: Expectation = keys.length === 0 ? configured : { ...configured, configuredKey: true };
  const trust = trustOf(invocation, environment, { keys });
  const found = await findObject(reference, invocation, environment);
  try {
    const verdict = await judgeObject(found, expectation, trust, environment);
    const result = toResult(verdict, [...trust.warnings(), ...(found.warnings ?? [])]);
    invocation.stdout(options.has("json") ? renderJson(result) : renderVerifyText(result, { color: invocation.color }));
    return {
      verified: EXIT.met,
      unknown: EXIT.incomplete,
      present: EXIT.notMet,
      mismatch: EXIT.notMet,
      missing: EXIT.notMet,
    }[verdict.status];
  } finally {
    await Promise.all([trust.close(), found.npm?.close()]);
  }
}

/** What a certificate tells of its signer, and a key does not. */
const IDENTITIES = ["certificate-identity", "certificate-identity-pattern", "certificate-oidc-issuer"];

async function readKeys({ options, cwd }: Invocation): Promise<{ publicKey: string; keyId?: string }[]> {
  const path = options.text("key");
  const keyId = options.text("key-id");
  if (path === undefined) {
    if (keyId !== undefined) throw new UsageError("--key-id needs --key");
    return [];
  }
  const identity = IDENTITIES.find((name) => options.text(name) !== undefined);
  if (identity !== undefined) throw new UsageError(`--key and --${identity} exclude each other`);
  const publicKey = new TextDecoder().decode(await readNamedFile(path, cwd));
  return [{ publicKey, ...(keyId === undefined ? {} : { keyId }) }];
}

interface Found {
  readonly object: ReleaseObject;
  readonly answers: readonly Answer[];
  readonly npm?: Npm;
  readonly warnings?: readonly Warning[];
  /** Other versions of the same package, of which the first that verifies is held. */
  readonly others?: readonly ReleaseObject[];
}

async function findObject(
  reference: ObjectReference,
  invocation: Invocation,
  environment: Environment,
): Promise<Found> {
  const bundles = await readBundles(invocation);
  if (reference.kind === "npm") return await findPackage(reference, bundles, invocation, environment);
  if (reference.kind === "oci") return await findInRegistry(reference.name, bundles, invocation, environment);
  if (invocation.options.text("platform") !== undefined)
    throw new UsageError("--platform belongs to an image in a registry", "Name it like oci://registry/name:tag.");
  if (reference.kind === "helm") return await findHelmChart(reference, bundles, invocation, environment);
  if (reference.kind === "oci-layout") return await findImage(reference, bundles, invocation);
  if (bundles.length === 0 && invocation.options.texts("bundle").length === 0) {
    throw new UsageError("nothing says where the provenance is", "Name it with --bundle FILE.");
  }
  const object =
    reference.kind === "file" ? await readArtifact(reference.path, invocation.cwd) : artifactOfDigest(reference.digest);
  return { object, answers: [{ object: object.id, status: "answered", found: bundles }] };
}

/** What the user hands over is claimed to be about the object. */
async function readBundles({ options, cwd }: Invocation): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const path of options.texts("bundle")) {
    const attestations = splitAttestations(await readNamedFile(path, cwd), path);
    proofs.push(...attestations.map((one): Proof => ({ ...one, store: "file", location: path, filed: "object" })));
  }
  return proofs;
}

async function findPackage(
  reference: Extract<ObjectReference, { kind: "npm" }>,
  bundles: readonly Proof[],
  invocation: Invocation,
  environment: Environment,
): Promise<Found> {
  if (reference.range === undefined)
    throw new UsageError(`npm:${reference.name} names no version`, "Add @version, or use colophon coverage.");
  const npm = await npmOf(invocation, environment);
  const objects: ReleaseObject[] = [];
  const others: ReleaseObject[] = [];
  for await (const page of npm.inventory.list({ channel: "npm", name: reference.name, range: reference.range })) {
    const [gap] = page.gaps;
    if (gap !== undefined) {
      return { ...unlisted(`npm:${reference.name}@${reference.range}`, reference.name, gap.reason), npm };
    }
    if (page.nothing !== undefined) throw new UsageError(page.nothing.message, page.nothing.hint);
    objects.push(...page.objects);
    others.push(...(page.others ?? []));
  }
  const [object, ...more] = objects;
  if (object === undefined || more.length > 0) {
    throw new UsageError(
      `npm:${reference.name}@${reference.range} names ${objects.length} versions`,
      "Name one, or use colophon coverage.",
    );
  }
  const answers: Answer[] = [{ object: object.id, status: "answered", found: bundles }];
  for await (const answer of npm.store.find([object])) answers.push(answer);
  return { object, answers, npm, others };
}

async function findImage(
  reference: Extract<ObjectReference, { kind: "oci-layout" }>,
  bundles: readonly Proof[],
  { cwd }: Invocation,
): Promise<Found> {
  const { findLayoutImage } = await import("../layout-image.ts");
  const image = await findLayoutImage(reference, cwd);
  if ("unread" in image) return unlisted(`oci-layout:${reference.folder}`, reference.folder, image.unread);
  const { object, answers } = image;
  return { object, answers: [...handedOver(bundles, object), ...answers] };
}

async function findInRegistry(
  name: string,
  bundles: readonly Proof[],
  invocation: Invocation,
  environment: Environment,
): Promise<Found> {
  const { findRegistryImage } = await import("../registry-image.ts");
  const oci = await ociOf(invocation, environment, [name]);
  try {
    const image = await findRegistryImage(name, invocation.options.text("platform"), oci);
    if ("unread" in image) return unlisted(name, name, image.unread);
    const { object, answers, warnings } = image;
    return { object, answers: [...handedOver(bundles, object), ...answers], warnings };
  } finally {
    await oci.close();
  }
}

/** Claimed to be about an image; of which members of an index it is too, its own subjects tell. */
function handedOver(bundles: readonly Proof[], { id, members = [] }: ReleaseObject): readonly Answer[] {
  const found = bundles.map((bundle): Proof => ({ ...bundle, filed: "digest" }));
  return [
    { object: id, status: "answered", found: bundles },
    ...members.map(({ object }): Answer => ({ object: object.id, status: "answered", found })),
  ];
}

async function findHelmChart(
  reference: HelmReference,
  bundles: readonly Proof[],
  invocation: Invocation,
  environment: Environment,
): Promise<Found> {
  const { findNamedChart } = await import("../helm-chart.ts");
  const chart = await findNamedChart(reference, invocation, environment);
  if ("unread" in chart)
    return unlisted(chart.id ?? `helm:${reference.name}@${reference.range}`, reference.name, chart.unread);
  const { object, answers } = chart;
  return { object, answers: [{ object: object.id, status: "answered", found: bundles }, ...answers] };
}

/** What could not be listed is undecided, not unproven. */
function unlisted(id: string, name: string, reason: Reason): Found {
  const object = { ...artifactOfDigest({}), id, name };
  return { object, answers: [{ object: id, status: "unavailable", reason }] };
}

async function judgeObject(
  found: Found,
  expectation: Expectation,
  trust: Trust,
  { config }: Environment,
): Promise<Verdict> {
  const { object, answers } = found;
  const authenticator = createAuthenticator(trust.verifier);
  const judged = [object, ...(object.members ?? []).map((member) => member.object)];
  const digests = new Map(judged.map(({ id, digest }) => [id, digest]));
  const authenticating = answers.flatMap((answer) =>
    proofsIn(answer).map((proof) => authenticator.authenticate(proof, digests.get(answer.object) ?? {})),
  );
  await Promise.all(authenticating);
  const authentications = await authenticator.all();
  const wanted = expectationFor(object, expectation);
  const facts = authentications.size === 0 ? NO_FACTS : await readFacts(found, expectation, trust, config.builders);
  const byObject = Map.groupBy(answers, (answer) => answer.object);
  return judgeWithMembers(object, byObject, authentications, wanted, config.builders, facts);
}

async function readFacts(
  { object, others = [], npm }: Found,
  expectation: Expectation,
  trust: Trust,
  builders: BuilderTable,
): Promise<Facts> {
  const keyedRegistries = await trust.keyedRegistries();
  if (npm === undefined) return { keyedRegistries };
  const { findFirstVerified } = await import("@colophon/coverage");
  const ports = { stores: [npm.store], verifier: trust.verifier, keyedRegistries: trust.keyedRegistries };
  const firstVerified = await findFirstVerified(object, others, { expectation, builders }, ports);
  return firstVerified === undefined ? { keyedRegistries } : { keyedRegistries, firstVerified };
}

function toResult(verdict: Verdict, warnings: readonly Warning[]): VerifyResult {
  const { object, status, level, source, builder, workflow, predicateType, signedAt, expectation, evidence, failure } =
    verdict;
  const { provenBy, members } = verdict;
  return {
    schemaVersion: "1",
    object,
    status,
    ...(provenBy === undefined ? {} : { provenBy }),
    level,
    source,
    builder,
    workflow,
    predicateType,
    ...(signedAt === undefined ? {} : { signedAt }),
    expectation,
    evidence,
    ...(failure === undefined ? {} : { failure }),
    ...(members === undefined ? {} : { members }),
    warnings: [...warnings, ...verdict.warnings],
  };
}
