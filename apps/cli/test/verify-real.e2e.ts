import { readFileSync } from "node:fs";
import { readdirSync } from "node:fs";
import type { VerifyResult } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { colophon } from "./colophon.ts";
import { dataFile, hasData, skipped } from "./data.ts";

interface NpmCase {
  readonly name: string;
  readonly artifact: string;
  readonly source: string;
  readonly pkgName?: string;
  readonly pkgVersion?: string;
  readonly builderID?: string;
  readonly err?: string;
}

/** The verdicts of slsa-verifier's regression test, as checks. */
const CHECK_OF: Readonly<Record<string, string>> = {
  ErrorNotSupported: "builder",
  ErrorInvalidBuilderID: "builder",
  ErrorMismatchBuilderID: "builder",
  ErrorMismatchSource: "source-repository",
  ErrorMismatchPackageName: "package-name",
  ErrorMismatchPackageVersion: "package-version",
};

const all = hasData ? (JSON.parse(readFileSync(dataFile("slsa-verifier/npm/cases.json"), "utf8")) as NpmCase[]) : [];
const cases = all.filter(({ builderID }) => builderID !== undefined);

function checkOf({ err, artifact }: NpmCase): string | undefined {
  if (err === undefined) return undefined;
  if (err === "ErrorInvalidSignature") return artifact.includes("invalidsigpub") ? "publish-attestation" : "signature";
  return CHECK_OF[err];
}

async function verify(args: readonly string[]): Promise<{ code: number | null; result: VerifyResult }> {
  const { code, stdout, stderr } = await colophon(["verify", ...args, "--offline", "--json"]);
  if (stdout === "") throw new Error(stderr);
  return { code, result: JSON.parse(stdout) as VerifyResult };
}

describe.skipIf(!hasData)(`verify of real npm packages${skipped}`, () => {
  test.concurrent.for(cases)("$name, by $builderID", async (one, { expect: expectHere }) => {
    const artifact = dataFile("slsa-verifier/npm", one.artifact);
    const { code, result } = await verify([
      artifact,
      "--bundle",
      `${artifact}.json`,
      "--source-repository",
      one.source,
      "--builder-id",
      one.builderID ?? "",
      ...(one.pkgName === undefined ? [] : ["--package-name", one.pkgName]),
      ...(one.pkgVersion === undefined ? [] : ["--package-version", one.pkgVersion]),
    ]);
    expectHere(result.failure?.check).toBe(checkOf(one));
    expectHere(code).toBe(one.err === undefined ? 0 : 1);
    if (one.err === undefined)
      expectHere(result).toMatchObject({ status: "verified", level: one.artifact.includes("ossf") ? 3 : 2 });
  });

  test("there are 29 cases that name a builder", () => {
    expect(cases).toHaveLength(29);
  });
});

const DIGEST =
  "sha512:29d19f26233f4441328412b34fd73ed104ecfef62f14097890cccf7455b521b65c5acff851849faa85c85395aa22d401436f01f3afb61b19c780e906c88c7f20";

describe.skipIf(!hasData)(`verify of malformed answers of the attestations endpoint${skipped}`, () => {
  test.concurrent.for([
    ["npm-attestations", 0, "verified", undefined, undefined],
    ["npm-att-mismatch-prov-payloadtype", 1, "mismatch", "payload-type", undefined],
    ["npm-att-mismatch-pub-payloadtype", 1, "mismatch", "payload-type", undefined],
    ["npm-att-prov-invalid-signature", 1, "mismatch", "signature", undefined],
    ["npm-att-publish-nosubjects", 1, "mismatch", "publish-attestation", "signature"],
  ] as const)("%s", async ([name, code, status, check, actual], { expect: expectHere }) => {
    const found = await verify([
      DIGEST,
      "--bundle",
      dataFile("slsa-verifier/npm-malformed", `${name}.intoto.sigstore`),
    ]);
    expectHere(found.code).toBe(code);
    expectHere(found.result.status).toBe(status);
    expectHere(found.result.failure?.check).toBe(check);
    expectHere(found.result.failure?.actual).toBe(actual);
  });
});

const delegated = hasData
  ? readdirSync(dataFile("slsa-verifier/gha_delegator"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".build.slsa"),
    )
  : [];

describe.skipIf(!hasData)(`verify of a delegator's bundles${skipped}`, () => {
  test("there are 16", () => {
    expect(delegated).toHaveLength(16);
  });

  test.concurrent.for(delegated)("%s", async (path, { expect: expectHere }) => {
    const bundle = dataFile("slsa-verifier/gha_delegator", path);
    const artifact = bundle.replace(/\.build\.slsa$/, "");
    const good = await verify([
      artifact,
      "--bundle",
      bundle,
      "--source-repository",
      "https://github.com/slsa-framework/example-package",
    ]);
    expectHere(good).toMatchObject({
      code: 0,
      result: { status: "verified", source: { repository: "https://github.com/slsa-framework/example-package" } },
    });
    const other = await verify([
      artifact,
      "--bundle",
      bundle,
      "--source-repository",
      "https://github.com/slsa-framework/example-packag",
    ]);
    expectHere(other).toMatchObject({
      code: 1,
      result: { status: "mismatch", failure: { check: "source-repository" } },
    });
  });
});
