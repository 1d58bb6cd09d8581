import {
  endlessBody,
  startOciRegistry,
  startTlsProxy,
  truncate,
  type OciRegistryOptions,
  type Reply,
  type Request,
  type RequestMatcher,
} from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRelease, type ReleaseJob } from "./emission.ts";
import { attach, AUTH, cutOff, openWorld, PLATFORMS, startGuarded, WIDGET, type World } from "./guarded-registry.ts";

// Registries that answer badly, or say what is not so. Each wants the login that Docker keeps, which is shown nowhere.

const INDEX = { "content-type": "application/vnd.oci.image.index.v1+json" };

const isManifest = ({ path }: Request): boolean => path.includes("/manifests/");

const text = ({ body }: Reply): string => Buffer.from(body as Uint8Array).toString();

let release: ReleaseJob;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  release = await openRelease({}, { cleanUp: (end) => void ends.push(end as () => unknown) });
});
afterAll(async () => {
  for (const end of ends) await end();
});

interface Fault {
  readonly options?: OciRegistryOptions;
  /** Gives what is asked for, where it is not the tag 1.4.0, and to attest its digest. */
  readonly arrange: (world: World) => string | void | Promise<string | void>;
  readonly verify: string;
  readonly coverage: string;
  readonly attest?: string;
  /** The most requests that verify or coverage may send. */
  readonly most: number;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "takes no token that it gives": {
    options: { auth: { ...AUTH, kind: "bearer" } },
    arrange({ registry }) {
      const challenge = `Bearer realm="${registry.tokenUrl}",service="registry.test"`;
      registry.respond(/^\/v2\//, { status: 401, headers: { "www-authenticate": challenge } });
    },
    verify: "3 unknown access-denied",
    coverage: "3 gap access-denied",
    attest: "1 refused ACCESS_DENIED",
    most: 3,
  },
  "says 403": {
    options: { denied: { [WIDGET]: 403 } },
    arrange: () => {},
    verify: "3 unknown access-denied",
    coverage: "3 gap access-denied",
    attest: "1 refused ACCESS_DENIED",
    most: 2,
  },
  "hides a private repository behind 404": {
    options: { denied: { [WIDGET]: 404 } },
    arrange: () => {},
    verify: "3 unknown repository-unknown",
    coverage: "3 gap repository-unknown",
    most: 2,
  },
  "asks everyone to wait for a day": {
    arrange: ({ registry }) => registry.respond(isManifest, { status: 429, headers: { "retry-after": "86400" } }),
    verify: "3 unknown rate-limited",
    coverage: "3 gap rate-limited",
    attest: "3 incomplete RATE_LIMITED",
    most: 1,
  },
  "asks everyone to wait for a day, once it is asked for referrers": {
    arrange: ({ registry }) => registry.respond(/\/referrers\//, { status: 429, headers: { "retry-after": "86400" } }),
    verify: "3 unknown rate-limited",
    coverage: "3 unknown rate-limited",
    attest: "3 incomplete NOT_REACHED",
    most: 6,
  },
  "is a page to sign in at": {
    arrange: ({ registry }) =>
      registry.respond(/./, { headers: { "content-type": "text/html" }, body: "<!doctype html>" }),
    verify: "3 unknown answer-unreadable",
    coverage: "3 gap answer-unreadable",
    attest: "1 refused ANSWER_UNREADABLE",
    most: 1,
  },
  "serves other bytes than those of the digest": {
    arrange: ({ registry }) => registry.respond(isManifest, (usual) => ({ ...usual, body: `${text(usual)} ` })),
    verify: "3 unknown digest-mismatch",
    coverage: "3 gap digest-mismatch",
    attest: "1 refused DIGEST_MISMATCH",
    most: 2,
  },
  "tells no digest": {
    options: { digestHeader: false },
    arrange: async ({ prove }) => void (await prove()),
    verify: "0 verified",
    coverage: "0 verified",
    attest: "0 sealed",
    most: 8,
  },
  "moves a tag after the push": {
    async arrange({ registry, image, name, prove }) {
      await prove();
      registry.addImage(WIDGET, ["1.4.0"], { text: "moved" });
      return `${name}:1.4.0@${image.digest}`;
    },
    verify: "0 verified tag-moved",
    coverage: "0 verified tag-moved",
    attest: "1 refused TAG_MOVED",
    most: 9,
  },
  "serves an attestation without end": {
    async arrange({ registry, prove }) {
      registry.respond(await prove(), () => ({ status: 200, body: endlessBody("x".repeat(65_536)) }));
    },
    verify: "3 unknown too-large",
    coverage: "3 unknown too-large",
    attest: "0 sealed",
    most: 8,
  },
  "serves half of an attestation": {
    arrange: async ({ registry, prove }) => registry.respond(await prove(), truncate(100)),
    verify: "3 unknown digest-mismatch",
    coverage: "3 unknown digest-mismatch",
    attest: "0 sealed",
    most: 8,
  },
  "breaks off in an attestation": {
    arrange: async ({ registry, prove }) => registry.respond(await prove(), cutOff),
    verify: "3 unknown registry-unavailable",
    coverage: "3 unknown registry-unavailable",
    most: 11,
  },
  "serves half of an attestation, and another one that proves the image": {
    async arrange({ registry, image, prove }) {
      registry.respond(attach(registry, image, "garbage ".repeat(100)), truncate(100));
      await prove();
    },
    verify: "0 verified",
    coverage: "0 verified",
    attest: "0 sealed",
    most: 10,
  },
  "lists one referrer a page, by relative links": {
    options: { pageSize: 1, link: "relative" },
    async arrange({ registry, image, prove }) {
      for (const content of ["1", "2"]) registry.addReferrer(WIDGET, image.digest, { artifactType: "x/y", content });
      await prove();
    },
    verify: "0 verified",
    coverage: "0 verified",
    attest: "0 sealed",
    most: 13,
  },
  "serves a manifest of a million entries": {
    arrange({ registry, name }) {
      const body = `{"schemaVersion":2,"manifests":[${"0,".repeat(999_999)}0]}`;
      registry.respond(isManifest, { headers: INDEX, body });
      return `${name}:1.4.0`;
    },
    verify: "3 unknown too-large",
    coverage: "3 gap too-large",
    attest: "2 refused TOO_LARGE",
    most: 1,
  },
  "serves a manifest without end": {
    arrange: ({ registry }) =>
      registry.respond(isManifest, () => ({ status: 200, headers: INDEX, body: endlessBody("[".repeat(65_536)) })),
    verify: "3 unknown too-large",
    coverage: "3 gap too-large",
    attest: "2 refused TOO_LARGE",
    most: 1,
  },
  "serves one index for each of its own entries": {
    arrange({ registry, image, name }) {
      const entry = { mediaType: INDEX["content-type"], digest: image.digest, size: 200 };
      registry.respond(isManifest, { headers: INDEX, body: JSON.stringify({ schemaVersion: 2, manifests: [entry] }) });
      return `${name}:1.4.0`;
    },
    verify: "1 missing no-provenance",
    coverage: "0 missing no-provenance",
    attest: "1 refused DIGEST_MISMATCH",
    most: 5,
  },
};

describe("a registry that", () => {
  test.each(Object.keys(FAULTS))("%s", async (title) => {
    const { options, arrange, verify, coverage, attest, most } = FAULTS[title]!;
    const world = await openWorld(release, await startGuarded(options));
    const { registry, name, image, run } = world;
    const asked = await arrange(world);
    for (const [command, expected] of Object.entries({ verify, coverage })) {
      const before = registry.requests.length;
      // A list of tags that tells no next page takes one more.
      const isPage = ({ path }: Request): boolean => /\/tags\/list\?.*last=/u.test(path);
      expect.soft(await run(command as "verify", asked ?? `${name}:1.4.0`), command).toBe(expected);
      const sent = registry.requests.slice(before).filter((request) => !isPage(request));
      expect.soft(sent.length, command).toBeLessThanOrEqual(most);
    }
    if (attest !== undefined)
      expect.soft(await run("attest", asked ?? `${name}@${image.digest}`), "attest").toBe(attest);
  });
});

describe("another host that a registry leads to", () => {
  const OTHER = "https://other.example";
  interface Row {
    /** Which of its answers lead there, given the paths of the tag, the image and the attestation. */
    readonly leads: (paths: readonly [string, string, string]) => readonly RequestMatcher[];
    /** What it answers in their place. */
    readonly answer?: (usual: Reply) => Reply;
    readonly verify: string;
    readonly attest: string;
    readonly isAsked: boolean;
  }
  const isUpload = ({ method, path }: Request): boolean => method === "POST" && path.endsWith("/uploads/");
  const challenge = { "www-authenticate": `Bearer realm="${OTHER}/token",service="registry.test"` };

  test.each<[string, Row]>([
    [
      "for a manifest",
      { leads: ([tag, image]) => [tag, image], verify: "0 verified", attest: "0 sealed", isAsked: true },
    ],
    ["for an attestation", { leads: ([, , blob]) => [blob], verify: "0 verified", attest: "0 sealed", isAsked: true }],
    [
      "to upload to",
      {
        leads: () => [isUpload],
        answer: (usual) =>
          usual.status === 401 ? usual : { ...usual, headers: { location: `${OTHER}/v2/${WIDGET}/blobs/uploads/1` } },
        verify: "0 verified",
        attest: "1 refused answer-unreadable",
        isAsked: false,
      },
    ],
    [
      "for a token",
      {
        leads: () => [/^\/v2\//],
        answer: () => ({ status: 401, headers: challenge }),
        verify: "3 unknown answer-unreadable",
        attest: "1 refused ANSWER_UNREADABLE",
        isAsked: true,
      },
    ],
  ])("%s gets no login", async (_, { leads, answer, verify, attest, isAsked }) => {
    const [registry, other] = await Promise.all([startGuarded(), startOciRegistry()]);
    const proxy = await startTlsProxy({ "registry.example": registry.url, "other.example": other.url });
    onTestFinished(async () => void (await Promise.all([proxy.close(), other.close()])));
    const { image, name, bundle, run } = await openWorld(release, registry, {
      host: "registry.example",
      env: proxy.env,
    });
    other.addImage(WIDGET, ["1.4.0", "latest"], { platforms: PLATFORMS });
    const content = await bundle();
    const [blob] = [registry, other].map((one) => attach(one, image, content));
    const [tag, digest] = ["1.4.0", image.digest].map((one) => `/v2/${WIDGET}/manifests/${one}`);
    for (const matcher of leads([tag!, digest!, blob!])) {
      const redirect = (): Reply => ({ status: 307, headers: { location: `${OTHER}${String(matcher)}` } });
      registry.respond(matcher, (usual) =>
        usual.status === 401 && answer === undefined ? usual : (answer ?? redirect)(usual),
      );
    }
    expect.soft(await run("verify", `${name}:1.4.0`)).toBe(verify);
    expect.soft(await run("attest", `${name}:1.4.0@${image.digest}`)).toBe(attest);
    expect(other.requests.length > 0).toBe(isAsked);
    expect(other.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(registry.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(
      answer === undefined || !isAsked,
    );
    expect(new Set(proxy.requests.map(({ host }) => host))).toEqual(
      new Set(["registry.example", ...(isAsked ? ["other.example"] : [])]),
    );
  });

  test("in the clear on this machine is not asked", async () => {
    const [registry, other] = await Promise.all([startGuarded(), startGuarded()]);
    const { image, name, run } = await openWorld(release, registry);
    registry.respond(isManifest, { status: 307, headers: { location: `${other.url}/v2/${WIDGET}/manifests/1.4.0` } });
    expect(await run("verify", `${name}:1.4.0`)).toBe("3 unknown registry-unavailable");
    expect(await run("attest", `${name}@${image.digest}`)).toBe("3 incomplete REGISTRY_UNAVAILABLE");
    expect(other.requests).toEqual([]);
  });
});
