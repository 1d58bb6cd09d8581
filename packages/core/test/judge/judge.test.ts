import { describe, expect, test } from "vitest";
import type {
  Answer,
  Authentication,
  Expectation,
  Facts,
  Reason,
  ReleaseObject,
  Status,
  Timestamp,
} from "../../src/index.ts";
import {
  claims,
  failed,
  GITHUB,
  good,
  judgeCases,
  object,
  OTHER_SHA512,
  provenance,
  publishStatement,
  PURL,
  REGISTRY,
  REGISTRY_KEY,
  SHA512,
  signer,
  WIDGET,
  type Case,
} from "./world.ts";

const valid: Case = { authentication: good(provenance(), signer()) };
const published: Case = { authentication: good(publishStatement(), REGISTRY_KEY) };
const unavailable: Answer = {
  object: PURL,
  status: "unavailable",
  reason: { code: "registry-unavailable", message: "500" },
};
const notApplicable: Answer = { object: PURL, status: "not-applicable" };
const keyed: Facts = { keyedRegistries: [REGISTRY] };
const held: Partial<Expectation> = { basis: "held", sourceRepository: WIDGET, compareRepository: "derived" };
const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows";
const mallory = "https://github.com/mallory/widget";
const ofMallory = good(provenance({ repository: mallory }), signer({ sourceRepositoryUri: mallory }));

interface Row {
  title: string;
  cases: Case[];
  status: Status;
  check?: string;
  code?: string;
  level?: number | null;
  object?: Partial<ReleaseObject>;
  expectation?: Partial<Expectation>;
  facts?: Facts;
  answers?: Answer[];
  unread?: Reason;
}

const rows: Row[] = [
  // 1: any proof matches
  { title: "a matching proof", cases: [valid], status: "verified", level: 2 },
  { title: "a matching proof beside a broken one", cases: [{ authentication: failed() }, valid], status: "verified" },
  {
    title: "a matching proof though another store is unavailable",
    cases: [valid],
    answers: [unavailable],
    status: "verified",
  },
  {
    title: "a matching proof in a store that could not be read whole",
    cases: [valid],
    unread: { code: "too-large", message: "64 MB" },
    status: "verified",
  },
  {
    title: "a proof that does not match in a store that could not be read whole",
    cases: [{ authentication: failed() }],
    unread: { code: "too-large", message: "64 MB" },
    status: "unknown",
    check: "unavailable",
    code: "too-large",
  },
  {
    title: "a matching proof filed by digest",
    cases: [{ ...valid, filed: "digest", store: "github" }],
    status: "verified",
  },
  // 2: unknown
  {
    title: "nothing found, a store unavailable",
    cases: [],
    answers: [unavailable],
    status: "unknown",
    check: "unavailable",
  },
  {
    title: "a broken proof, another store unavailable",
    cases: [{ authentication: failed() }],
    answers: [unavailable],
    status: "unknown",
  },
  { title: "no digest told", cases: [], object: { digest: {} }, status: "unknown", code: "digest-not-told" },
  {
    title: "a weak digest only",
    cases: [valid],
    object: { digest: { sha1: "c".repeat(40) } },
    status: "unknown",
    code: "digest-not-told",
  },
  {
    title: "a proof that could not be authenticated now",
    cases: [{ authentication: failed({ kind: "unavailable", check: "unavailable" }) }],
    status: "unknown",
  },
  // 3: mismatch
  { title: "a broken proof", cases: [{ authentication: failed() }], status: "mismatch", check: "signature" },
  {
    title: "filed under the object, about other bytes of the same name",
    cases: [
      { authentication: good(provenance({ subject: [{ name: PURL, digest: { sha512: OTHER_SHA512 } }] }), signer()) },
    ],
    status: "mismatch",
    check: "subject",
    code: "subject-digest-differs",
  },
  {
    title: "filed under the object, about something else",
    cases: [
      { authentication: good(provenance({ subject: [{ name: "x", digest: { sha512: OTHER_SHA512 } }] }), signer()) },
    ],
    status: "mismatch",
    check: "subject",
    code: "subject-not-found",
  },
  {
    title: "filed under the object, under another package's name",
    cases: [
      {
        authentication: good(
          provenance({ subject: [{ name: "pkg:npm/%40acme/other@1.4.0", digest: { sha512: SHA512 } }] }),
          signer(),
        ),
      },
    ],
    status: "mismatch",
    check: "package-name",
  },
  {
    title: "filed under the object, of another version",
    cases: [
      {
        authentication: good(
          provenance({ subject: [{ name: "pkg:npm/%40acme/widget@1.4.1", digest: { sha512: SHA512 } }] }),
          signer(),
        ),
      },
    ],
    status: "mismatch",
    check: "package-version",
  },
  {
    title: "proven to come from another source",
    cases: [{ authentication: ofMallory, filed: "digest", store: "github" }],
    expectation: held,
    status: "mismatch",
    check: "source-repository",
  },
  {
    title: "only claiming to come from another source",
    cases: [
      {
        authentication: failed({
          kind: "unprovable",
          check: "log",
          claimed: { statement: provenance({ repository: mallory }) },
        }),
        filed: "digest",
        store: "release",
      },
    ],
    expectation: held,
    status: "mismatch",
    check: "source-repository",
  },
  {
    title: "another ref than expected",
    cases: [{ ...valid, filed: "digest", store: "github" }],
    expectation: { sourceRef: { glob: "refs/heads/*" } },
    status: "mismatch",
    check: "source-ref",
  },
  {
    title: "another commit than expected",
    cases: [valid],
    expectation: { sourceDigest: "2".repeat(40) },
    status: "mismatch",
    check: "source-digest",
  },
  {
    title: "predicate and certificate name different repositories",
    cases: [{ authentication: good(provenance({ repository: mallory }), signer()) }],
    status: "mismatch",
    code: "predicate-contradicts-certificate",
  },
  {
    title: "another repository id under the held name",
    cases: [{ authentication: good(provenance(), signer({ sourceRepositoryId: "9999" })) }],
    expectation: held,
    facts: { keyedRegistries: [], firstVerified: { version: "1.0.0", repository: WIDGET, repositoryId: "4711" } },
    status: "mismatch",
    code: "source-repository-changed",
  },
  {
    title: "another builder than expected, filed under the object",
    cases: [valid],
    expectation: { builderId: "https://github.com/actions/runner2" },
    status: "mismatch",
    check: "builder",
  },
  {
    title: "signed by somebody, where a key was given to verify with",
    cases: [valid],
    expectation: { configuredKey: true },
    status: "mismatch",
    code: "identity-differs",
  },
  {
    title: "signed with a registry's key, where another was given to verify with",
    cases: [{ authentication: good(provenance(), REGISTRY_KEY) }],
    expectation: { configuredKey: true },
    status: "mismatch",
    code: "identity-differs",
  },
  // 4: present
  {
    title: "unsigned",
    cases: [{ authentication: failed({ kind: "unprovable", code: "envelope-unsigned" }) }],
    status: "present",
    check: "signature",
  },
  {
    title: "another builder than expected, filed by digest",
    cases: [{ ...valid, filed: "digest", store: "github" }],
    expectation: { builderId: "https://ci.acme.example" },
    status: "present",
    check: "builder",
  },
  {
    title: "an issuer that is not on the table",
    cases: [{ authentication: good(provenance(), signer({}, undefined, "https://id.acme.example")) }],
    status: "present",
    check: "issuer",
    code: "issuer-unlisted",
  },
  {
    title: "a stranger's reusable workflow",
    cases: [
      {
        authentication: good(
          provenance(),
          signer({}, "https://github.com/other/ci/.github/workflows/r.yml@refs/tags/v1.0.0"),
        ),
      },
    ],
    status: "present",
    check: "identity",
  },
  {
    title: "a builder id that is not the signer's to speak for",
    cases: [
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0` }),
          signer(),
        ),
      },
    ],
    status: "present",
    check: "builder",
  },
  {
    title: "triggered by a pull request",
    cases: [{ authentication: good(provenance(), signer({ buildTrigger: "pull_request" })) }],
    status: "present",
    check: "trigger",
  },
  {
    title: "triggered by pull_request_target",
    cases: [{ authentication: good(provenance(), signer({ buildTrigger: "pull_request_target" })) }],
    status: "present",
    check: "trigger",
  },
  {
    title: "another payload type",
    cases: [{ authentication: failed({ check: "payload-type", kind: "unprovable" }) }],
    status: "present",
    check: "payload-type",
  },
  {
    title: "a predicate that is not build provenance",
    cases: [
      {
        authentication: good(
          provenance({ predicateType: "https://in-toto.io/attestation/release/v0.1", predicate: {} }),
          signer(),
        ),
      },
    ],
    status: "present",
    check: "predicate-type",
  },
  {
    title: "a body of another version",
    cases: [{ authentication: good(provenance({ predicate: { builder: { id: "x" } } }), signer()) }],
    status: "present",
    code: "predicate-malformed",
  },
  {
    title: "a weak subject digest only",
    cases: [
      { authentication: good(provenance({ subject: [{ name: PURL, digest: { sha1: "c".repeat(40) } }] }), signer()) },
    ],
    status: "present",
    code: "subject-digest-weak",
  },
  {
    title: "a level below the least",
    cases: [valid],
    expectation: { leastLevel: 3 },
    status: "present",
    check: "level",
  },
  {
    title: "a signature over the object itself",
    cases: [{ authentication: { ok: true, signer: signer(), times: [], log: "proof" } }],
    status: "present",
    check: "predicate-type",
  },
  // 5: missing
  { title: "every store holds nothing", cases: [], status: "missing" },
  { title: "no store applies", cases: [], answers: [notApplicable], status: "missing" },
  {
    title: "filed by digest, about something else",
    cases: [
      {
        authentication: good(provenance({ subject: [{ name: "x", digest: { sha512: OTHER_SHA512 } }] }), signer()),
        filed: "release",
        store: "release",
      },
    ],
    status: "missing",
  },
  // levels
  {
    title: "a self-hosted runner",
    cases: [
      {
        authentication: good(
          provenance({ builder: "https://github.com/actions/runner/self-hosted" }),
          signer({ runnerEnvironment: "self-hosted" }),
        ),
      },
    ],
    status: "verified",
    level: 1,
  },
  {
    title: "a generator at a full semver tag",
    cases: [
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0` }),
          signer({}, `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0`),
        ),
      },
    ],
    status: "verified",
    level: 3,
  },
  {
    title: "a generator at a branch",
    cases: [
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/generator_generic_slsa3.yml@refs/heads/main` }),
          signer({}, `${GENERATOR}/generator_generic_slsa3.yml@refs/heads/main`),
        ),
      },
    ],
    status: "present",
    check: "identity",
  },
  {
    title: "a delegator for the generator's own builder",
    cases: [
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/builder_nodejs_slsa3.yml@refs/tags/v1.6.0` }),
          signer({}, `${GENERATOR}/delegator_lowperms-generic_slsa3.yml@refs/tags/v1.6.0`),
        ),
      },
    ],
    status: "verified",
    level: 3,
  },
  {
    title: "a delegator for a builder of someone else",
    cases: [
      {
        authentication: good(
          provenance({ builder: "https://github.com/other/trw/.github/workflows/b.yml@refs/tags/v1.6.0" }),
          signer({}, `${GENERATOR}/delegator_generic_slsa3.yml@refs/tags/v1.6.0`),
        ),
      },
    ],
    status: "verified",
    level: 2,
  },
  {
    title: "a delegator for a builder at a branch",
    cases: [
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/builder_nodejs_slsa3.yml@refs/heads/main` }),
          signer({}, `${GENERATOR}/delegator_generic_slsa3.yml@refs/tags/v1.6.0`),
        ),
      },
    ],
    status: "present",
    check: "builder",
  },
  {
    title: "the best of two matching proofs",
    cases: [
      valid,
      {
        authentication: good(
          provenance({ builder: `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0` }),
          signer({}, `${GENERATOR}/generator_generic_slsa3.yml@refs/tags/v2.1.0`),
        ),
      },
    ],
    status: "verified",
    level: 3,
  },
  {
    title: "a signer that the user names",
    cases: [
      {
        authentication: good(
          provenance({ builder: "https://ci.acme.example" }),
          signer({}, "https://ci.acme.example/release", "https://id.acme.example"),
        ),
      },
    ],
    expectation: { issuer: "https://id.acme.example", identity: { exact: "https://ci.acme.example/release" } },
    status: "verified",
    level: 1,
  },
  {
    title: "a named signer's other predicate",
    cases: [
      { authentication: good(provenance({ predicateType: "https://spdx.dev/Document", predicate: {} }), signer()) },
    ],
    expectation: { predicateTypes: ["https://spdx.dev/Document"] },
    status: "verified",
    level: null,
  },
  {
    title: "an enterprise's issuer",
    cases: [{ authentication: good(provenance(), signer({}, undefined, `${GITHUB}/acme-corp`)) }],
    status: "present",
    code: "issuer-unlisted",
  },
  {
    title: "an enterprise's issuer that the user names",
    cases: [{ authentication: good(provenance(), signer({}, undefined, `${GITHUB}/acme-corp`)) }],
    expectation: { issuer: `${GITHUB}/acme-corp` },
    status: "verified",
    level: 2,
  },
  {
    title: "another issuer named without an identity",
    cases: [{ authentication: good(provenance(), signer({}, undefined, "https://id.acme.example")) }],
    expectation: { issuer: "https://id.acme.example" },
    status: "present",
    check: "issuer",
  },
  // npm: the registry's own publish attestation
  { title: "keyed registry, publish attestation there", cases: [valid, published], facts: keyed, status: "verified" },
  {
    title: "keyed registry, publish attestation absent",
    cases: [valid],
    facts: keyed,
    status: "present",
    check: "publish-attestation",
  },
  {
    title: "keyed registry, publish attestation broken",
    cases: [valid, { authentication: failed(), listedAs: publishStatement().predicateType }],
    facts: keyed,
    status: "mismatch",
    check: "publish-attestation",
  },
  {
    title: "keyed registry, publish attestation of another payload type",
    cases: [
      valid,
      {
        authentication: failed({ check: "payload-type", kind: "unprovable" }),
        listedAs: publishStatement().predicateType,
      },
    ],
    facts: keyed,
    status: "mismatch",
    check: "publish-attestation",
  },
  {
    title: "keyed registry, another registry's publish attestation",
    cases: [
      valid,
      {
        authentication: good(publishStatement({ registry: "https://other.example" }), {
          ...REGISTRY_KEY,
          registry: "other.example",
        }),
      },
    ],
    facts: keyed,
    status: "mismatch",
    code: "publish-attestation-registry",
  },
  {
    title: "a key that speaks for another registry than it says",
    cases: [valid, { authentication: good(publishStatement(), { ...REGISTRY_KEY, registry: "other.example" }) }],
    status: "mismatch",
    code: "publish-attestation-registry",
  },
  {
    title: "keyed registry, publish attestation of other bytes",
    cases: [valid, { authentication: good(publishStatement({ digest: OTHER_SHA512 }), REGISTRY_KEY) }],
    facts: keyed,
    status: "mismatch",
    code: "publish-attestation-subject",
  },
  {
    title: "keyed registry, publish attestation of another version",
    cases: [valid, { authentication: good(publishStatement({ version: "1.4.1" }), REGISTRY_KEY) }],
    facts: keyed,
    status: "mismatch",
    code: "publish-attestation-subject",
  },
  {
    title: "keyed registry, publish attestation signed by a workflow",
    cases: [valid, { authentication: good(publishStatement(), signer()) }],
    facts: keyed,
    status: "mismatch",
    code: "publish-attestation-signer",
  },
  { title: "registry without key, publish attestation absent", cases: [valid], status: "verified" },
  {
    title: "registry without key, publish attestation broken",
    cases: [valid, { authentication: failed(), listedAs: publishStatement().predicateType }],
    status: "mismatch",
    check: "publish-attestation",
  },
  {
    title: "registry without key, publish attestation of an unknown key",
    cases: [
      valid,
      {
        authentication: failed({ kind: "unprovable", check: "signature", code: "key-unknown" }),
        listedAs: publishStatement().predicateType,
      },
    ],
    status: "present",
    check: "publish-attestation",
  },
  { title: "publish attestation alone", cases: [published], facts: keyed, status: "present", code: "no-provenance" },
  { title: "nothing at all in a keyed registry", cases: [], facts: keyed, status: "missing" },
];

describe("judge, by the first rule that applies", () => {
  test.each(rows)("$title: $status", (row) => {
    const verdict = judgeCases(row.cases, {
      object: object(row.object),
      ...(row.expectation === undefined ? {} : { expectation: row.expectation }),
      ...(row.facts === undefined ? {} : { facts: row.facts }),
      ...(row.answers === undefined ? {} : { answers: row.answers }),
      ...(row.unread === undefined ? {} : { unread: row.unread }),
    });
    expect({ status: verdict.status, check: verdict.failure?.check, code: verdict.failure?.code }).toEqual({
      status: row.status,
      check: row.check ?? verdict.failure?.check,
      code: row.code ?? verdict.failure?.code,
    });
    if ("level" in row) expect(verdict.level).toBe(row.level);
    expect(verdict.failure === undefined).toBe(row.status === "verified");
  });
});

describe("judge, what it tells", () => {
  test("tells source, builder, workflow and level of a verified object from the certificate", () => {
    const verdict = judgeCases([valid], { expectation: held });
    expect(verdict).toMatchObject({
      source: { repository: WIDGET, ref: "refs/tags/v1.4.0", commit: claims().sourceRepositoryDigest },
      builder: "https://github.com/actions/runner/github-hosted",
      workflow: ".github/workflows/release.yml",
      expectation: "held",
      sourceRepositoryId: "4711",
    });
  });

  test("shows the certificate's commit and warns where the predicate names another", () => {
    const other = good(provenance(), signer({ sourceRepositoryDigest: "3".repeat(40) }));
    const verdict = judgeCases([{ authentication: other }]);
    expect(verdict.status).toBe("verified");
    expect(verdict.source?.commit).toBe("3".repeat(40));
    expect(verdict.warnings.map(({ code }) => code)).toEqual(["predicate-commit-differs"]);
  });

  test("lists every proof with its first failing check, publish attestations included", () => {
    const verdict = judgeCases([{ authentication: failed() }, valid, published], { facts: keyed });
    expect(verdict.evidence.map(({ verdict: word }) => word)).toEqual(["signature", "verified", "verified"]);
  });

  test("tells when it was signed, by an authority sooner than by a log, and not where nothing vouches for a time", () => {
    const [log, authority] = ["2026-01-01T00:00:02.000Z", "2026-01-01T00:00:01.000Z"];
    const signedAt = (...times: Timestamp[]): string | undefined =>
      judgeCases([{ authentication: { ...good(provenance(), signer()), times } as Authentication }]).signedAt;
    expect(signedAt({ from: "log", time: log })).toBe(log);
    expect(signedAt({ from: "log", time: log }, { from: "authority", time: authority })).toBe(authority);
    expect(signedAt()).toBeUndefined();
    expect(judgeCases([{ authentication: failed() }])).not.toHaveProperty("signedAt");
  });

  test("marks a source that nothing proves as claimed, where it accuses", () => {
    const claimed = failed({ kind: "unprovable", claimed: { statement: provenance({ repository: mallory }) } });
    const messageOf = (authentication: Authentication): string | undefined =>
      judgeCases([{ authentication }], { expectation: held }).failure?.message;
    expect(messageOf(claimed)).toBe("claims, without proof, to be built from another repository");
    expect(messageOf(good(provenance(), signer({ sourceRepositoryUri: mallory })))).not.toContain("claims");
  });

  test("gives no level to what is not verified", () => {
    expect(judgeCases([valid], { facts: keyed }).level).toBeNull();
  });

  test("accepts a repository that moved, up to the declared day", () => {
    const moved = { ...held, sourceRepository: "https://github.com/newacme/widget" };
    const until = (day: string): Partial<Expectation> => ({
      ...moved,
      formerly: [{ sourceRepository: WIDGET, until: day }],
    });
    expect(judgeCases([valid], { expectation: until("2026-01-01") }).status).toBe("verified");
    expect(judgeCases([valid], { expectation: until("2025-12-31") }).status).toBe("mismatch");
  });

  test("holds a renamed repository with the same id to be no change", () => {
    const renamed = "https://github.com/newacme/widget";
    const verdict = judgeCases(
      [{ authentication: good(provenance({ repository: renamed }), signer({ sourceRepositoryUri: renamed })) }],
      {
        expectation: { ...held, sourceRepository: renamed },
        facts: { keyedRegistries: [], firstVerified: { version: "1.0.0", repository: WIDGET, repositoryId: "4711" } },
      },
    );
    expect(verdict.status).toBe("verified");
  });

  test("compares a configured workflow by path within the source repository, and by full URI", () => {
    const check = (signerWorkflow: string): Status => judgeCases([valid], { expectation: { signerWorkflow } }).status;
    expect(check(".github/workflows/release.yml")).toBe("verified");
    expect(check(".github/workflows/release.yml@refs/heads/main")).toBe("mismatch");
    expect(check("acme/widget/.github/workflows/release.yml")).toBe("verified");
    expect(check(`${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0`)).toBe("verified");
    expect(check(".github/workflows/other.yml")).toBe("mismatch");
  });

  test("takes the short runner id of v0.2 together with the certificate's environment, and of v1 for another builder", () => {
    const short = "https://github.com/actions/runner";
    const v02 = provenance({
      predicateType: "https://slsa.dev/provenance/v0.2",
      predicate: {
        builder: { id: short },
        buildType: "https://github.com/npm/cli/gha/v2",
        invocation: {},
        materials: [],
      },
    });
    const check = (statement: typeof v02, builderId: string): Status =>
      judgeCases([{ authentication: good(statement, signer()) }], { expectation: { builderId } }).status;
    expect(check(v02, `${short}/github-hosted`)).toBe("verified");
    expect(check(v02, short)).toBe("verified");
    expect(check(v02, `${short}/self-hosted`)).toBe("mismatch");
    expect(check(provenance(), short)).toBe("mismatch");
  });

  test("takes a builder id without ref for that builder at any full semver tag", () => {
    const id = `${GENERATOR}/builder_go_slsa3.yml`;
    const at = (ref: string): Case => ({
      authentication: good(provenance({ builder: `${id}@${ref}` }), signer({}, `${id}@${ref}`)),
    });
    expect(judgeCases([at("refs/tags/v2.1.0")], { expectation: { builderId: id } }).status).toBe("verified");
    expect(judgeCases([at("refs/heads/main")], { expectation: { builderId: id } }).failure?.check).toBe("builder");
    expect(judgeCases([at("refs/tags/v2.1.0")], { expectation: { builderId: `${id}@refs/tags/v2.0.0` } }).status).toBe(
      "mismatch",
    );
  });

  test("refuses to judge a proof that nobody authenticated", () => {
    expect(() => judgeCases([{ authentication: undefined as never }])).toThrow("was not authenticated");
  });
});

describe("judge, against those who know its rules", () => {
  const statusOf = (one: Case, expectation: Partial<Expectation> = {}, facts?: Facts): string => {
    const { status, level, failure } = judgeCases([one], { expectation, ...(facts === undefined ? {} : { facts }) });
    return failure === undefined ? `${status} L${level}` : `${status} ${failure.code}`;
  };
  const first = { version: "1.0.0", repository: WIDGET, repositoryId: "4711" };
  const known: Facts = { keyedRegistries: [], firstVerified: first };

  test("the first verified source is held of a version that declares no repository", () => {
    const taken = good(
      provenance({ repository: mallory }),
      signer({ sourceRepositoryUri: mallory, sourceRepositoryId: "666" }),
    );
    expect(statusOf({ authentication: taken }, {}, known)).toBe("mismatch source-repository-changed");
    expect(statusOf({ authentication: taken }, { basis: "configured", sourceRepository: mallory }, known)).toBe(
      "verified L2",
    );
  });

  test("an id of another host is another repository, and a declared earlier name is none", () => {
    const gitlab = "https://gitlab.com/mallory/widget";
    const subject = `${gitlab}//.gitlab-ci.yml@refs/tags/v1.4.0`;
    const by = signer({ sourceRepositoryUri: gitlab, sourceRepositoryId: "4711" }, subject, "https://gitlab.com");
    const proof = { authentication: good(provenance({ repository: gitlab, builder: `${gitlab}/-/runners/1` }), by) };
    expect(statusOf(proof, {}, known)).toBe("mismatch source-repository-changed");
    const moved = {
      keyedRegistries: [],
      firstVerified: { version: "1.0.0", repository: "https://github.com/oldacme/widget", repositoryId: null },
    };
    const formerly = [{ sourceRepository: "https://github.com/oldacme/widget", until: "2025-01-01" }];
    expect(statusOf(valid, held, moved)).toBe("mismatch source-repository-changed");
    expect(statusOf(valid, { ...held, formerly }, moved)).toBe("verified L2");
  });

  test("any of several entries of one earlier name may cover the time", () => {
    const formerly = ["2020-01-01", "2027-01-01"].map((until) => ({ sourceRepository: WIDGET, until }));
    const elsewhere = { basis: "configured" as const, sourceRepository: "https://github.com/newacme/widget" };
    expect(statusOf(valid, { ...elsewhere, formerly })).toBe("verified L2");
  });

  test.each([
    [{ issuer: GITHUB }, "issuer-differs"],
    [{ identity: { exact: "https://nobody" }, issuer: "https://nowhere" }, "issuer-differs"],
    [{ runnerEnvironment: "github-hosted" }, "runner-differs"],
    [{ signerWorkflow: ".github/workflows/release.yml" }, "workflow-differs"],
  ])("a key tells no signer, so that %j does not hold for it", (expectation, code) => {
    const key = { kind: "key", keyId: "k", scope: "configured" } as const;
    expect(statusOf({ authentication: good(provenance(), key) })).toBe("verified L1");
    expect(statusOf({ authentication: good(provenance(), key) }, expectation)).toBe(`mismatch ${code}`);
  });

  test("a workflow file's name cannot pass for another one's", () => {
    const subject = `${WIDGET}/.github/workflows/release.yml@x.yml@refs/heads/evil`;
    const proof = { authentication: good(provenance(), signer({}, subject)) };
    expect(statusOf(proof, { signerWorkflow: ".github/workflows/release.yml" })).toBe("mismatch workflow-differs");
  });

  test.each([
    "https://github.com/slsa-framework//g.yml@refs/tags/v1.0.0",
    "https://github.com//x@refs/tags/v1.0.0",
    "https://github.com/acm/ci/.github/workflows/r.yml@refs/tags/v1.0.0",
  ])("a tenant cannot name the builder %s", (builder) => {
    expect(statusOf({ authentication: good(provenance({ builder }), signer()) })).toBe("present builder-unlisted");
  });

  test("a delegator speaks for builders on github.com only", () => {
    const subject = `${GENERATOR}/delegator_generic_slsa3.yml@refs/tags/v2.1.0`;
    const proof = good(provenance({ builder: "https://evil.example/a/b/c@refs/tags/v1.0.0" }), signer({}, subject));
    expect(statusOf({ authentication: proof })).toBe("present builder-unlisted");
  });

  test("what the predicate admits of runner and trigger counts where the certificate says nothing", () => {
    const silent = signer();
    if (silent.kind !== "certificate") throw new TypeError("no certificate");
    const { runnerEnvironment: _, buildTrigger: __, ...claims } = silent.claims;
    const quiet = { ...silent, claims };
    const selfHosted = provenance({ builder: "https://github.com/actions/runner/self-hosted" });
    expect(statusOf({ authentication: good(selfHosted, quiet) })).toBe("verified L1");
    const predicate = provenance().predicate as { buildDefinition: object };
    const triggered = provenance({
      predicate: {
        ...predicate,
        buildDefinition: {
          ...predicate.buildDefinition,
          internalParameters: { github: { event_name: "pull_request_target" } },
        },
      },
    });
    expect(statusOf({ authentication: good(triggered, quiet) })).toBe("present trigger-untrusted");
  });

  test("a builder id of any length is read in no time, and one that cannot be shown is malformed", () => {
    const start = performance.now();
    const builder = `https://gitlab.com/a${"//x".repeat(500_000)}@refs/tags/v1.0.0`;
    expect(statusOf({ authentication: good(provenance({ builder }), signer()) })).toBe("present predicate-malformed");
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("an identity that no URL holds is compared, not crashed upon", () => {
    const by = signer({}, "https://h:99999/a/b/c@refs/heads/main", "https://id.acme.example");
    expect(statusOf({ authentication: good(provenance(), by) }, { signerWorkflow: "acme/widget/x.yml" })).toMatch(
      /^mismatch/,
    );
  });

  test("another ref or run than the certificate's is told, the certificate's counts", () => {
    const predicate = provenance().predicate as { buildDefinition: { externalParameters: { workflow: object } } };
    const workflow = { ...predicate.buildDefinition.externalParameters.workflow, ref: "refs/tags/v9.9.9" };
    const lying = provenance({
      predicate: {
        buildDefinition: { ...predicate.buildDefinition, externalParameters: { workflow } },
        runDetails: {
          builder: { id: "https://github.com/actions/runner/github-hosted" },
          metadata: { invocationId: `${WIDGET}/actions/runs/2/attempts/1` },
        },
      },
    });
    const verdict = judgeCases([
      { authentication: good(lying, signer({ runInvocationUri: `${WIDGET}/actions/runs/1/attempts/1` })) },
    ]);
    expect(verdict).toMatchObject({ status: "verified", source: { ref: "refs/tags/v1.4.0" } });
    expect(verdict.warnings.map(({ code }) => code)).toEqual(["predicate-ref-differs", "predicate-run-differs"]);
  });

  test("materials that are no repository, and other spellings of one, contradict nothing", () => {
    const short = { id: "https://github.com/actions/runner" };
    const v02 = (uri: string | undefined, materials: object[]): Case => ({
      authentication: good(
        provenance({
          predicateType: "https://slsa.dev/provenance/v0.2",
          predicate: {
            builder: short,
            buildType: "b",
            invocation: uri === undefined ? {} : { configSource: { uri } },
            materials,
          },
        }),
        signer(),
      ),
    });
    expect(statusOf(v02(undefined, [{ uri: "pkg:docker/node@20" }]))).toBe("verified L2");
    expect(statusOf(v02(`git+${WIDGET}.git#refs/tags/v1.4.0`, []))).toBe("verified L2");
    expect(statusOf({ authentication: good(provenance({ repository: `${WIDGET}.git` }), signer()) })).toBe(
      "verified L2",
    );
  });

  test("a lie that is proven is no milder than one that is claimed", () => {
    const malformed = provenance({ predicate: {} });
    const by = signer({ sourceRepositoryUri: mallory });
    expect(statusOf({ authentication: good(malformed, by) }, held)).toBe("mismatch source-repository-differs");
  });

  test("an unrelated weak subject, or another predicate, does not soften what is about other bytes", () => {
    const subject = [
      { name: "x", digest: { sha1: "c".repeat(40) } },
      { name: "y", digest: { sha512: OTHER_SHA512 } },
    ];
    const other = good(provenance({ subject }), signer());
    expect(statusOf({ authentication: other })).toBe("mismatch subject-not-found");
    expect(statusOf({ authentication: other, filed: "digest", store: "github" })).toBe("missing no-provenance");
    const sbom = good(provenance({ subject, predicateType: "https://spdx.dev/Document", predicate: {} }), signer());
    expect(statusOf({ authentication: sbom })).toBe("mismatch subject-not-found");
    expect(statusOf({ authentication: sbom, filed: "digest", store: "github" })).toBe("missing no-provenance");
  });

  test("what lacks provenance is told what to do in its own channel", () => {
    const hintIn = (channel: ReleaseObject["channels"][number]): string =>
      judgeCases([], { object: { ...object(), channels: [channel] } }).failure?.hint ?? "";
    expect(hintIn("oci")).toContain("colophon-container-push");
    expect(hintIn("npm")).toContain("cannot be given any");
  });

  test("a forged publish attestation beside the right one is shown for what it is", () => {
    const forged: Case = { authentication: good(publishStatement({ version: "9.9.9" }), signer()) };
    const verdict = judgeCases([valid, published, forged], { facts: keyed });
    expect(verdict.status).toBe("verified");
    expect(verdict.evidence.map(({ verdict: word }) => word)).toEqual(["verified", "verified", "publish-attestation"]);
  });

  test("a missing publish attestation is the cause, whatever else lies there", () => {
    const sbom = good(provenance({ predicateType: "https://spdx.dev/Document", predicate: {} }), signer());
    const verdict = judgeCases([valid, { authentication: sbom }], { facts: keyed });
    expect(verdict.failure?.code).toBe("publish-attestation-missing");
  });

  test("GitLab's pipelines are compared in their own form, and paths without a leading dot in the source repository", () => {
    const gitlab = "https://gitlab.com/acme/widget";
    const by = (path: string): Case => ({
      authentication: good(
        provenance({ repository: gitlab, builder: `${gitlab}/-/runners/1` }),
        signer({ sourceRepositoryUri: gitlab }, `${gitlab}//${path}@refs/tags/v1.4.0`, "https://gitlab.com"),
      ),
    });
    expect(statusOf(by(".gitlab-ci.yml"), { signerWorkflow: `${gitlab}//.gitlab-ci.yml@refs/tags/v1.4.0` })).toBe(
      "verified L2",
    );
    expect(statusOf(by(".gitlab-ci.yml"), { signerWorkflow: `${gitlab}//.gitlab-ci.yml` })).toBe("verified L2");
    expect(statusOf(by("ci/release.yml"), { signerWorkflow: "ci/release.yml" })).toBe("verified L2");
    expect(statusOf(by("ci/release.yml"), { signerWorkflow: "ci/other.yml" })).toBe("mismatch workflow-differs");
  });
});
