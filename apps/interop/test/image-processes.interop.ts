import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { expect, test } from "vitest";
import { runPeer } from "../src/clients/client.ts";
import { askOfImage, attestWithColophon } from "../src/clients/colophon.ts";
import { makeGround, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, readFallbackList, startBeside } from "./images.ts";
import { INDEX } from "./registry-client.ts";

const PROCESSES = 50;
/** All of them have as many processors as one has. */
const TIMEOUT_MS = 300_000;

const { folder } = await makeGround();
const image = await makeLayout(folder);

/** What the same key has said of an image already is not said again, so that everyone has one. */
async function writeKey(name: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  await writeFile(join(folder, name), privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  return name;
}

const keys = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => writeKey(`key-${index}.pem`)));
const withoutApi = ["docker-registry", "distribution", "crane registry"]
  .flatMap((wanted) => ASKED.filter(({ name, isMissing }) => name === wanted && !isMissing))
  .slice(0, 1);
const registries = [ASKED.find(({ name }) => name === "olareg")!, ...withoutApi];
const hosts = startBeside(registries);

test.each(registries)(
  `${PROCESSES} processes that attest one image at once lose nothing on $name`,
  async (one) => {
    const repository = `${hosts.get(one.name)}/acme/widget`;
    const subject = image.platforms["linux/arm64"]!;
    const named = `${repository}@${subject}`;
    await copyLayout(`${image.folder}:${image.tag}`, `${repository}:${image.tag}`);
    const attest = async (index: number): Promise<string> => {
      const given = ["--key", keys[index]!, "--output-dir", `${one.name}-${index}`];
      const what = [`oci://${named}`, "--deposit", "oci", ...given];
      const { status, statements } = await attestWithColophon(sigstore, folder, what);
      expect(status).toBe("sealed");
      const deposit = statements[0]?.deposits.find(({ store }) => store === "oci");
      expect(deposit?.status).toBe("proven");
      return deposit?.location ?? "";
    };
    const readList = async (): Promise<string[]> => {
      const read = async (): Promise<readonly string[]> => {
        if (one.ways.referrers !== "served") return await readFallbackList(repository, subject);
        const found = await runPeer(sigstore, "oras", ["discover", "--plain-http", "--format", "json", named]);
        return (JSON.parse(found) as { referrers: { digest: string }[] }).referrers.map(({ digest }) => digest);
      };
      return (await read()).map((digest) => `oci://${repository}@${digest}`).toSorted();
    };

    const told = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => attest(index)));
    const locations = told.toSorted();
    expect(new Set(locations).size).toBe(PROCESSES);

    const readAll = async (): Promise<string[]> => {
      const { stdout } = await askOfImage(sigstore, "verify", named, "--trusted-root", sigstore.trustedRoot, "--json");
      const { evidence } = JSON.parse(stdout) as VerifyResult;
      return evidence.map(({ location }) => location.replace("#layer0", "")).toSorted();
    };
    expect(await readAll()).toEqual(locations);
    // Who saw others write again and again leaves it to a rerun.
    if ((await readList()).length < PROCESSES) await attest(0);
    expect(await readList()).toEqual(locations);
    if (one.ways.referrers === "served") return;

    // Somebody who knows of no other overwrites the list: our tags still tell, and a rerun mends it.
    await writeFile(join(folder, "list.json"), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] }));
    const push = ["manifest", "push", "--plain-http", "--media-type", INDEX];
    const tag = `${repository}:${subject.replace(":", "-")}`;
    await runPeer(sigstore, "oras", [...push, tag, "list.json"], { cwd: folder });
    expect(await readList()).toEqual([]);
    expect(await readAll()).toEqual(locations);
    expect(locations).toContain(await attest(0));
    expect(await readList()).toEqual(locations);
  },
  TIMEOUT_MS,
);
