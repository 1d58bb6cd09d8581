import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildPackageTarball, startNpmRegistry, toIntegrity } from "../../src/index.ts";

const repository = { type: "git", url: "git+https://github.com/acme/widget.git" };
const manifest = { name: "@acme/widget", version: "1.0.5", repository };
// White space and order are part of the recorded answer and must survive.
const answer = '{ "attestations" : [ {"predicateType":"https://slsa.dev/provenance/v0.2", "bundle":{ } } ] }\n';

/** Real packages of slsa-verifier's tests, where they lie beside the project. */
const recorded = fileURLToPath(new URL("../../../../../shared/data/slsa-verifier/npm", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "testkit-"));
  for (const artifact of ["good.tgz", "broken.tgz"]) {
    await writeFile(join(folder, artifact), buildPackageTarball(manifest));
    await writeFile(join(folder, `${artifact}.json`), answer);
  }
});
afterEach(() => rm(folder, { recursive: true }));

test("a replay serves packument, tarball and the recorded answer byte for byte", async () => {
  const registry = await startNpmRegistry({ replay: { folder, artifacts: ["good.tgz"] } });
  const packument = await (await fetch(`${registry.url}/@acme%2fwidget`)).json();
  const tarball = buildPackageTarball(manifest);
  expect(packument).toMatchObject({
    name: "@acme/widget",
    "dist-tags": { latest: "1.0.5" },
    repository,
    versions: {
      "1.0.5": {
        repository,
        dist: {
          integrity: toIntegrity(tarball),
          attestations: { provenance: { predicateType: "https://slsa.dev/provenance/v0.2" } },
        },
      },
    },
  });
  const bytes = await (await fetch(`${registry.url}/@acme/widget/-/widget-1.0.5.tgz`)).arrayBuffer();
  expect(Buffer.from(bytes).equals(tarball)).toBe(true);
  const recorded = await fetch(`${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.0.5`);
  expect(await recorded.text()).toBe(answer);
  await registry.close();
});

test("a replay refuses two variants of one version", async () => {
  await expect(startNpmRegistry({ replay: { folder, artifacts: ["good.tgz", "broken.tgz"] } })).rejects.toMatchObject({
    code: "REPLAY_CONFLICT",
    message: expect.stringContaining("broken.tgz"),
  });
});

test.skipIf(!existsSync(recorded)).each([
  ["supreme-googles-cli-v02-tag.tgz", "@trishankatdatadog/supreme-goggles", "1.0.5"],
  ["provenance-npm-test-ossf-invalidsigpub.tgz", "@laurentsimon/provenance-npm-test", "1.0.5"],
  ["provenance-npm-test-cli-v1-prega.tgz", "sigstore", "2.3.1"],
])(
  "a replay of the real %s serves %s@%s (skipped where the recorded data is absent)",
  async (artifact, name, version) => {
    const registry = await startNpmRegistry({ replay: { folder: recorded, artifacts: [artifact] } });
    const spec = `${name.replace("/", "%2f")}@${version}`;
    const answered = await (await fetch(`${registry.url}/-/npm/v1/attestations/${spec}`)).arrayBuffer();
    expect(Buffer.from(answered).equals(await readFile(join(recorded, `${artifact}.json`)))).toBe(true);
    const { versions } = (await (await fetch(`${registry.url}/${name.replace("/", "%2f")}`)).json()) as {
      versions: Record<string, { dist: { tarball: string; integrity: string }; repository: object }>;
    };
    const bytes = await (await fetch(versions[version]?.dist.tarball ?? "")).arrayBuffer();
    expect(toIntegrity(Buffer.from(bytes))).toBe(versions[version]?.dist.integrity);
    await registry.close();
  },
);
