import {
  DEFAULT_BUILDERS,
  NO_EXPECTATION,
  npmPurl,
  type Answer,
  type Authentication,
  type DigestSet,
  type InventoryPage,
  type Proof,
  type ReleaseObject,
  type Store,
  type Target,
} from "@colophon/core";
import type { CoveragePorts, CoverageRequest } from "../src/index.ts";

export const NOW = new Date("2026-06-01T00:00:00.000Z");

export function version(name: string, number: string, change: Partial<ReleaseObject> = {}): ReleaseObject {
  return {
    id: npmPurl(name, number),
    channels: ["npm"],
    locations: [`https://registry.example/${name}/-/${name}-${number}.tgz`],
    digest: { sha512: digestOf(name, number) },
    digestFrom: "registry",
    name,
    version: number,
    publishedAt: null,
    tags: [],
    declaredRepository: "https://github.com/acme/widget",
    deprecated: null,
    npm: { servedFor: "https://registry.example/", attestations: "advertised" },
    ...change,
  };
}

function digestOf(name: string, number: string): string {
  const hex = Array.from(`${name}@${number}`, (letter) => letter.charCodeAt(0).toString(16)).join("");
  return hex.repeat(128).slice(0, 128);
}

export function page(objects: readonly ReleaseObject[], change: Partial<InventoryPage> = {}): InventoryPage {
  return { key: "1", objects, withdrawn: [], gaps: [], warnings: [], ...change };
}

export function proofOf(object: ReleaseObject, digest = `sha256:${object.id}`): Proof {
  return {
    store: "npm",
    location: `https://registry.example/-/${object.id}`,
    filed: "object",
    mediaType: "application/json",
    bytes: new Uint8Array([1]),
    digest,
  };
}

/** An authenticated npm provenance of the object, from the repository and with the repository id given. */
export function provenanceOf(
  object: ReleaseObject,
  repository = "https://github.com/acme/widget",
  id = "1",
): Authentication {
  return {
    ok: true,
    log: "proof",
    times: [],
    signer: {
      kind: "certificate",
      issuer: "https://token.actions.githubusercontent.com",
      subject: `${repository}/.github/workflows/release.yml@refs/heads/main`,
      claims: {
        sourceRepositoryUri: repository,
        sourceRepositoryId: id,
        runnerEnvironment: "github-hosted",
        buildTrigger: "push",
      },
    },
    statement: {
      type: "https://in-toto.io/Statement/v1",
      subject: [{ name: object.id, digest: object.digest }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: { buildType: "b", externalParameters: {} },
        runDetails: { builder: { id: "https://github.com/actions/runner/github-hosted" } },
      },
    },
  };
}

export interface World {
  readonly pages: Readonly<Record<string, readonly InventoryPage[]>>;
  readonly answer?: (object: ReleaseObject) => Answer;
  readonly authenticate?: (proof: Proof, claimed?: DigestSet) => Authentication;
}

export interface Asked {
  readonly stores: string[];
  readonly proofs: string[];
  keys: number;
}

export function portsOf(
  { pages, answer, authenticate }: World,
  change: Partial<CoveragePorts> = {},
): CoveragePorts & { asked: Asked } {
  const asked: Asked = { stores: [], proofs: [], keys: 0 };
  const store: Store = {
    name: "npm",
    async *find(batch) {
      for (const object of batch) {
        asked.stores.push(object.id);
        yield answer?.(object) ?? { object: object.id, status: "answered", found: [] };
      }
    },
  };
  return {
    asked,
    inventory: {
      channel: "npm",
      async *list({ name }: Target) {
        yield* pages[name] ?? [];
      },
    },
    stores: [store],
    verifier: {
      authenticate: (proof, claimed) => {
        asked.proofs.push(proof.digest);
        if (authenticate === undefined) throw new Error("nothing to authenticate");
        return Promise.resolve(authenticate(proof, claimed));
      },
    },
    keyedRegistries: () => {
      asked.keys += 1;
      return Promise.resolve([]);
    },
    now: () => NOW,
    requests: () => ({ "registry.example": { sent: 1, cached: 0, retried: 0 } }),
    warnings: () => [],
    ...change,
  };
}

export function request(names: readonly string[], change: Partial<CoverageRequest> = {}): CoverageRequest {
  return {
    targets: names.map((name) => ({ channel: "npm", name })),
    expectation: NO_EXPECTATION,
    builders: DEFAULT_BUILDERS,
    exemptions: [],
    prereleases: false,
    toolVersion: "1.2.3",
    ...change,
  };
}
