import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSlsaV1, startSigstore, writeTrustedRoot } from "@colophon/testkit";
import { findCosign, timeWell } from "./cosign.ts";
import { medianPair } from "./measure.ts";
import { RELEASE } from "./release.ts";
import { round, type Benchmark, type Row } from "./row.ts";

const COLOPHON = join(import.meta.dirname, "../../cli/bin/colophon.js");
const RUNS = 11;
const SLSA_V1 = "https://slsa.dev/provenance/v1";
const IDENTITY = `https://github.com/${RELEASE.repository}/${RELEASE.workflow}@${RELEASE.ref}`;
const ISSUER = "https://token.actions.githubusercontent.com";

/** The same bundle, file, trusted root and identity, given to both as a user would. */
async function compare(cosign: string, folder: string): Promise<{ value: number; baseline: number }> {
  const [file, bundleFile, root] = ["widget.bin", "bundle.json", "root.json"].map((name) => join(folder, name));
  const bytes = Buffer.alloc(1024 * 1024, "widget");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const sigstore = await startSigstore();
  try {
    const builderId = "https://github.com/actions/runner/github-hosted";
    const buildType = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";
    const subject = [{ name: "widget.bin", digest: { sha256 } }];
    const statement = buildSlsaV1({ subject, buildType, builderId, run: RELEASE });
    await writeFile(file!, bytes);
    await writeFile(bundleFile!, JSON.stringify(await sigstore.attest({ statement, identity: RELEASE })));
    await writeTrustedRoot(root!, sigstore.trustedRoot);
  } finally {
    await sigstore.close();
  }
  const given = ["--bundle", bundleFile!, "--trusted-root", root!];
  const expected = ["--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER];
  const ours = [process.execPath, COLOPHON, "verify", file!, ...given, ...expected, "--offline"];
  const theirs = [cosign, "verify-blob-attestation", "--type", SLSA_V1, ...given, ...expected, file!];
  return await medianPair(
    RUNS,
    () => timeWell(ours, folder),
    () => timeWell(theirs, folder),
  );
}

export const verifyCommandCosign: Benchmark = {
  name: "verify-command-cosign",
  run: async (): Promise<Row> => {
    const what = {
      name: "verify-command-cosign",
      unit: "s",
      baseline: "cosign verify-blob-attestation",
      goal: "ratio <= 3",
    };
    const cosign = findCosign(process.env);
    if (cosign === undefined) {
      const skipped = "cosign is neither among the interop suite's peers nor on the PATH";
      return { ...what, value: null, ratio: null, met: null, skipped };
    }
    const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
    try {
      const { value, baseline } = await compare(cosign, folder);
      const ratio = value / baseline;
      return { ...what, value: round(value), ratio: round(ratio), met: ratio <= 3 };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
