import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, expect, test, describe } from "vitest";
import { askOfImage } from "../src/clients/colophon.ts";
import { makeGround, sigstore } from "./ground.ts";
import { ASKED, copyLayout, startBeside, type Asked } from "./images.ts";

/** Layouts that slsa-verifier keeps for its regression tests, beside the repository; they are not part of it. */
const DATA = join(import.meta.dirname, "../../../../shared/data/slsa-verifier/gha_generic_container");
const hasData = existsSync(DATA);
const VERSIONS = ["v1.4.0", "v1.6.0", "v1.8.0", "v1.10.0", "v2.0.0"];
/** One with either kind of log entry, `intoto` and `dsse`. */
const ENDS = ["v1.4.0", "v2.0.0"];
const NAME = "container_workflow_dispatch";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly pBuilderID?: readonly [string];
  readonly pbranch?: readonly [string];
  readonly ptag?: readonly [string];
  readonly pversiontag?: readonly [string];
  readonly minversion?: string;
  readonly maxversion?: string;
  readonly err?: string;
}

const CASES = hasData ? (JSON.parse(readFileSync(join(DATA, "cases.json"), "utf8")) as Case[]) : [];

const compare = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });
const isOf = ({ minversion = "v0", maxversion = "v9" }: Case, version: string): boolean =>
  compare(version, minversion) > 0 && compare(version, maxversion) <= 0;

function toOptions({ source, pBuilderID, pbranch, ptag, pversiontag }: Case): string[] {
  const options = {
    "source-repository": source,
    "builder-id": pBuilderID?.[0],
    "source-branch": pbranch?.[0],
    "source-tag": ptag?.[0],
    "source-versioned-tag": pversiontag?.[0],
  };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

const { folder } = await makeGround();
const trustedRoot = join(folder, "public-good.json");

const SEEDS = "@sigstore/tuf/seeds.json";

/** The public-good instance's trusted root, as sigstore-js brings it. */
async function writePublicGoodRoot(): Promise<void> {
  const require = createRequire(createRequire(import.meta.url).resolve("sigstore-5"));
  const seeds = require(SEEDS) as Record<string, { targets: Record<string, string> }>;
  const { targets } = seeds["https://tuf-repo-cdn.sigstore.dev"]!;
  await writeFile(trustedRoot, Buffer.from(targets["trusted_root.json"]!, "base64"));
}

const layoutOf = (version: string): string => join(DATA, version, NAME);
const digestOf = (version: string): string => readFileSync(`${layoutOf(version)}.digest`, "utf8").trim();

/** `cosign save` marks what it kept. */
function attDigestOf(version: string): string {
  const index = JSON.parse(readFileSync(join(layoutOf(version), "index.json"), "utf8")) as {
    manifests: { digest: string; annotations: { kind: string } }[];
  };
  return index.manifests.find(({ annotations }) => annotations.kind === "dev.cosignproject.cosign/atts")!.digest;
}

describe.skipIf(!hasData)(`slsa-verifier's images${hasData ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  const hosts = startBeside(ASKED);
  const repositoryOf = ({ name }: Asked, version: string): string => `${hosts.get(name)}/${version}/${NAME}`;

  beforeAll(async () => {
    await writePublicGoodRoot();
    const there = ASKED.filter(({ isMissing }) => !isMissing);
    for (const version of VERSIONS) {
      const wanted = ENDS.includes(version) ? there : there.slice(0, 1);
      const copy = async (registry: Asked): Promise<void> => {
        const repository = repositoryOf(registry, version);
        const digest = digestOf(version);
        await copyLayout(`${layoutOf(version)}@${digest}`, `${repository}:1.0.0`);
        await copyLayout(
          `${layoutOf(version)}@${attDigestOf(version)}`,
          `${repository}:${digest.replace(":", "-")}.att`,
        );
      };
      await Promise.all(wanted.map(copy));
    }
  });

  const verify = async (registry: Asked, version: string, one: Case) => {
    const image = `${repositoryOf(registry, version)}@${digestOf(version)}`;
    const options = [...toOptions(one), "--trusted-root", trustedRoot, "--json"];
    const { code, stdout, stderr } = await askOfImage(sigstore, "verify", image, ...options);
    const { status, level } = JSON.parse(stdout || "{}") as Partial<VerifyResult>;
    return { code, status, level, stderr };
  };

  const VERIFIED = { code: 0, status: "verified", level: 3, stderr: "" };
  const runs = VERSIONS.flatMap((version) =>
    CASES.filter((one) => isOf(one, version)).map((one) => ({ title: `${version}: ${one.name}`, version, one })),
  );

  test("there are 9 cases at each of five versions", () => expect(runs).toHaveLength(45));

  test.concurrent.for(runs)("$title: $one.err", async ({ version, one }, { expect: it }) => {
    const mismatch = { code: 1, status: "mismatch", level: null, stderr: "" };
    it(await verify(ASKED[0]!, version, one)).toEqual(one.err === undefined ? VERIFIED : mismatch);
  });

  // What is expected is judged alike wherever the proof was found.
  const found = ASKED.slice(1).flatMap((registry) => ENDS.map((version) => ({ ...registry, registry, version })));
  for (const isMissing of [false, true]) {
    test.skipIf(isMissing).concurrent.for(found.filter((one) => one.isMissing === isMissing))(
      "$version is verified on $name too $skipped",
      async ({ registry, version }, { expect: it }) => {
        it(await verify(registry, version, CASES[0]!)).toEqual(VERIFIED);
      },
    );
  }
});
