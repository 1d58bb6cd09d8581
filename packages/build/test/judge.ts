import {
  DEFAULT_BUILDERS,
  judge,
  NO_EXPECTATION,
  NO_FACTS,
  readProvenance,
  type BuildDescription,
  type BuilderTable,
  type Expectation,
  type Proof,
  type Provenance,
  type ReleaseObject,
  type SignerIdentity,
  type Statement,
  type Verdict,
} from "@colophon/core";

const SHA256 = "a".repeat(64);
const PROOF: Proof = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  bytes: new Uint8Array(),
  digest: `sha256:${SHA256}`,
  store: "file",
  location: "widget.sigstore.json",
  filed: "digest",
};
const OBJECT: ReleaseObject = {
  id: "file:widget",
  channels: ["file"],
  locations: ["widget"],
  digest: { sha256: SHA256 },
  digestFrom: "bytes",
  name: "widget",
  version: null,
  publishedAt: null,
  tags: [],
  declaredRepository: null,
  deprecated: null,
};

function statementOf({ buildDefinition, runDetails }: BuildDescription): Statement {
  return {
    type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "widget", digest: { sha256: SHA256 } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: JSON.parse(JSON.stringify({ buildDefinition, runDetails })),
  };
}

export function provenanceOf(description: BuildDescription): Provenance | null {
  return readProvenance(statementOf(description));
}

/** The product's own verdict over provenance with this description, signed by that signer. */
export function judgeBuild(
  description: BuildDescription,
  signer: SignerIdentity,
  expectation: Partial<Expectation> = {},
  builders: BuilderTable = DEFAULT_BUILDERS,
): Verdict {
  const statement = statementOf(description);
  const times = [{ from: "log", time: "2026-01-02T03:04:05Z" }] as const;
  return judge(
    OBJECT,
    [{ object: OBJECT.id, status: "answered", found: [PROOF] }],
    new Map([[PROOF.digest, { ok: true, statement, signer, times, log: "proof" }]]),
    { ...NO_EXPECTATION, ...expectation },
    builders,
    NO_FACTS,
  );
}
