import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startOciRegistry, startSigstore, writeTrustedRoot, type EmbeddedOciRegistry } from "@colophon/testkit";
import { COLOPHON, inFolder, makeKeys } from "./attest-rows.ts";
import { findCosign, timeWell } from "./cosign.ts";
import { medianPair } from "./measure.ts";
import { round, type Benchmark, type Row } from "./row.ts";

const RUNS = 11;

/** A fresh image, one key, no service: to the bundle beside the image, on a registry without lag. */
async function compare(
  cosign: string,
  registry: EmbeddedOciRegistry,
  folder: string,
): Promise<Pick<Row, "value" | "ratio" | "met">> {
  const [predicate, services, root] = ["predicate.json", "services.json", "root.json"].map((name) =>
    join(folder, name),
  );
  await writeFile(predicate!, JSON.stringify({ buildDefinition: {}, runDetails: { builder: { id: "" } } }));
  await timeWell([cosign, "signing-config", "create", "--out", services!], folder);
  // cosign looks for one on the network otherwise, though nothing of it is used here.
  const sigstore = await startSigstore();
  await writeTrustedRoot(root!, sigstore.trustedRoot);
  await sigstore.close();
  const keys = await makeKeys(cosign, folder);
  let run = 0;
  // Another image each time: what is attached already is not attached again.
  const push = (): string => {
    run += 1;
    const { digest } = registry.addImage("acme/widget", [`1.0.${run}`]);
    return `${registry.host}/acme/widget@${digest}`;
  };
  const ours = async (): Promise<number> => {
    const image = push();
    const output = ["--output-dir", join(folder, `out-${run}`)];
    const args = [`oci://${image}`, "--deposit", "oci", "--key", keys.openssl, ...output];
    return await timeWell([process.execPath, COLOPHON, "attest", ...args], folder);
  };
  const theirs = async (): Promise<number> => {
    const given = ["--key", keys.cosign, "--type", "slsaprovenance1", "--predicate", predicate!];
    const trust = ["--signing-config", services!, "--trusted-root", root!];
    return await timeWell([cosign, "attest", "-y", ...given, ...trust, push()], folder);
  };
  const { value, baseline } = await medianPair(RUNS, ours, theirs);
  const ratio = value / baseline;
  return { value: round(value), ratio: round(ratio), met: ratio <= 1 };
}

export const ociAttach: Benchmark = {
  name: "oci-attach",
  run: () =>
    inFolder(async (folder): Promise<Row> => {
      const what = { name: "oci-attach", unit: "s", baseline: "cosign attest", goal: "ratio <= 1" };
      const cosign = findCosign(process.env);
      if (cosign === undefined) {
        const skipped = "cosign is neither among the interop suite's peers nor on the PATH";
        return { ...what, value: null, ratio: null, met: null, skipped };
      }
      const registry = await startOciRegistry();
      try {
        return { ...what, ...(await compare(cosign, registry, folder)) };
      } finally {
        await registry.close();
      }
    }),
};
