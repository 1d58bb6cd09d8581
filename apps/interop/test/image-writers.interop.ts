import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageResult, VerifyResult } from "@colophon/core";
import { beforeAll, describe, test } from "vitest";
import { runPeer } from "../src/clients/client.ts";
import { attestPushed } from "../src/clients/colophon-container-push.ts";
import { askOfImage, attestWithColophon } from "../src/clients/colophon.ts";
import { makeCosignKey } from "../src/clients/cosign.ts";
import { commandOf } from "../src/peers.ts";
import { makeGround, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, startBeside, writeStatement } from "./images.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const there = ASKED.filter(({ isMissing }) => !isMissing);

const { folder } = await makeGround();
const hosts = startBeside(there);
const trust = ["--trusted-root", sigstore.trustedRoot];
const inside = (name: string): string => join(folder, name);
const key = await makeCosignKey(sigstore, inside("cosign"));
const PASSWORD = { COLOPHON_KEY_PASSWORD: "loopback" };
await writeFile(inside("colophon.config.json"), '{"sign":{"key":"cosign.key"}}');

/** Attests what a builder wrote, and verifies what these references lead to then. */
async function attestAndVerify(name: string, written: readonly string[], ...references: string[]): Promise<string[]> {
  const { status } = await attestPushed(sigstore, folder, [...written, "--output-dir", `out-${name}`], PASSWORD);
  const verify = async (reference: string): Promise<string> => {
    const options = ["--key", key.publicKey, ...trust, "--json"];
    const { stdout } = await askOfImage(sigstore, "verify", reference, ...options);
    return (JSON.parse(stdout) as VerifyResult).status;
  };
  return [status, ...(await Promise.all(references.map(verify)))];
}

async function cover(repository: string, ...more: readonly string[]): Promise<CoverageResult> {
  const { stdout } = await askOfImage(sigstore, "coverage", repository, ...more, ...trust, "--json");
  return JSON.parse(stdout) as CoverageResult;
}

/** The tags of each image by its digest. */
const tagsOf = ({ objects }: CoverageResult): Record<string, string[]> =>
  Object.fromEntries(
    objects.map(({ digest, locations }) => [
      `sha256:${digest["sha256"]}`,
      locations.flatMap((location) => /:([^:/@]+)$/.exec(location.replace(/@.*/, ""))?.[1] ?? []).toSorted(),
    ]),
  );

const isMissing = !["buildah", "skopeo"].every((name) => existsSync(commandOf(name as "buildah" | "skopeo")));
const isUser = process.getuid?.() !== 0;
const why = isMissing ? " (skipped: no buildah or no skopeo)" : isUser ? " (skipped: it takes root to build)" : "";

describe.skipIf(why !== "")(`images that buildah built${why}`, () => {
  const STORE = ["--root", inside("store"), "--runroot", inside("run")];
  const POLICY = inside("policy.json");
  const env = { STORAGE_DRIVER: "vfs", BUILDAH_ISOLATION: "chroot", HOME: folder };
  const buildah = (...args: readonly string[]): Promise<string> =>
    runPeer(sigstore, "buildah", [...STORE, "--signature-policy", POLICY, ...args], { env, cwd: folder });
  const skopeo = (...args: readonly string[]): Promise<string> =>
    runPeer(sigstore, "skopeo", ["--policy", POLICY, ...args], { env, cwd: folder });
  const crane = async (command: "digest" | "manifest", image: string): Promise<string> =>
    await runPeer(sigstore, "crane", [command, "--insecure", image]);
  const read = async (name: string): Promise<string> => (await readFile(inside(name), "utf8")).trim();

  beforeAll(async () => {
    await writeFile(POLICY, '{"default":[{"type":"insecureAcceptAnything"}]}');
    await writeFile(
      inside("Containerfile"),
      "FROM scratch\nARG TARGETARCH\nCOPY widget.bin /\nLABEL arch=$TARGETARCH\n",
    );
    await buildah(
      "bud",
      "--platform",
      "linux/amd64,linux/arm64",
      "--manifest",
      "widget",
      "--file",
      "Containerfile",
      ".",
    );
    await buildah("bud", "--tag", "older", "--file", "Containerfile", ".");
  });

  test.concurrent.for(there)(
    "are counted on $name, and attested by what buildah and skopeo wrote",
    async ({ name }, { expect: it }) => {
      const repository = `${hosts.get(name)}/acme/built`;
      const to = (tag: string): string => `docker://${repository}:${tag}`;
      const file = (tag: string): string[] => ["--digestfile", `${name}-${tag}`];
      await buildah("manifest", "push", "--all", "--tls-verify=false", ...file("1.0.0"), "widget", to("1.0.0"));
      // As Docker has manifests, which is no format of OCI's.
      await buildah("push", "--tls-verify=false", "--format", "v2s2", ...file("0.9.0"), "older", to("0.9.0"));
      const plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
      await skopeo("copy", "--all", ...plain, ...file("stable"), to("1.0.0"), to("stable"));
      await skopeo(
        "--override-arch",
        "arm64",
        "copy",
        ...plain,
        ...file("1.0.0-arm64"),
        to("1.0.0"),
        to("1.0.0-arm64"),
      );
      const tags = ["1.0.0", "0.9.0", "stable", "1.0.0-arm64"];
      const said = Object.fromEntries(
        await Promise.all(tags.map(async (tag) => [tag, await read(`${name}-${tag}`)] as const)),
      );
      for (const tag of tags) it(await crane("digest", `${repository}:${tag}`), tag).toBe(said[tag]);
      it(said["stable"]).toBe(said["1.0.0"]);

      const result = await cover(repository);
      it(result).toMatchObject({ complete: true, gaps: [], summary: { objects: 3, missing: 3 } });
      it(tagsOf(result)).toEqual({
        [said["1.0.0"]!]: ["1.0.0", "stable"],
        [said["0.9.0"]!]: ["0.9.0"],
        [said["1.0.0-arm64"]!]: ["1.0.0-arm64"],
      });
      it(tagsOf(await cover(repository, "--latest"))).toEqual({ [said["1.0.0"]!]: ["1.0.0", "stable"] });

      const { manifests } = JSON.parse(await crane("manifest", `${repository}:1.0.0`)) as {
        manifests: { digest: string; platform: { architecture: string } }[];
      };
      const members = manifests.map(({ digest, platform: { architecture } }) => ({
        platform: `linux/${architecture}`,
        digest: { sha256: digest.slice(7) },
      }));
      const index = result.objects.find(({ digest }) => said["1.0.0"]!.endsWith(digest["sha256"]!));
      it(members.map(({ platform }) => platform).toSorted()).toEqual(["linux/amd64", "linux/arm64"]);
      it(index?.members).toMatchObject(members);

      const attested = ["1.0.0", "0.9.0", "1.0.0-arm64"].map((tag) => {
        const reference = `${repository}:${tag}`;
        return attestAndVerify(`${name}-${tag}`, ["--digest-file", `${name}-${tag}`, reference], reference);
      });
      it(await Promise.all(attested)).toEqual(attested.map(() => ["sealed", "verified"]));
    },
  );
});

describe("charts that helm pushed", () => {
  const VERSIONS = ["1.2.3", "1.3.0-rc.1", "1.2.2+build.5"];
  beforeAll(async () => {
    await mkdir(inside("chart/templates"), { recursive: true });
    await writeFile(
      inside("chart/templates/config-map.yaml"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: widget}\n",
    );
    await writeFile(inside("chart/Chart.yaml"), "apiVersion: v2\nname: widget\nversion: 0.0.0\n");
    for (const version of VERSIONS)
      await runPeer(sigstore, "helm", ["package", "chart", "--version", version], { cwd: folder });
  });

  test.concurrent.for(there)(
    "are counted on $name as charts, and attested by what helm printed",
    async ({ name }, { expect: it }) => {
      const charts = `${hosts.get(name)}/charts`;
      const printed: string[] = [];
      for (const version of VERSIONS) {
        const push = ["push", `widget-${version}.tgz`, `oci://${charts}`, "--plain-http"];
        printed.push(await runPeer(sigstore, "helm", push, { cwd: folder }));
      }
      const result = await cover(`${charts}/widget`);
      it(result.summary.channels).toMatchObject({ helm: { objects: 3 } });
      it(result.objects.map(({ channels }) => channels)).toEqual(VERSIONS.map(() => ["oci", "helm"]));
      // Tags cannot hold a plus.
      const tags = VERSIONS.map((version) => version.replace("+", "_"));
      it(Object.values(tagsOf(result)).flat().toSorted()).toEqual(tags.toSorted());
      it(Object.values(tagsOf(await cover(`${charts}/widget`, "--latest")))).toEqual([["1.2.3"]]);

      await writeFile(inside(`${name}-helm.log`), printed[0]!);
      const [first, second] = [`${charts}/widget:1.2.3`, `${charts}/widget:1.2.2_build.5`];
      const statuses = await attestAndVerify(`${name}-helm`, ["--push-log", `${name}-helm.log`], first, second);
      it(statuses).toEqual(["sealed", "verified", "missing"]);
    },
  );
});

describe("what oras attached", async () => {
  const image = await makeLayout(folder);
  beforeAll(async () => {
    const what = ["--statement", await writeStatement(folder, image.digest), "--output", "bundle.json"];
    await attestWithColophon(sigstore, folder, [...what, "--key", key.privateKey], PASSWORD);
  });

  // oras takes 405 for a fault.
  const registries = there.filter(({ ways }) => ways.referrers !== 405);
  test.concurrent.for(registries)("is found and verified on $name", async ({ name }, { expect: it }) => {
    const repository = `${hosts.get(name)}/acme/widget`;
    await copyLayout(`${image.folder}:${image.tag}`, `${repository}:${image.tag}`);
    const attached = [`${repository}@${image.digest}`, `bundle.json:${BUNDLE}`];
    await runPeer(sigstore, "oras", ["attach", "--plain-http", "--artifact-type", BUNDLE, ...attached], {
      cwd: folder,
    });
    const options = ["--key", key.publicKey, ...trust, "--json"];
    const { stdout } = await askOfImage(sigstore, "verify", `${repository}:${image.tag}`, ...options);
    const { status, evidence } = JSON.parse(stdout) as VerifyResult;
    it({ status, evidence }).toMatchObject({ status: "verified", evidence: [{ store: "oci", verdict: "verified" }] });
  });
});
