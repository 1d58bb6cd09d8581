import { createHash } from "node:crypto";
import type { JsonObject } from "./json.ts";
import type { ListedAttestation, PackageVersion } from "./npm/package-data.ts";
import type { EmbeddedNpmRegistry } from "./npm/registry.ts";
import { buildPackageTarball } from "./npm/tarball.ts";
import { breakSignature, type SigstoreBundle } from "./sigstore/bundle.ts";
import type { GitHubIdentity } from "./sigstore/identity.ts";
import type { EmbeddedSigstore } from "./sigstore/start.ts";
import {
  buildNpmProvenance,
  buildNpmPublishAttestation,
  buildSlsaV1,
  toNpmPurl,
  type NpmSubject,
} from "./statements.ts";

/** The status that a reader of provenance should find, and why. */
export interface ExpectedVersion {
  readonly version: string;
  readonly status: "verified" | "present" | "mismatch" | "missing" | "unknown";
  readonly because: string;
}

/** What was published, and what is to be said of it. */
export interface PublishedProject {
  /** The repository that every version declares. */
  readonly repository: string;
  readonly packages: readonly { name: string; latest: string; versions: readonly ExpectedVersion[] }[];
}

interface PlannedVersion extends ExpectedVersion {
  /** Makes the provenance; absent, the version is published without any attestation. */
  readonly prove?: (subject: NpmSubject, sigstore: EmbeddedSigstore) => Promise<SigstoreBundle>;
  /** Advertises attestations that the endpoint then does not serve. */
  readonly withheld?: boolean;
}

const REPOSITORY = "https://github.com/acme/widget";
const PROVENANCE = "https://slsa.dev/provenance/v1";

const byNpm: NonNullable<PlannedVersion["prove"]> = (subject, sigstore) => proveByNpm(subject, sigstore, {});

const WIDGET: readonly PlannedVersion[] = [
  { version: "1.0.0", status: "missing", because: "published before provenance was adopted" },
  { version: "1.1.0", status: "verified", because: "built from its repository by a release workflow", prove: byNpm },
  {
    version: "1.2.0",
    status: "present",
    because: "built by a run that a pull request triggered",
    prove: (subject, sigstore) => proveByNpm(subject, sigstore, { trigger: "pull_request", ref: "refs/pull/7/merge" }),
  },
  {
    version: "1.3.0",
    status: "present",
    because: "signed by a builder that is on no table",
    prove: proveByPrivateBuilder,
  },
  {
    version: "1.4.0",
    status: "mismatch",
    because: "built from https://github.com/mallory/widget",
    prove: (subject, sigstore) => proveByNpm(subject, sigstore, { repository: "mallory/widget" }),
  },
  {
    version: "1.5.0",
    status: "mismatch",
    because: "the signature over its provenance is broken",
    prove: async (subject, sigstore) => breakSignature(await byNpm(subject, sigstore)),
  },
  { version: "1.6.0", status: "unknown", because: "attestations advertised, not served", prove: byNpm, withheld: true },
  { version: "2.0.0", status: "verified", because: "built from its repository by a release workflow", prove: byNpm },
];

const WIDGET_CLI: readonly PlannedVersion[] = [
  { version: "1.0.0", status: "missing", because: "published before provenance was adopted" },
  { version: "2.0.0", status: "verified", because: "built from its repository by a release workflow", prove: byNpm },
];

/** Publishes `@acme/widget` and `@acme/widget-cli`, whose versions show every status, and tells which is which. */
export async function makeProject(
  sigstore: EmbeddedSigstore,
  registry: EmbeddedNpmRegistry,
): Promise<PublishedProject> {
  const packages = [
    { name: "@acme/widget", plan: WIDGET },
    { name: "@acme/widget-cli", plan: WIDGET_CLI },
  ];
  const published = await Promise.all(
    packages.map(async ({ name, plan }) => {
      const versions = await Promise.all(plan.map((planned) => publish(name, planned, sigstore, registry)));
      registry.add({ name, versions });
      const expected = plan.map(({ version, status, because }) => ({ version, status, because }));
      return { name, latest: expected.at(-1)?.version ?? "", versions: expected };
    }),
  );
  return { repository: REPOSITORY, packages: published };
}

async function publish(
  name: string,
  { version, prove, withheld = false }: PlannedVersion,
  sigstore: EmbeddedSigstore,
  registry: EmbeddedNpmRegistry,
): Promise<PackageVersion> {
  const manifest: JsonObject = { description: "A widget", repository: { type: "git", url: `git+${REPOSITORY}.git` } };
  const tarball = buildPackageTarball({ name, version, ...manifest });
  const plain = { version, manifest, tarball };
  if (prove === undefined) return plain;
  const subject = { name, version, sha512: createHash("sha512").update(tarball).digest("hex") };
  const publication = buildNpmPublishAttestation(subject, registry.url);
  const { keyId, privateKey: key } = sigstore.registryKey;
  const attestations: ListedAttestation[] = [
    {
      predicateType: publication.predicateType,
      bundle: await sigstore.attestWithKey({ statement: publication, key, keyId }),
    },
    { predicateType: PROVENANCE, bundle: await prove(subject, sigstore) },
  ];
  if (withheld) {
    const base = new URL(registry.url).pathname.replace(/\/$/u, "");
    registry.respond(`${base}/-/npm/v1/attestations/${name}@${version}`, 404);
  }
  return { ...plain, attestations };
}

function runOf(version: string): GitHubIdentity {
  return {
    repository: "acme/widget",
    ref: `refs/tags/v${version}`,
    sha: createHash("sha1").update(`commit of ${version}`).digest("hex"),
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    runner: "github-hosted",
    runId: "9116405766",
  };
}

async function proveByNpm(
  subject: NpmSubject,
  sigstore: EmbeddedSigstore,
  differs: Partial<GitHubIdentity>,
): Promise<SigstoreBundle> {
  const identity = { ...runOf(subject.version), ...differs };
  return sigstore.attest({ statement: buildNpmProvenance(subject, identity), identity });
}

async function proveByPrivateBuilder(subject: NpmSubject, sigstore: EmbeddedSigstore): Promise<SigstoreBundle> {
  const { name, version, sha512 } = subject;
  const statement = buildSlsaV1({
    subject: [{ name: toNpmPurl(name, version), digest: { sha512 } }],
    buildType: "https://ci.acme.example/buildtypes/release/v1",
    builderId: "https://ci.acme.example",
    run: runOf(version),
  });
  const identity = { issuer: "https://id.acme.example", subject: "https://ci.acme.example/release" };
  return sigstore.attest({ statement, identity });
}
