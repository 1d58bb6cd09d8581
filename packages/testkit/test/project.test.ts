import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  makeProject,
  startNpmRegistry,
  startSigstore,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type PublishedProject,
  type SigstoreBundle,
} from "../src/index.ts";
import { getJson } from "./get-json.ts";
import { verifyBundle } from "./sigstore/verify.ts";

let sigstore: EmbeddedSigstore;
let registry: EmbeddedNpmRegistry;
let project: PublishedProject;
beforeAll(async () => {
  sigstore = await startSigstore({ clock: new Date("2024-06-01T00:00:00Z") });
  registry = await startNpmRegistry({ key: sigstore.registryKey });
  project = await makeProject(sigstore, registry);
});
afterAll(async () => {
  await registry.close();
  await sigstore.close();
});

interface Listed {
  readonly attestations: readonly { predicateType: string; bundle: SigstoreBundle }[];
}

/** Bundles of a version, the registry's own first; `undefined` where the endpoint answers 404. */
async function bundlesOf(version: string, name = "@acme%2fwidget"): Promise<SigstoreBundle[] | undefined> {
  const response = await fetch(`${registry.url}/-/npm/v1/attestations/${name}@${version}`);
  if (response.status === 404) return undefined;
  return ((await response.json()) as Listed).attestations.map(({ bundle }) => bundle);
}

const versionsOf = (status: string) =>
  project.packages.flatMap(({ name, versions }) =>
    versions
      .filter((version) => version.status === status)
      .map(({ version }) => ({ name: name.replace("/", "%2f"), version })),
  );
const provenanceOf = async (version: string, name?: string) => (await bundlesOf(version, name))?.[1] as SigstoreBundle;
const statementOf = (bundle: SigstoreBundle) =>
  JSON.parse(Buffer.from(bundle.dsseEnvelope?.payload ?? "", "base64").toString());

const packumentOf = (name: string) => getJson(`${registry.url}/${name.replace("/", "%2f")}`);

test("every status occurs, and the latest version of each package is verified", () => {
  const statuses = project.packages.flatMap(({ versions }) => versions.map(({ status }) => status));
  expect(new Set(statuses)).toEqual(new Set(["verified", "present", "mismatch", "missing", "unknown"]));
  for (const { latest, versions } of project.packages) {
    expect(versions.find(({ version }) => version === latest)?.status).toBe("verified");
  }
});

test("the registry serves exactly the versions that are told, all declaring the repository", async () => {
  for (const { name, latest, versions } of project.packages) {
    const packument = await packumentOf(name);
    expect(Object.keys(packument.versions)).toEqual(versions.map(({ version }) => version));
    expect(packument["dist-tags"]).toEqual({ latest });
    for (const { repository } of Object.values<{ repository: { url: string } }>(packument.versions)) {
      expect(repository.url).toBe(`git+${project.repository}.git`);
    }
  }
});

test("what is to be verified verifies, for the tarball that is served and the declared repository", async () => {
  const verified = versionsOf("verified");
  expect(verified.length).toBeGreaterThan(2);
  for (const { name, version } of verified) {
    const bundle = await provenanceOf(version, name);
    const signer = verifyBundle(sigstore, bundle);
    expect(signer.identity?.subjectAlternativeName).toBe(
      `https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v${version}`,
    );
    const { dist } = (await packumentOf(name)).versions[version];
    const bytes = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer());
    expect(statementOf(bundle).subject[0].digest.sha512).toBe(createHash("sha512").update(bytes).digest("hex"));
  }
});

test("a publish attestation by the registry's key stands wherever attestations are served, and verifies", async () => {
  for (const { name, versions } of project.packages) {
    for (const { version, status } of versions) {
      const [publication] = (await bundlesOf(version, name.replace("/", "%2f"))) ?? [];
      expect(publication === undefined).toBe(status === "missing" || status === "unknown");
      if (publication === undefined) continue;
      verifyBundle(sigstore, publication);
      expect(statementOf(publication).predicate).toEqual({ name, version, registry: registry.url });
    }
  }
});

test("what is missing advertises nothing; what is unknown advertises what is not served", async () => {
  const { versions } = await packumentOf("@acme/widget");
  expect(versions["1.0.0"].dist).not.toHaveProperty("attestations");
  expect(versions["1.6.0"].dist).toHaveProperty("attestations.provenance.predicateType");
  expect(await bundlesOf("1.6.0")).toBeUndefined();
});

test("what is present verifies, but by a pull request's run or an unknown builder", async () => {
  const byPullRequest = await provenanceOf("1.2.0");
  const byPrivateBuilder = await provenanceOf("1.3.0");
  expect(statementOf(byPullRequest).predicate.buildDefinition.internalParameters.github.event_name).toBe(
    "pull_request",
  );
  verifyBundle(sigstore, byPullRequest);
  const { identity } = verifyBundle(sigstore, byPrivateBuilder);
  expect(identity?.subjectAlternativeName).toBe("https://ci.acme.example/release");
});

test("what mismatches comes from another repository, or has a broken signature", async () => {
  const foreign = await provenanceOf("1.4.0");
  expect(verifyBundle(sigstore, foreign).identity?.subjectAlternativeName).toContain("/mallory/widget/");
  expect(statementOf(foreign).subject[0].name).toBe("pkg:npm/%40acme/widget@1.4.0");
  const broken = await provenanceOf("1.5.0");
  expect(() => verifyBundle(sigstore, broken)).toThrow(/signature/u);
});

test("the withheld version is withheld under a prefix too", async () => {
  const prefixed = await startNpmRegistry({ prefix: "/javascript" });
  await makeProject(sigstore, prefixed);
  expect((await fetch(`${prefixed.url}/-/npm/v1/attestations/@acme%2fwidget@1.6.0`)).status).toBe(404);
  expect((await fetch(`${prefixed.url}/-/npm/v1/attestations/@acme%2fwidget@2.0.0`)).status).toBe(200);
  await prefixed.close();
});
