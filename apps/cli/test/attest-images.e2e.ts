import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  startOciRegistry,
  type EmbeddedOciRegistry,
  type ImageDigests,
  type OciRegistryOptions,
} from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { colophon, type Finished } from "./colophon.ts";
import { openRelease, receiptOf, type ReleaseJob } from "./emission.ts";

interface World extends ReleaseJob {
  readonly registry: EmbeddedOciRegistry;
  readonly image: ImageDigests;
  /** `oci://host/acme/widget` */
  readonly name: string;
  readonly verify: (...args: string[]) => Promise<Finished>;
}

async function open(options: OciRegistryOptions = {}): Promise<World> {
  const [release, registry] = await Promise.all([openRelease(), startOciRegistry(options)]);
  onTestFinished(() => registry.close());
  const platforms = ["linux/amd64", "linux/arm64"];
  const { folder } = release;
  const source = ["--source-repository", "https://github.com/acme/widget"];
  return {
    ...release,
    registry,
    image: registry.addImage("acme/widget", ["1.4.0", "latest"], { platforms }),
    name: `oci://${registry.host}/acme/widget`,
    verify: (...args) => colophon(["verify", ...args, ...source], { cwd: folder }),
  };
}

const purl = ({ host }: EmbeddedOciRegistry, digest: string): string =>
  `pkg:oci/widget@${digest}?repository_url=${host}%2Facme%2Fwidget`;

describe("attest of an image", () => {
  test.each<[string, OciRegistryOptions]>([
    ["by the referrers API", {}],
    ["by the fallback tag", { referrers: 404 }],
    ["with a login", { auth: { kind: "basic", username: "robot", password: "canary" } }],
  ])("signs one statement of the index and its platforms, and attaches it to each %s", async (_, options) => {
    const world = await open(options);
    const { registry, image, name, folder } = world;
    const auths = { [registry.host]: { auth: Buffer.from("robot:canary").toString("base64") } };
    await writeFile(join(folder, "config.json"), JSON.stringify(options.auth === undefined ? {} : { auths }));
    const env = { DOCKER_CONFIG: folder };
    const done = await world.attestWith(env, `${name}@${image.digest}`, "--deposit", "oci", "--json");
    expect(done.code, done.stderr).toBe(0);
    const all = [image.digest, ...Object.values(image.platforms)];
    const receipt = receiptOf(done);
    expect(receipt.objects.map((one) => [one.name, one.proven])).toEqual(
      all.map((digest) => [purl(registry, digest), true]),
    );
    expect(receipt.statements).toMatchObject([{ subjects: 3, status: "sealed", signed: "now" }]);
    expect(receipt.statements[0]?.deposits.map((one) => [one.store, one.status])).toEqual([
      ["folder", "proven"],
      ["oci", "proven"],
      ["oci", "proven"],
      ["oci", "proven"],
    ]);
    const stem = `widget-${image.digest.replace(":", "-")}`;
    expect(await world.output()).toEqual(
      [
        "artifacts.json",
        "metadata.json",
        "plan.json",
        "receipt.json",
        `${stem}.intoto.jsonl`,
        `${stem}.sigstore.json`,
      ].toSorted(),
    );
    expect(JSON.stringify(receipt) + done.stderr).not.toContain("canary");
    for (const digest of all) {
      const verified = await colophon(
        ["verify", `${name}@${digest}`, "--source-repository", "https://github.com/acme/widget"],
        { cwd: folder, env },
      );
      expect(verified.code, verified.stderr).toBe(0);
    }
  });

  test("that was prepared is held to its tags in the job that seals, and attached nowhere unless asked for", async () => {
    const world = await open();
    const { registry, image, name } = world;
    const prepared = await world.attest(`${name}:1.4.0@${image.digest}`, "--prepare", "--json");
    expect(JSON.parse(prepared.stdout)).toMatchObject({
      subjects: [{ tags: ["1.4.0"] }, {}, {}],
      warnings: expect.arrayContaining([expect.objectContaining({ code: "not-attached" })]) as unknown,
    });
    registry.addImage("acme/widget", ["1.4.0"], { text: "moved" });
    const sealed = await world.attest("--seal", "dist/colophon/plan.json", "--deposit", "oci", "--json");
    expect(sealed.code, sealed.stderr).toBe(1);
    expect(receiptOf(sealed)).toMatchObject({ statements: [{ signed: "not", reason: { code: "subject-changed" } }] });
  });

  test("needs an image to deposit beside", async () => {
    const world = await open();
    const refused = { code: 2, stderr: expect.stringContaining("no image is named") as string };
    expect(await world.attest("dist/a.tgz", "--deposit", "oci")).toMatchObject(refused);
  });
});
