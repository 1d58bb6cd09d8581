import {
  DEFAULT_BUILDERS,
  judge,
  NO_EXPECTATION,
  type Answer,
  type Authentication,
  type BuildClaims,
  type BuilderTable,
  type Expectation,
  type Facts,
  type Proof,
  type Reason,
  type ReleaseObject,
  type SignerIdentity,
  type Statement,
  type Verdict,
} from "../../src/index.ts";

export const SHA512 = "a".repeat(128);
export const OTHER_SHA512 = "b".repeat(128);
export const COMMIT = "1111111111111111111111111111111111111111";
export const WIDGET = "https://github.com/acme/widget";
export const GITHUB = "https://token.actions.githubusercontent.com";
export const REGISTRY = "registry.example";
export const PURL = "pkg:npm/%40acme/widget@1.4.0";
export const HOSTED = "https://github.com/actions/runner/github-hosted";
export const PUBLISH_TYPE = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";

export function object(change: Partial<ReleaseObject> = {}): ReleaseObject {
  return {
    id: PURL,
    channels: ["npm"],
    locations: [`https://${REGISTRY}/@acme/widget/-/widget-1.4.0.tgz`],
    digest: { sha512: SHA512 },
    digestFrom: "registry",
    name: "@acme/widget",
    version: "1.4.0",
    publishedAt: "2026-01-01T00:00:00.000Z",
    tags: ["latest"],
    declaredRepository: WIDGET,
    deprecated: null,
    npm: { servedFor: `https://${REGISTRY}/`, attestations: "advertised" },
    ...change,
  };
}

export function claims(change: Partial<BuildClaims> = {}): BuildClaims {
  return {
    runnerEnvironment: "github-hosted",
    sourceRepositoryUri: WIDGET,
    sourceRepositoryDigest: COMMIT,
    sourceRepositoryRef: "refs/tags/v1.4.0",
    sourceRepositoryId: "4711",
    sourceRepositoryOwnerUri: "https://github.com/acme",
    buildConfigUri: `${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0`,
    buildTrigger: "push",
    ...change,
  };
}

export function signer(change: Partial<BuildClaims> = {}, subject?: string, issuer: string = GITHUB): SignerIdentity {
  const told = claims(change);
  const own = `${told.sourceRepositoryUri ?? WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0`;
  return { kind: "certificate", issuer, subject: subject ?? own, claims: told };
}

export function provenance(
  change: {
    subject?: Statement["subject"];
    builder?: string;
    repository?: string;
    predicateType?: string;
    predicate?: unknown;
  } = {},
): Statement {
  const repository = change.repository ?? WIDGET;
  return {
    type: "https://in-toto.io/Statement/v1",
    subject: change.subject ?? [{ name: PURL, digest: { sha512: SHA512 } }],
    predicateType: change.predicateType ?? "https://slsa.dev/provenance/v1",
    predicate: change.predicate ?? {
      buildDefinition: {
        buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
        externalParameters: {
          workflow: { ref: "refs/tags/v1.4.0", repository, path: ".github/workflows/release.yml" },
        },
        resolvedDependencies: [{ uri: `git+${repository}@refs/tags/v1.4.0`, digest: { gitCommit: COMMIT } }],
      },
      runDetails: { builder: { id: change.builder ?? HOSTED } },
    },
  };
}

export function publishStatement(change: { registry?: string; digest?: string; version?: string } = {}): Statement {
  const version = change.version ?? "1.4.0";
  return {
    type: "https://in-toto.io/Statement/v0.1",
    subject: [{ name: `pkg:npm/%40acme/widget@${version}`, digest: { sha512: change.digest ?? SHA512 } }],
    predicateType: PUBLISH_TYPE,
    predicate: { name: "@acme/widget", version, registry: change.registry ?? `https://${REGISTRY}` },
  };
}

export const REGISTRY_KEY: Extract<SignerIdentity, { kind: "key" }> = {
  kind: "key",
  keyId: "SHA256:k",
  scope: "registry",
  registry: REGISTRY,
};

export function good(statement: Statement, by: SignerIdentity): Authentication {
  return { ok: true, statement, signer: by, times: [{ from: "log", time: "2026-01-01T00:00:00.000Z" }], log: "proof" };
}

export function failed(change: Partial<Extract<Authentication, { ok: false }>> = {}): Authentication {
  return { ok: false, check: "signature", kind: "broken", code: "signature", message: "it does not verify", ...change };
}

export interface Case {
  authentication: Authentication;
  filed?: Proof["filed"];
  store?: Proof["store"];
  listedAs?: string;
}

export function judgeCases(
  cases: readonly Case[],
  options: {
    object?: ReleaseObject;
    expectation?: Partial<Expectation>;
    facts?: Facts;
    builders?: BuilderTable;
    answers?: readonly Answer[];
    /** Why the store that has the proofs could not be read whole. */
    unread?: Reason;
  } = {},
): Verdict {
  const subject = options.object ?? object();
  const proofs = cases.map(({ filed = "object", store = "npm", listedAs }, index): Proof => ({
    store,
    location: `https://${REGISTRY}/${index}`,
    filed,
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    bytes: new Uint8Array(),
    digest: `sha256:${index}`,
    ...(listedAs === undefined ? {} : { listedAs }),
  }));
  const found = { object: subject.id, found: proofs };
  const answers: Answer[] = [
    options.unread === undefined
      ? { ...found, status: "answered" }
      : { ...found, status: "unavailable", reason: options.unread },
    ...(options.answers ?? []),
  ];
  return judge(
    subject,
    answers,
    new Map(cases.map(({ authentication }, index) => [`sha256:${index}`, authentication])),
    { ...NO_EXPECTATION, ...options.expectation },
    options.builders ?? DEFAULT_BUILDERS,
    options.facts ?? { keyedRegistries: [] },
  );
}
