import { existsSync, readFileSync } from "node:fs";
import type { VerifyResult } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { colophon } from "./colophon.ts";
import { dataFile, hasData, skipped } from "./data.ts";
import { expectationArgs, type RegressionCase } from "./regression-case.ts";

interface GenericCase extends RegressionCase {
  readonly artifacts: readonly string[];
}

interface Run {
  readonly title: string;
  readonly bundle: string;
  readonly args: readonly string[];
  readonly err: string | undefined;
  /** Whether the provenance has a log entry, so that it can be decided offline. */
  readonly decidable: boolean;
}

const VERSIONS = ["v1.2.0", "v1.6.0", "v1.9.0", "v2.1.0"];
const SOURCE_ERRORS = [
  "ErrorMismatchSource",
  "ErrorMismatchBranch",
  "ErrorMismatchTag",
  "ErrorMismatchVersionedTag",
  "ErrorInvalidRef",
  "ErrorInvalidSemver",
];
const folder = "slsa-verifier/gha_generic";

function readRuns(): Run[] {
  const cases = JSON.parse(readFileSync(dataFile(folder, "cases.json"), "utf8")) as GenericCase[];
  const sums = readFileSync(dataFile(folder, "SHA256SUMS"), "utf8").trim().split("\n");
  const digestOf = new Map(
    sums.map((line) => line.split(/\s+\*?/)).map(([digest, name]) => [name ?? "", digest ?? ""]),
  );
  return VERSIONS.flatMap((version) =>
    cases.flatMap((one) =>
      one.artifacts.map((artifact): Run => {
        const path = `${version}/${artifact}`;
        return {
          title: `${version} ${one.name}, ${artifact}`,
          bundle: dataFile(folder, `${path}.intoto.jsonl`),
          args: [`sha256:${digestOf.get(path)}`, ...expectationArgs(one)],
          err: one.err,
          decidable: version === "v2.1.0",
        };
      }),
    ),
  );
}

const runs = hasData ? readRuns() : [];

describe.skipIf(!hasData)(`verify of the generic generator's provenance${skipped}`, () => {
  test("there are 40 cases at each of four versions", () => {
    expect(runs).toHaveLength(160);
    expect(runs.filter(({ bundle }) => !existsSync(bundle))).toEqual([]);
  });

  test.concurrent.for(runs)("$title: $err", async ({ bundle, args, err, decidable }, { expect: expectHere }) => {
    const { code, stdout } = await colophon(["verify", ...args, "--bundle", bundle, "--offline", "--json"]);
    const { status } = JSON.parse(stdout) as VerifyResult;
    if (decidable) return expectHere(code).toBe(err === undefined ? 0 : 1);
    // Without a log entry nothing proves when it was signed; what it says can contradict all the same.
    expectHere({ code, status }).toEqual({
      code: 1,
      status: SOURCE_ERRORS.includes(err ?? "") ? "mismatch" : "present",
    });
  });
});

describe.skipIf(!hasData)(`verify of a real verification summary${skipped}`, () => {
  const file = (name: string): string => dataFile("slsa-verifier/vsa/gce/v1", name);
  const [gke] = hasData
    ? (JSON.parse(readFileSync(dataFile("slsa-verifier/vsa/cases.json"), "utf8")) as {
        subjectDigests: string[];
        verifierID: string;
        resourceURI: string;
        verifiedLevels: string[];
        publicKeyID: string;
      }[])
    : [];

  async function verify(...more: string[]): Promise<{ code: number | null; result: VerifyResult }> {
    const levels = (gke?.verifiedLevels ?? []).flatMap((level) => ["--verified-level", level]);
    const named: Record<string, string> = {
      bundle: file("gke-gce-pre.bcid-vsa.jsonl"),
      key: file("vsa_signing_public_key.pem"),
      "verifier-id": gke?.verifierID ?? "",
      "resource-uri": gke?.resourceURI ?? "",
    };
    const args = Object.entries(named).flatMap(([name, value]) => [`--${name}`, value]);
    const subject = gke?.subjectDigests[0] ?? "";
    const { code, stdout } = await colophon(["verify", subject, ...args, ...levels, "--offline", "--json", ...more]);
    return { code, result: JSON.parse(stdout) as VerifyResult };
  }

  test("with the verifier's key", async () => {
    expect(await verify("--key-id", gke?.publicKeyID ?? "")).toMatchObject({
      code: 0,
      result: { status: "verified", level: null },
    });
  });

  test.each(["", "my_key_id"])("with the key id %j: no valid signature", async (keyId) => {
    const { code, result } = await verify("--key-id", keyId);
    expect(code).toBe(1);
    expect(result.failure?.check).toBe("signature");
  });

  test("of a higher level than it holds", async () => {
    const { code, result } = await verify("--verified-level", "SLSA_BUILD_LEVEL_3");
    expect({ code, check: result.failure?.check }).toEqual({ code: 1, check: "level" });
  });
});
