import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { expect, test } from "vitest";
import { runPeer } from "../src/clients/client.ts";
import { askOfImage } from "../src/clients/colophon.ts";
import { attach } from "./attach.ts";
import { makeGround, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, readFallbackList, startBeside } from "./images.ts";

const PROCESSES = 50;

const { folder } = await makeGround();
const image = await makeLayout(folder);
const withoutApi = ["docker-registry", "distribution", "crane registry"]
  .flatMap((wanted) => ASKED.filter(({ name, isMissing }) => name === wanted && !isMissing))
  .slice(0, 1);
const registries = [ASKED.find(({ name }) => name === "olareg")!, ...withoutApi];
const hosts = startBeside(registries);

test.each(registries)(`${PROCESSES} processes that attach to one image at once lose nothing on $name`, async (one) => {
  const host = hosts.get(one.name)!;
  const repository = `${host}/acme/widget`;
  await copyLayout(`${image.folder}:${image.tag}`, `${repository}:${image.tag}`);
  const attachOne = async (note: number) => {
    const bundle = join(folder, `bundle-${note}.json`);
    await writeFile(bundle, JSON.stringify({ note, dsseEnvelope: {} }));
    return await attach({ host, repository: "acme/widget", subject: image.digest, bundle });
  };
  const listed = async (): Promise<readonly string[]> => {
    const locations = (digests: readonly string[]): string[] =>
      digests.map((digest) => `oci://${repository}@${digest}`);
    if (one.ways.referrers !== "served") return locations(await readFallbackList(repository, image.digest));
    const found = await runPeer(sigstore, "oras", [
      "discover",
      "--plain-http",
      "--format",
      "json",
      `${repository}@${image.digest}`,
    ]);
    return locations((JSON.parse(found) as { referrers: { digest: string }[] }).referrers.map(({ digest }) => digest));
  };

  const attached = await Promise.all(Array.from({ length: PROCESSES }, (_, note) => attachOne(note)));
  const locations = attached.map(({ location }) => location).toSorted();
  expect(new Set(locations).size).toBe(PROCESSES);
  expect(new Set(attached.map(({ was }) => was))).toEqual(new Set(["written"]));

  // What a reader finds, by the list or by our own tags.
  const { stdout } = await askOfImage(
    sigstore,
    "verify",
    `${repository}@${image.digest}`,
    "--trusted-root",
    sigstore.trustedRoot,
    "--json",
  );
  const { evidence } = JSON.parse(stdout) as VerifyResult;
  expect(evidence.map(({ location }) => location.replace("#layer0", "")).toSorted()).toEqual(locations);

  // What a process says of the list holds when all are done, or one more run sees to it.
  const told = attached.filter((each) => each.listed !== "own-tag");
  expect(await listed()).toEqual(expect.arrayContaining(told.map(({ location }) => location)));
  if (told.length < PROCESSES) await attachOne(0);
  expect((await listed()).toSorted()).toEqual(locations);
});
