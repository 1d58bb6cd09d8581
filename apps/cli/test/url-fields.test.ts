import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildNpmProvenance,
  buildNpmPublishAttestation,
  buildPackageTarball,
  startSigstore,
  toIntegrity,
  type EmbeddedSigstore,
  type Statement,
} from "@colophon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { colophon, type Finished } from "./colophon.ts";
import { AUTHORITY, serveNames, type Answer, type NamedHosts } from "./named-hosts.ts";
import { releaseOf, resultOf } from "./worlds.ts";

// Every field of an answer that can hold a URL, once with one that leads elsewhere. Each is a package of its own, and one
// process asks for all of them: the proxy sees whatever leaves it.

const TOKEN = "canary-9b41";
const REGISTRY = "https://registry.example/npm";
const FOREIGN = "https://other.example";
const PRIVATE = "https://169.254.169.254/latest";
const CONTENTS = ["packument", "attestations", "tarball"] as const;
type Content = (typeof CONTENTS)[number];

/** `NAME` in any of these stands for the package. */
const PATHS: Readonly<Record<Content, string>> = {
  packument: "/npm/NAME",
  attestations: "/npm/-/npm/v1/attestations/NAME@1.0.0",
  tarball: "/npm/NAME/-/NAME-1.0.0.tgz",
};
const [PACKUMENT = "", ATTESTATIONS = "", TARBALL = ""] = CONTENTS.map(
  (name) => `registry.example${PATHS[name]} with a token`,
);

/** How a package differs from a proven one at its registry. */
interface Change {
  /** Members of the version's `dist`, and of the version itself. */
  readonly dist?: object;
  readonly version?: object;
  /** Puts what the provenance names on another host. */
  readonly moved?: true;
  /** Which content the registry redirects, and where. */
  readonly redirect?: readonly [Content, string];
}

/** Field, change, what is asked for, and the version's status (or `gap`) with the code of its reason. */
type Row = readonly [field: string, change: Change, seen: readonly string[], outcome: string];

const attestations = (url: string): Change => ({ dist: { attestations: { url } } });
/** Without integrity, so that it has to be read. */
const tarball = (url: string): Change => ({ dist: { tarball: url, integrity: "" } });
const asking = (...between: string[]): readonly string[] => [PACKUMENT, ...between, ATTESTATIONS];
const ELSEWHERE = `${FOREIGN}/NAME`;
const UNREACHED = "unknown registry-unavailable";

function redirects(content: Content, reached: readonly string[], behind: readonly string[], refused: string): Row[] {
  const to = (location: string): Change => {
    return { redirect: [content, location], ...(content === "tarball" && { dist: { integrity: "" } }) };
  };
  const followed = [...reached, `other.example/NAME/${content}`, ...behind];
  // Without its packument nothing more is asked of a package.
  const stopped = content === "packument" ? reached : [...reached, ...behind];
  return [
    [`${content} redirected to another host`, to(`${ELSEWHERE}/${content}`), followed, "verified"],
    [`${content} redirected without scheme`, to(`//other.example/NAME/${content}`), followed, "verified"],
    [`${content} redirected to http`, to(`http://other.example/NAME/${content}`), stopped, refused],
    [`${content} redirected to a private address`, to(PRIVATE), stopped, refused],
    [`${content} redirected to this machine`, to("https://127.0.0.1:4873/"), stopped, refused],
    [`${content} redirected to a file`, to("file:///etc/passwd"), stopped, refused],
  ];
}

const ROWS: readonly Row[] = [
  ["attestations on another host", attestations(`${FOREIGN}${PATHS.attestations}`), asking(), "verified"],
  ["attestations on another path", attestations(ELSEWHERE), asking(), "verified"],
  ["attestations of a private address", attestations(PRIVATE), asking(), "verified"],
  ["attestations of another scheme", attestations("x:y/-/npm/../../.."), asking(), "verified"],
  ["tarball that nobody needs", { dist: { tarball: `${ELSEWHERE}/tarball` } }, asking(), "verified"],
  ["tarball on another host", tarball(`${ELSEWHERE}/tarball`), asking("other.example/NAME/tarball"), "verified"],
  ["tarball by http", tarball("http://other.example/NAME/tarball"), asking(), "unknown answer-unreadable"],
  ["tarball of a private address", tarball(PRIVATE), asking(), UNREACHED],
  ["tarball of this machine", tarball("https://[::1]/"), asking(), UNREACHED],
  ["tarball that is a file", tarball("file:///etc/passwd"), asking(), "unknown answer-unreadable"],
  ["tarball with user info", tarball("https://a:b@other.example/NAME/tarball"), asking(), UNREACHED],
  [
    "tarball outside of the token's path",
    tarball("https://registry.example/NAME/tarball"),
    asking("registry.example/NAME/tarball"),
    "verified",
  ],
  [
    "tarball that climbs out of the token's path",
    tarball(`${REGISTRY}/..%2fNAME/tarball`),
    asking("registry.example/npm/..%2fNAME/tarball"),
    "unknown access-denied",
  ],
  ["repository", { version: { repository: `${ELSEWHERE}/widget` } }, asking(), "mismatch source-repository-differs"],
  ["all else in a packument", { version: { homepage: FOREIGN, bugs: { url: FOREIGN } } }, asking(), "verified"],
  ["all that a statement names", { moved: true }, asking(), "mismatch predicate-contradicts-certificate"],
  ...redirects("packument", [PACKUMENT], [ATTESTATIONS], "gap registry-unavailable"),
  ...redirects("attestations", [PACKUMENT, ATTESTATIONS], [], UNREACHED),
  ...redirects("tarball", [PACKUMENT, TARBALL], [ATTESTATIONS], UNREACHED),
];

let sigstore: EmbeddedSigstore;
let folder: string;
beforeAll(async () => {
  sigstore = await startSigstore();
  folder = await mkdtemp(join(tmpdir(), "colophon-urls-"));
  const root = JSON.stringify(sigstore.trustedRoot).replaceAll(/(?<="uri":")[^"]*/g, FOREIGN);
  const trust = { trustedRoot: "root.json", registryKeys: [{ registry: REGISTRY, file: "keys.json" }] };
  await writeFile(join(folder, "root.json"), root);
  await writeFile(join(folder, "keys.json"), JSON.stringify(sigstore.registryKeys));
  await writeFile(join(folder, "colophon.config.json"), JSON.stringify({ trust }));
  const token = `//registry.example/npm/:_authToken=${TOKEN}`;
  await writeFile(join(folder, ".npmrc"), `registry=${REGISTRY}/\n${token}\ncafile=${AUTHORITY}\n`);
});
afterAll(async () => {
  await sigstore.close();
  await rm(folder, { recursive: true });
});

/** Runs the command behind the proxy, which is asked for every host. */
async function runBehind(hosts: NamedHosts, args: readonly string[]): Promise<Finished> {
  const finished = await colophon(args, { cwd: folder, env: { https_proxy: hosts.proxy, http_proxy: hosts.proxy } });
  expect(finished.stdout + finished.stderr).not.toContain(TOKEN);
  return finished;
}

/** What is served of a package, by host and path: the three contents, at its registry and in public. */
async function answersOf(name: string, change: Change): Promise<readonly (readonly [string, Answer])[]> {
  const bytes = buildPackageTarball({ name, version: "1.0.0" });
  const subject = { name, version: "1.0.0", sha512: createHash("sha512").update(bytes).digest("hex") };
  const identity = releaseOf("acme/widget");
  const { privateKey: key, keyId } = sigstore.registryKey;
  const provenance = JSON.stringify(buildNpmProvenance(subject, identity));
  const built = JSON.parse(provenance.replaceAll("https://github.com", change.moved ? FOREIGN : "$&")) as Statement;
  const published = buildNpmPublishAttestation(subject, REGISTRY);
  const listed = [
    { predicateType: built.predicateType, bundle: await sigstore.attest({ statement: built, identity }) },
    {
      predicateType: published.predicateType,
      bundle: await sigstore.attestWithKey({ statement: published, key, keyId }),
    },
  ];
  const dist = {
    integrity: toIntegrity(bytes),
    tarball: `https://registry.example${PATHS.tarball}`,
    attestations: { url: `https://registry.example${PATHS.attestations}` },
    ...change.dist,
  };
  const version = { name, version: "1.0.0", repository: "github:acme/widget", ...change.version, dist };
  const packument = { name, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } };
  const contents: Readonly<Record<Content, string | Uint8Array>> = {
    packument: inName(JSON.stringify(packument), name),
    attestations: JSON.stringify({ attestations: listed }),
    tarball: bytes,
  };
  const [redirected, location = ""] = change.redirect ?? [];
  return CONTENTS.flatMap((content): [string, Answer][] => {
    const answer = { body: contents[content] };
    const atRegistry = redirected === content ? { status: 302, location: inName(location, name) } : answer;
    return [
      [inName(`registry.example${PATHS[content]}`, name), atRegistry],
      [`registry.example/${name}/${content}`, answer],
      [`other.example/${name}/${content}`, answer],
    ];
  });
}

function inName(text: string, name: string): string {
  return text.replaceAll("NAME", name);
}

test("no URL in an answer leads a request, or the token, where it should not go", async () => {
  const rows = ROWS.map(([field, change, seen, outcome], index) => {
    const name = `widget-${index}`;
    return { name, change, expected: { field, seen: seen.map((line) => inName(line, name)), outcome } };
  });
  const served = new Map((await Promise.all(rows.map(({ name, change }) => answersOf(name, change)))).flat());
  const hosts = await serveNames((host, path, authorization) => {
    const isOpen = host !== "registry.example" || !path.startsWith("/npm/") || authorization === `Bearer ${TOKEN}`;
    return isOpen ? (served.get(`${host}${path}`) ?? { status: 404 }) : { status: 401 };
  });
  const args = ["coverage", ...rows.map(({ name }) => `npm:${name}`), "--json", "--no-cache", "--hash"];
  const { objects, gaps } = resultOf(await runBehind(hosts, args));
  hosts.close();
  const found = rows.map(({ name, expected: { field } }) => {
    const object = objects.find(({ id }) => id === `pkg:npm/${name}@1.0.0`);
    const gap = gaps.find(({ target }) => target === name);
    const outcome = object === undefined ? ["gap", gap?.reason.code] : [object.status, object.reason?.code];
    const seen = hosts.seen.filter((line) => new RegExp(`${name}\\b`).test(line));
    return { field, seen, outcome: outcome.filter(Boolean).join(" ") };
  });
  expect(found).toEqual(rows.map(({ expected }) => expected));
  // What names no package was asked for none of them.
  expect(hosts.seen.filter((line) => !line.includes("widget-"))).toEqual([]);
});

test("no URL in an OCI layout is followed, not even for a blob that lies nowhere else", async () => {
  const layout = join(folder, "layout");
  await mkdir(join(layout, "blobs/sha256"), { recursive: true });
  const urls = [`${FOREIGN}/blob`];
  const annotations = { "org.opencontainers.image.source": `${FOREIGN}/acme/widget` };
  const add = async (value: object): Promise<object> => {
    const text = JSON.stringify(value);
    const hex = createHash("sha256").update(text).digest("hex");
    await writeFile(join(layout, "blobs/sha256", hex), text);
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    return { mediaType, digest: `sha256:${hex}`, size: text.length, urls, annotations };
  };
  const config = { ...(await add({})), mediaType: "application/vnd.oci.image.config.v1+json" };
  const absent = {
    mediaType: "application/vnd.dsse.envelope.v1+json",
    digest: `sha256:${"a".repeat(64)}`,
    size: 2,
    urls,
  };
  const image = await add({ schemaVersion: 2, config, layers: [config], annotations });
  const proof = await add({
    schemaVersion: 2,
    config,
    layers: [absent],
    subject: image,
    artifactType: absent.mediaType,
  });
  await writeFile(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [image, proof] }));
  const hosts = await serveNames(() => ({ status: 404 }));
  const { stdout } = await runBehind(hosts, ["verify", "oci-layout:layout", "--json"]);
  hosts.close();
  expect(JSON.parse(stdout)).toMatchObject({ status: "unknown", failure: { code: "blob-missing" } });
  expect(hosts.seen).toEqual([]);
});
