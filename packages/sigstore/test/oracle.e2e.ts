import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createTrustSource, createVerifier, splitAttestations } from "../src/index.ts";
import { authenticate, verdictOf } from "./authenticate.ts";
import { MUTATIONS, type Mutation } from "./mutations.ts";
import { createPlain } from "./plain-library.ts";
import { hasRealData, listReal, readReal, realPath, WITH_REAL_DATA } from "./real-data.ts";

/** Where Colophon refuses what the plain library takes: mutation, verdict here, and why. Never the other way round. */
const STRICTER: readonly { readonly mutation: string; readonly verdict: string; readonly reason: string }[] = [
  {
    mutation: 'set media type to "application/vnd.dev.sigstore.bundle+json;version=0.9"',
    verdict: "bundle unprovable bundle-version-unknown",
    reason: "the library takes any version number; nobody knows what a version to come means",
  },
];

/** A trust root that is refused as it is loaded: the log's start of validity is missing, and the library takes any. */
const STRICTER_ROOT = "trust-root-tlog-missing-validity-start_fail";

const DELEGATOR = ["v1.9.0", "v1.10.0", "v2.0.0", "v2.1.0"].flatMap((version) => {
  const folder = `slsa-verifier/gha_delegator/${version}`;
  return listReal(folder)
    .filter((name) => name.endsWith(".build.slsa"))
    .map((name) => `${folder}/${name}`);
});
const ANSWERS = [
  ...listReal("slsa-verifier/npm")
    .filter((name) => name.endsWith(".tgz.json"))
    .map((name) => `slsa-verifier/npm/${name}`),
  ...listReal("slsa-verifier/npm-malformed").map((name) => `slsa-verifier/npm-malformed/${name}`),
];
// A configured key needs neither log nor time here, which the library asks for; these have tests of their own.
const CONFORMANCE = listReal("sigstore-conformance").filter((name) => {
  const path = `sigstore-conformance/${name}`;
  return (
    existsSync(realPath(`${path}/bundle.sigstore.json`)) &&
    !existsSync(realPath(`${path}/key.pub`)) &&
    name !== STRICTER_ROOT
  );
});

interface Case {
  readonly artifact?: Buffer;
  readonly trustedRootFile?: string | undefined;
  readonly mutations?: readonly Mutation[];
}

async function compare(
  text: string,
  { artifact = Buffer.alloc(0), trustedRootFile, mutations = MUTATIONS }: Case = {},
): Promise<readonly string[]> {
  const trust = createTrustSource({ offline: true, ...(trustedRootFile !== undefined && { trustedRootFile }) });
  const plain = createPlain(await trust.load());
  const verifier = createVerifier({ trust });
  const sha256 = createHash("sha256").update(artifact).digest("hex");
  const bundle = parse(text);
  const differences: string[] = [];
  for (const { title, apply } of bundle === undefined ? [] : mutations) {
    const mutated = apply(bundle ?? {});
    if (mutated === undefined) continue;
    const written = JSON.stringify(mutated);
    const result = await authenticate(verifier, written, { sha256 });
    const isPlain = plain(written, artifact);
    if (result.ok === isPlain) continue;
    const verdict = verdictOf(result);
    if (isPlain && STRICTER.some((known) => known.mutation === title && known.verdict === verdict)) continue;
    differences.push(`${title}: plain ${isPlain ? "accepts" : "refuses"}, here ${verdict}`);
  }
  return differences;
}

/** The delegator's bundles of one version, and the answers with one thing wrong, are alike: one of each is altered. */
function mutationsFor(path: string): Case {
  const isAltered = /push-v14\.build\.slsa$|npm\/|npm-attestations\./.test(path);
  return isAltered ? {} : { mutations: MUTATIONS.slice(0, 1) };
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

describe.skipIf(!hasRealData)(`agrees with the plain library about every mutation ${WITH_REAL_DATA}`, () => {
  test.each(DELEGATOR)("of %s", { timeout: 60_000 }, async (path) => {
    expect(await compare(readReal(path).toString("utf8"), mutationsFor(path))).toEqual([]);
  });

  test.each(ANSWERS)("of both bundles in %s", { timeout: 60_000 }, async (path) => {
    for (const { bytes } of splitAttestations(readReal(path), path)) {
      expect(await compare(Buffer.from(bytes).toString("utf8"), mutationsFor(path))).toEqual([]);
    }
  });

  test.each(CONFORMANCE)("of the conformance case %s", { timeout: 60_000 }, async (name) => {
    const folder = `sigstore-conformance/${name}`;
    const own = `${folder}/artifact`;
    const artifact = readReal(existsSync(realPath(own)) ? own : "sigstore-conformance/a.txt");
    const root = realPath(`${folder}/trusted_root.json`);
    const text = readReal(`${folder}/bundle.sigstore.json`).toString("utf8");
    expect(await compare(text, { artifact, trustedRootFile: existsSync(root) ? root : undefined })).toEqual([]);
  });
});
