import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readProvenance } from "../../src/provenance/read.ts";
import { isPublishType, readPublishAttestation } from "../../src/publish-attestation.ts";
import { parsePurl } from "../../src/purl.ts";
import { parseStatement, type Statement } from "../../src/statement.ts";
import { arrayAt, objectAt, parseStrictJson, stringAt } from "../../src/strict-json.ts";

/** Real attestations, beside the repository; they are not part of it. */
const FOLDER = fileURLToPath(new URL("../../../../../shared/data/slsa-verifier/", import.meta.url));
const present = existsSync(FOLDER);
const SKIPPED = "(needs the folder of real attestations; skipped where it is absent)";
const HEX = /^[0-9a-f]{40}$/;

function list(folder: string, ending: string): string[] {
  if (!present) return [];
  return readdirSync(`${FOLDER}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .toSorted();
}

function read(path: string): unknown {
  return parseStrictJson(readFileSync(`${FOLDER}${path}`, "utf8"), path);
}

function statementOf(bundle: unknown): Statement {
  const payload = stringAt(objectAt(bundle, "dsseEnvelope"), "payload") ?? "";
  return parseStatement(Buffer.from(payload, "base64").toString("utf8"));
}

describe.skipIf(!present)(`real npm attestations ${SKIPPED}`, () => {
  const answers = list("npm", ".tgz.json");
  const statements = (name: string): Statement[] =>
    (arrayAt(read(`npm/${name}`), "attestations") ?? []).map((entry) => statementOf(objectAt(entry, "bundle")));

  test("are there to be read", () => {
    expect(answers).toHaveLength(9);
  });

  test.each(answers)("%s: one publish attestation and one provenance, of one subject", (name) => {
    const [publish, build, ...more] = statements(name);
    if (publish === undefined || build === undefined) throw new Error("an attestation is missing");
    expect(more).toEqual([]);
    expect(isPublishType(publish.predicateType)).toBe(true);
    expect(publish.subject).toEqual(build.subject);
    const { namespace, name: bare } = parsePurl(publish.subject[0]?.name ?? "");
    expect(readPublishAttestation(publish)).toMatchObject({
      name: namespace === undefined ? bare : `${namespace}/${bare}`,
      registry: "https://registry.npmjs.org",
    });
    expect(readProvenance(publish)).toBeNull();
    expect(readProvenance(build)).toMatchObject({
      source: { commit: expect.stringMatching(HEX), entryPoint: expect.stringMatching(/^\.github\/workflows\//) },
      invocationId: expect.stringMatching(/\d-1$|attempts\/1$/),
    });
  });

  test("tell source and builder in each of their forms", () => {
    const told = ["provenance-npm-test-cli-v1-prega", "provenance-npm-test-ossf", "supreme-googles-cli-v02-tag"].map(
      (name) => {
        const provenance = statements(`${name}.tgz.json`)
          .map(readProvenance)
          .find((found) => found !== null);
        return [provenance?.version, provenance?.builderId, provenance?.source.repository, provenance?.source.ref];
      },
    );
    const generator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows";
    expect(told).toEqual([
      [
        "1",
        "https://github.com/actions/runner/github-hosted",
        "https://github.com/sigstore/sigstore-js",
        "refs/heads/main",
      ],
      [
        "0.2",
        `${generator}/builder_nodejs_slsa3.yml@refs/tags/v1.6.0`,
        "https://github.com/laurentsimon/provenance-npm-test",
        "refs/heads/main",
      ],
      [
        "0.2",
        "https://github.com/actions/runner",
        "https://github.com/trishankatdatadog/supreme-goggles",
        "refs/tags/v1.0.5",
      ],
    ]);
  });
});

describe.skipIf(!present)(`real attestations of delegators ${SKIPPED}`, () => {
  const bundles = list("gha_delegator", ".build.slsa");

  test("are there to be read", () => {
    expect(bundles).toHaveLength(16);
  });

  test.each(bundles)("%s", (path) => {
    const [version, file = ""] = path.split("/");
    const tag = /-push-(v[\d.]+)\.build\.slsa$/.exec(file)?.[1];
    const provenance = readProvenance(statementOf(read(`gha_delegator/${path}`)));
    expect(provenance?.builderId).toMatch(
      /^https:\/\/github\.com\/slsa-framework\/example-trw\/\.github\/workflows\/builder_[a-z-]+_slsa3\.yml@refs\/tags\/v/,
    );
    expect(provenance?.builderId.endsWith(`@refs/tags/${version}`)).toBe(true);
    expect(provenance?.source).toEqual({
      repository: "https://github.com/slsa-framework/example-package",
      ref: tag === undefined ? "refs/heads/main" : `refs/tags/${tag}`,
      commit: expect.stringMatching(HEX),
      entryPoint: ".github/workflows/verifier-e2e.all.workflow_dispatch.main.all.slsa3.yml",
    });
  });
});
