import { join } from "node:path";
import type { CoverageResult, VerifyResult } from "@colophon/core";
import {
  buildSlsaV1,
  startHelmRepository,
  startOciRegistry,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedHelmRepository,
  type EmbeddedOciRegistry,
} from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { colophon, emptyFolder, type Finished } from "./colophon.ts";
import { RUN } from "./emission.ts";
import { serveNames, AUTHORITY } from "./named-hosts.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const SOURCE = ["--source-repository", "https://github.com/acme/widget"];
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const CHARTS = "acme/charts/widget";

interface World {
  readonly helm: EmbeddedHelmRepository;
  readonly registry: EmbeddedOciRegistry;
  /** Bundle of provenance of something of that SHA-256. */
  readonly prove: (sha256: string, name?: string) => Promise<Buffer>;
  readonly run: (...args: string[]) => Promise<Finished>;
}

async function open(): Promise<World> {
  const [sigstore, registry, helm] = await Promise.all([startSigstore(), startOciRegistry(), startHelmRepository()]);
  onTestFinished(async () => void (await Promise.all([sigstore.close(), registry.close(), helm.close()])));
  const folder = await emptyFolder();
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  const env = { DOCKER_CONFIG: join(folder, "docker"), REGISTRY_AUTH_FILE: "" };
  return {
    helm,
    registry,
    prove: async (sha256, name = "widget-1.4.0.tgz") => {
      const statement = buildSlsaV1({
        subject: [{ name, digest: { sha256: sha256.replace("sha256:", "") } }],
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        builderId: `https://github.com/acme/widget/${RUN.workflow}@${RUN.ref}`,
        run: RUN,
      });
      return Buffer.from(JSON.stringify(await sigstore.attest({ statement, identity: RUN })));
    },
    run: (...args) => colophon([...args, "--trusted-root", "trusted-root.json"], { cwd: folder, env }),
  };
}

/** Status, code of the failure, codes of the warnings, and the exit. */
function told(finished: Finished): string {
  if (finished.stdout === "") throw new Error(finished.stderr);
  const { status, failure, warnings } = JSON.parse(finished.stdout) as VerifyResult;
  const codes = warnings.map(({ code }) => code);
  return [finished.code, status, failure?.code, ...codes].filter((part) => part !== undefined).join(" ");
}

function covered({ code, stdout, stderr }: Finished): readonly string[] {
  if (stdout === "") throw new Error(stderr);
  const { objects } = JSON.parse(stdout) as CoverageResult;
  const rows = objects.map(({ id, status, reason, warnings }) => {
    const version = decodeURIComponent(/@([^?]*)/.exec(id)?.[1] ?? "");
    return [version, status, reason?.code, ...warnings.map((one) => one.code)].filter(Boolean).join(" ");
  });
  return [`exit ${code}`, ...rows];
}

describe("helm-index-digest-stale", () => {
  async function openStale(proven?: string): Promise<World> {
    const world = await open();
    const { helm, prove } = world;
    const [one, two, three] = ["1.4.0", "1.3.0", "1.2.0"].map((version) => ({
      name: "widget",
      version,
      archive: "beta\n",
    }));
    helm.addChart({ ...one!, entry: { digest: ALPHA } });
    helm.addChart({
      ...two!,
      entry: { digest: `sha256:${BETA.toUpperCase()}`, urls: [`${helm.url}/widget-1.3.0.tgz`] },
    });
    helm.addChart({ ...three!, entry: { digest: undefined } });
    helm.put("widget-1.3.0.tgz.prov", "-----BEGIN PGP SIGNED MESSAGE-----");
    if (proven !== undefined) helm.put("widget-1.4.0.tgz.sigstore.json", await prove(proven));
    return world;
  }

  test.each([
    ["names what is served", BETA, "0 verified index-digest-differs"],
    ["names what the index says alone", ALPHA, "1 mismatch subject-digest-differs index-digest-differs"],
    ["is not there", undefined, "1 missing no-provenance index-digest-differs"],
  ])("a stale digest is told where provenance %s", async (_, proven, expected) => {
    const { helm, run } = await openStale(proven);
    const chart = `helm:${helm.url}/widget`;
    expect(told(await run("verify", `${chart}@1.4.0`, ...SOURCE, "--json"))).toBe(expected);
    const status = expected.slice(2);
    expect(covered(await run("coverage", chart, ...SOURCE, "--hash", "--json"))).toEqual([
      "exit 0",
      `1.4.0 ${status}`,
      "1.3.0 missing no-provenance pgp-signature",
      "1.2.0 missing no-provenance",
    ]);
  });

  test("prefix and capitals are no difference, a PGP signature no provenance, and an untold digest is not missing", async () => {
    const { helm, run } = await openStale(ALPHA);
    const chart = `helm:${helm.url}/widget`;
    expect(told(await run("verify", `${chart}@1.3.0`, "--json"))).toBe("1 missing no-provenance pgp-signature");
    expect(told(await run("verify", `${chart}@1.2.0`, "--json"))).toBe("1 missing no-provenance");
    const rows = ["1.3.0 missing no-provenance pgp-signature", "1.2.0 unknown digest-not-told"];
    expect(covered(await run("coverage", `helm:${helm.url}`, ...SOURCE, "--json"))).toEqual([
      "exit 3",
      "1.4.0 verified",
      ...rows,
    ]);
    const missing = await run("coverage", chart, ...SOURCE, "--missing");
    const [first = ""] = missing.stdout.split("\n");
    expect(first).toBe(`pkg:helm/widget@1.3.0?repository_url=${helm.url.replaceAll("/", "%2F")}`);
    expect(told(await run("verify", first, "--json"))).toBe("1 missing no-provenance pgp-signature");
  });

  test("an archive that is not served is undecided, whatever the index says and a bundle proves", async () => {
    const { helm, run } = await openStale(ALPHA);
    helm.respond("/stable/widget-1.4.0.tgz", 404);
    const finished = await run("verify", `helm:${helm.url}/widget@1.4.0`, ...SOURCE, "--json");
    expect(told(finished)).toBe("3 unknown blob-missing");
    expect(JSON.parse(finished.stdout)).toMatchObject({
      object: expect.stringContaining("pkg:helm/widget@1.4.0") as string,
    });
  });
});

describe("helm-oci-plus-in-version", () => {
  test("a version and its tag are one object, and an image's name holds no +", async () => {
    const { registry, prove, run } = await open();
    const tags = ["1.4.0", "1.4.0+build.7", "1.4.0+build.8", "0.0.11-rc4+build3", "latest", "v1", "1.4"];
    const digests = tags.map((version) => registry.addChart(CHARTS, { name: "widget", version }));
    const name = `${registry.host}/${CHARTS}`;
    registry.addReferrer(CHARTS, digests[1]!, { artifactType: BUNDLE, content: await prove(digests[1]!) });
    const asked = [`helm:${name}@1.4.0+build.7`, `helm:oci://${name}:1.4.0_build.7`, `oci://${name}:1.4.0_build.7`];
    const results = [];
    for (const one of asked) results.push(await run("verify", one, ...SOURCE, "--json"));
    expect(results.map(told)).toEqual(asked.map(() => "0 verified"));
    const ids = results.map(({ stdout }) => (JSON.parse(stdout) as VerifyResult).object);
    expect(new Set(ids)).toEqual(
      new Set([`pkg:oci/widget@${digests[1]}?repository_url=${name.replaceAll("/", "%2F")}`]),
    );
    expect(
      registry.requests.map(({ path }) => path).filter((path) => path.includes("+") || path.includes("%2B")),
    ).toEqual([]);
    const mangled = await run("verify", `oci://${name}:1.4.0+build.7`);
    expect(mangled).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/REFERENCE_TAG[^]*1\.4\.0_build\.7/) as string,
    });
    const listed = await run("coverage", `helm:${name}`, ...SOURCE, "--json");
    const { summary, objects } = JSON.parse(listed.stdout) as CoverageResult;
    expect(summary).toMatchObject({ objects: 4, verified: 1, missing: 3, channels: { helm: { objects: 4 } } });
    expect(objects.map(({ locations }) => locations[1]?.split(":").at(-1) ?? "").toSorted()).toEqual([
      "0.0.11-rc4_build3",
      "1.4.0",
      "1.4.0_build.7",
      "1.4.0_build.8",
    ]);
    const ofChannel = await run("coverage", `oci://${name}`, ...SOURCE, "--channel", "helm", "--fail-under", "helm=20");
    expect(ofChannel.code, ofChannel.stderr).toBe(0);
  });
});

describe("helm-oci-digest-of-what", () => {
  test.each(["helm", "oci"])(
    "asked for as %s:, provenance of the archive does not prove the manifest",
    async (form) => {
      const { registry, prove, run } = await open();
      const digest = registry.addChart(CHARTS, { name: "widget", version: "1.4.0", prov: "-----BEGIN PGP" });
      const name = `${registry.host}/${CHARTS}`;
      const asked = form === "helm" ? `helm:${name}@1.4.0` : `oci://${name}:1.4.0`;
      expect(told(await run("verify", asked, "--json"))).toBe("1 missing no-provenance pgp-signature");
      const manifest = (await (await fetch(`${registry.url}/v2/${CHARTS}/manifests/1.4.0`)).json()) as {
        readonly layers: readonly { readonly digest: string }[];
      };
      const archive = manifest.layers[1]!.digest;
      registry.addReferrer(CHARTS, digest, { artifactType: BUNDLE, content: await prove(archive, "any name") });
      const wrong = await run("verify", asked, ...SOURCE, "--json");
      expect(told(wrong)).toBe("1 mismatch subject-digest-differs pgp-signature");
      expect(JSON.parse(wrong.stdout)).toMatchObject({
        failure: { expected: digest, actual: archive, hint: expect.stringContaining(digest) as string },
      });
      registry.addReferrer(CHARTS, digest, { artifactType: BUNDLE, content: await prove(digest) });
      expect(told(await run("verify", asked, ...SOURCE, "--json"))).toBe("0 verified pgp-signature");
    },
  );

  test("provenance of the archive proves it where it is a file of its own, and not what is in a registry", async () => {
    const { helm, registry, prove, run } = await open();
    const chart = { name: "widget", version: "1.4.0+build.7" };
    registry.addChart(CHARTS, chart);
    const url = `${registry.url}/v2/${CHARTS}`;
    const manifest = (await (await fetch(`${url}/manifests/1.4.0_build.7`)).json()) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    const archive = manifest.layers[0]!.digest;
    const bytes = Buffer.from(await (await fetch(`${url}/blobs/${archive}`)).arrayBuffer());
    helm.addChart({ ...chart, archive: bytes });
    helm.put("widget-1.4.0+build.7.tgz.sigstore.json", await prove(archive));
    const filed = await run("verify", `helm:${helm.url}/widget@1.4.0+build.7`, ...SOURCE, "--json");
    expect(told(filed)).toBe("0 verified");
    const id = `pkg:helm/widget@1.4.0%2Bbuild.7?repository_url=${helm.url.replaceAll("/", "%2F")}`;
    expect((JSON.parse(filed.stdout) as VerifyResult).object).toBe(id);
    const pushed = await run("verify", `oci://${registry.host}/${CHARTS}:1.4.0_build.7`, ...SOURCE, "--json");
    expect(told(pushed)).toBe("1 missing no-provenance");
  });

  test("a chart that an index names in a registry is proven by its manifest", async () => {
    const { helm, registry, prove, run } = await open();
    const digest = registry.addChart(CHARTS, { name: "widget", version: "1.4.0" });
    const named = `oci://${registry.host}/${CHARTS}`;
    helm.addChart({ name: "widget", version: "1.4.0", entry: { digest: undefined, urls: [`${named}:1.4.0`] } });
    registry.addReferrer(CHARTS, digest, { artifactType: BUNDLE, content: await prove(digest) });
    const both = await run("coverage", named, `helm:${helm.url}`, ...SOURCE, "--json");
    const { summary, gaps } = JSON.parse(both.stdout) as CoverageResult;
    // The index' word makes no host on this machine the user's own, and the registry was named here for itself.
    expect([gaps, summary]).toMatchObject([[], { objects: 1, verified: 1, channels: { oci: { objects: 1 } } }]);
    const alone = await run("coverage", `helm:${helm.url}`, ...SOURCE, "--json");
    expect(JSON.parse(alone.stdout)).toMatchObject({ complete: false, gaps: [{ channel: "helm" }] });
    expect(registry.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

test.each([
  [["verify", "helm:https://robot:SECRET@charts.example/widget@1.0.0"], "has user info"],
  [["verify", "helm:https://charts.example/widget"], "names no version"],
  [["verify", "helm:https://charts.example/widget@1.0.0", "--platform", "linux/amd64"], "--platform belongs to"],
  [["coverage", "helm:http://charts.example/stable"], "in the clear"],
  [["coverage", "helm:ghcr.io/Acme/Widget"], "(REFERENCE_UPPER_CASE)"],
  [["coverage", "helm:https://charts.example/stable", "--channel", "oci"], "nothing that is named"],
  [["inspect", "helm:acme/widget"], "neither a repository's URL nor a registry"],
])("%j is refused before anything is asked", async (args, sentence) => {
  const finished = await colophon(args);
  expect(finished).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) as string });
  expect(finished.stderr).not.toContain("SECRET");
});

test("inspect shows what lies beside an archive, and what cannot be read is incomplete", async () => {
  const { helm, prove, run } = await open();
  helm.addChart({ name: "widget", version: "1.4.0" });
  helm.put("widget-1.4.0.tgz.intoto.jsonl", await prove(ALPHA));
  const shown = await run("inspect", `helm:${helm.url}/widget@1.4.0?sig=SECRET`);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("slsa.dev/provenance/v1") as string });
  expect(shown.stdout).not.toContain("SECRET");
  expect(await run("verify", `helm:${helm.url}/widget@^2`)).toMatchObject({ code: 2 });
  helm.respond(/index\.yaml/, 404);
  const gone = await run("verify", `helm:${helm.url}/widget@1.4.0`, "--json");
  expect(told(gone)).toBe("3 unknown repository-unknown");
  expect(await run("coverage", `helm:${helm.url}`)).toMatchObject({ code: 3 });
});

test("a repository's query goes to its own host alone, and is shown nowhere", async () => {
  const folder = await emptyFolder();
  const index = [
    "widget-1.4.0.tgz",
    "https://other.example/widget-1.3.0.tgz",
    "//other.example/widget-1.2.0.tgz",
    "https://169.254.169.254/widget-1.1.0.tgz",
  ]
    .map((url, at) => `  - { version: 1.${4 - at}.0, urls: ["${url}"], digest: ${ALPHA} }`)
    .join("\n");
  const hosts = await serveNames((host, path) => {
    const isIndex = host === "registry.example" && path.startsWith("/stable/index.yaml");
    return isIndex ? { body: `entries:\n  widget:\n${index}\n` } : { status: 404 };
  });
  onTestFinished(() => hosts.close());
  const env = { https_proxy: hosts.proxy, http_proxy: hosts.proxy, NODE_EXTRA_CA_CERTS: AUTHORITY };
  const finished = await colophon(
    ["coverage", "helm:https://registry.example/stable/widget?sig=SECRET", "--json", "--hash"],
    { cwd: folder, env },
  );
  expect(finished.stdout + finished.stderr).not.toContain("SECRET");
  const asked = hosts.seen.filter((line) => !line.includes("index.yaml"));
  expect(asked.filter((line) => line.startsWith("registry.example")).every((line) => line.includes("sig=SECRET"))).toBe(
    true,
  );
  expect(asked.filter((line) => !line.startsWith("registry.example")).toSorted()).toEqual([
    "other.example/widget-1.2.0.tgz",
    "other.example/widget-1.3.0.tgz",
  ]);
  expect((JSON.parse(finished.stdout) as CoverageResult).objects.map(({ status }) => status)).toEqual(
    Array.from({ length: 4 }, () => "unknown"),
  );
});
