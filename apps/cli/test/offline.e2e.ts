import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildNpmProvenance } from "@colophon/testkit";
import { expect, test } from "vitest";
import { colophon, emptyFolder, type Finished, type RunOptions } from "./colophon.ts";
import { dataFile, hasData, skipped } from "./data.ts";
import { openWorlds, releaseOf } from "./worlds.ts";

const hasNamespaces = spawnSync("unshare", ["-n", "true"]).status === 0;
const how = hasNamespaces
  ? "in an empty network namespace"
  : "with sockets denied in the process (unshare -n is refused)";
const cutOff: RunOptions = hasNamespaces
  ? { through: ["unshare", "-n"] }
  : { nodeOptions: ["--import", join(import.meta.dirname, "deny-sockets.mjs")] };

async function offline(args: readonly string[], cwd?: string): Promise<Finished> {
  return await colophon([...args, "--offline", "--json"], { ...cutOff, ...(cwd === undefined ? {} : { cwd }) });
}

test(`verify and inspect need no socket, ${how}`, async () => {
  const { sigstore, folder } = await openWorlds();
  const run = releaseOf("acme/widget");
  const sha512 = "ab".repeat(64);
  const statement = buildNpmProvenance({ name: "widget", version: "1.0.0", sha512 }, run);
  await writeFile(join(folder, "bundle.json"), JSON.stringify(await sigstore.attest({ statement, identity: run })));
  const verified = await offline(["verify", `sha512:${sha512}`, "--bundle", "bundle.json"], folder);
  expect(verified).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(verified.stdout)).toMatchObject({ status: "verified", level: 2 });
  expect(await offline(["inspect", "bundle.json"], folder)).toMatchObject({ code: 0, stderr: "" });
});

test.skipIf(!hasData)(`the bundled trust root verifies real bundles, ${how}${skipped}`, async () => {
  const artifact = dataFile("slsa-verifier/npm/supreme-googles-cli-v02-tag.tgz");
  const { code, stderr } = await offline(["verify", artifact, "--bundle", `${artifact}.json`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test(`coverage tells that it could list nothing, ${how}`, async () => {
  const finished = await offline(
    ["coverage", "npm:widget", "--registry", "https://registry.example/"],
    await emptyFolder(),
  );
  expect(finished).toMatchObject({ code: 3, stderr: "" });
  expect(JSON.parse(finished.stdout)).toMatchObject({
    complete: false,
    gaps: [{ reason: { code: "offline" } }],
    run: { requests: {} },
  });
});
