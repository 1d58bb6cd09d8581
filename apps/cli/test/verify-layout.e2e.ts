import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { colophon } from "./colophon.ts";
import { dataFile, hasData, skipped } from "./data.ts";
import { expectationArgs, type RegressionCase } from "./regression-case.ts";

interface ContainerCase extends RegressionCase {
  readonly artifact: string;
  readonly minversion?: string;
  readonly maxversion?: string;
}

const VERSIONS = ["v1.4.0", "v1.6.0", "v1.8.0", "v1.10.0", "v2.0.0"];
const folder = "slsa-verifier/gha_generic_container";
const ARTIFACT = "container_workflow_dispatch";

const compare = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

const cases = hasData ? (JSON.parse(readFileSync(dataFile(folder, "cases.json"), "utf8")) as ContainerCase[]) : [];
const runs = VERSIONS.flatMap((version) =>
  cases
    .filter(({ minversion }) => minversion === undefined || compare(version, minversion) > 0)
    .filter(({ maxversion }) => maxversion === undefined || compare(version, maxversion) <= 0)
    .map((one) => ({ title: `${version} ${one.name}`, version, one })),
);

describe.skipIf(!hasData)(`verify of a container in an OCI layout${skipped}`, () => {
  test("there are 9 cases at each of five versions", () => expect(runs).toHaveLength(45));

  test.concurrent.for(runs)("$title: $one.err", async ({ version, one }, { expect: expectHere }) => {
    const layout = dataFile(folder, version, one.artifact);
    const digest = await readFile(`${layout}.digest`, "utf8");
    const object = `oci-layout:${layout}@${digest.trim()}`;
    const { code, stdout } = await colophon(["verify", object, ...expectationArgs(one), "--offline", "--json"]);
    const { status } = JSON.parse(stdout) as VerifyResult;
    expectHere({ code, status }).toEqual(
      one.err === undefined ? { code: 0, status: "verified" } : { code: 1, status: "mismatch" },
    );
  });

  test("inspect shows what lies beside the only image", async () => {
    const { code, stdout } = await colophon(["inspect", `oci-layout:${dataFile(folder, "v2.0.0", ARTIFACT)}`]);
    expect(code).toBe(0);
    expect(stdout).toContain("slsa-framework/example-package");
  });

  test("an attestation whose bytes were changed leaves the answer open", async () => {
    const copy = await mkdtemp(join(tmpdir(), "colophon-layout-"));
    try {
      await cp(dataFile(folder, "v2.0.0", ARTIFACT), copy, { recursive: true });
      await writeFile(await attestationBlob(copy), "{}");
      const { code, stdout } = await colophon(["verify", `oci-layout:${copy}`, "--offline", "--json"]);
      const { status, failure } = JSON.parse(stdout) as VerifyResult;
      expect({ code, status }).toEqual({ code: 3, status: "unknown" });
      expect(JSON.stringify(failure)).toContain("digest");
    } finally {
      await rm(copy, { recursive: true });
    }
  });
});

test.each([
  ["a folder that is no layout", "oci-layout:.", "is not an OCI image layout"],
  ["a folder that is not there", "oci-layout:./nowhere", "is not an OCI image layout"],
])("%s is refused", async (_, object, message) => {
  const { code, stderr } = await colophon(["verify", object, "--source-repository", "github.com/acme/widget"]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

/** The manifest that `cosign save` marks as the attestations. */
async function attestationBlob(layout: string): Promise<string> {
  const index = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as {
    manifests: { digest: string; annotations?: Record<string, string> }[];
  };
  const found = index.manifests.find(({ annotations }) => JSON.stringify(annotations ?? {}).includes("cosign/atts"));
  return join(layout, "blobs", (found?.digest ?? "").replace(":", "/"));
}
