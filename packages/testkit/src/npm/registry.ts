import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { createFaults, decodePath, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Reply, type Request } from "../loopback-server.ts";
import type { RegistryKey } from "../sigstore/registry-key.ts";
import { tarballOf, toTarballName, type PackageVersion, type RegistryPackage } from "./package-data.ts";
import { abbreviatePackument, buildPackument, type PackumentContext } from "./packument.ts";
import { readReplay, type Replay } from "./replay.ts";

/** What an embedded registry serves, and how. */
export interface NpmRegistryOptions {
  readonly packages?: readonly RegistryPackage[];
  readonly replay?: Replay;
  /** Signs `dist.signatures` and is listed at `/-/npm/v1/keys`; without it there are no signatures. */
  readonly key?: RegistryKey;
  /** Path under which the registry lies, such as `/javascript`. */
  readonly prefix?: string;
  /** Leaves `dist.attestations` and `dist.signatures` out, as many mirrors do. */
  readonly mirror?: boolean;
  /** Requests without `Authorization: Bearer <token>` are answered 401. */
  readonly token?: string;
}

/** A request that a registry received; `path` is as sent. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A running npm registry. */
export interface EmbeddedNpmRegistry {
  /** Base URL with the prefix, without a slash at its end. */
  readonly url: string;
  readonly requests: RecordedRequest[];
  /** Adds a package, in place of one of the same name. */
  add(pkg: RegistryPackage): void;
  /** Adds a version, the newest, to a package that is there. */
  publish(name: string, version: PackageVersion): void;
  /** Scripts answers for some requests; the path includes the prefix. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  close(): Promise<void>;
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** Starts an npm registry on loopback. */
export async function startNpmRegistry(options: NpmRegistryOptions = {}): Promise<EmbeddedNpmRegistry> {
  const { prefix = "", token, key, mirror = false } = options;
  const packages = new Map<string, RegistryPackage>();
  const packuments = new Map<string, Reply>();
  const requests: RecordedRequest[] = [];
  const faults = createFaults();
  const add = (pkg: RegistryPackage): void => {
    packages.set(pkg.name, pkg);
    packuments.clear();
  };
  const publish = (name: string, version: PackageVersion): void => {
    const known = packages.get(name);
    if (known === undefined) throw new TypeError(`the registry has no package ${name}`);
    add({ ...known, versions: [...(known.versions ?? []), version] });
  };
  const replayed = options.replay === undefined ? [] : await readReplay(options.replay);
  for (const pkg of [...replayed, ...(options.packages ?? [])]) add(pkg);
  let context: PackumentContext = { base: "", key, mirror };

  const serve = (request: Request): Reply => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return fail(401, "unauthorized");
    const path = decodePath(request.path);
    if (request.method !== "GET" && request.method !== "HEAD") return fail(405, "method not allowed");
    if (!path.startsWith(`${prefix}/`)) return fail(404, "not found");
    return route(path.slice(prefix.length + 1), request);
  };

  const route = (path: string, request: Request): Reply => {
    if (path === "-/npm/v1/keys") return toJson(listKeys(key));
    const attested = /^-\/npm\/v1\/attestations\/(?<name>@?[^@]+)@(?<version>.+)$/u.exec(path)?.groups;
    if (attested !== undefined) return serveAttestations(find(attested["name"], attested["version"]));
    const [name = "", file] = path.split("/-/");
    if (file !== undefined) return serveTarball(name, file);
    const abbreviated = (request.headers.accept ?? "").startsWith(ABBREVIATED);
    return revalidate(request, servePackument(name, abbreviated));
  };

  const find = (name: string | undefined, version: string | undefined): PackageVersion | undefined =>
    packages.get(name ?? "")?.versions?.find((candidate) => candidate.version === version);

  const servePackument = (name: string, abbreviated: boolean): Reply => {
    const pkg = packages.get(name);
    if (pkg === undefined) return fail(404, "not found");
    const kept = packuments.get(`${name} ${abbreviated}`);
    if (kept !== undefined) return kept;
    const packument = buildPackument(pkg, context);
    const reply = abbreviated ? toJson(abbreviatePackument(packument), ABBREVIATED) : toJson(packument);
    packuments.set(`${name} ${abbreviated}`, reply);
    return reply;
  };

  const serveTarball = (name: string, file: string): Reply => {
    const version = packages.get(name)?.versions?.find((candidate) => toTarballName(name, candidate.version) === file);
    if (version === undefined) return fail(404, "not found");
    return { status: 200, headers: { "content-type": "application/octet-stream" }, body: tarballOf(name, version) };
  };

  const server = await serveLoopback((request) => {
    const { method, path, headers } = request;
    requests.push({ method, path, authorization: headers.authorization });
    return faults.apply(request, async () => serve(request));
  });
  context = { ...context, base: `${server.url}${prefix}` };
  return { url: context.base, requests, add, publish, respond: faults.respond, close: () => server.close() };
}

function serveAttestations(version: PackageVersion | undefined): Reply {
  const { attestations, attestationsAnswer } = version ?? {};
  if (attestationsAnswer !== undefined) {
    return { status: 200, headers: { "content-type": "application/json" }, body: attestationsAnswer };
  }
  return attestations === undefined ? fail(404, "not found") : toJson({ attestations: attestations as never });
}

function listKeys(key: RegistryKey | undefined): JsonObject {
  if (key === undefined) return { keys: [] };
  const type = "ecdsa-sha2-nistp256";
  const publicKey = key.publicKey.toString("base64");
  return { keys: [{ expires: null, keyid: key.keyId, keytype: type, scheme: type, key: publicKey }] };
}

function revalidate(request: Request, reply: Reply): Reply {
  const etag = reply.headers?.["etag"];
  if (etag === undefined || request.headers["if-none-match"] !== etag) return reply;
  return { status: 304, headers: { etag } };
}

function toJson(body: JsonObject, contentType = "application/json"): Reply {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 32)}"`;
  return { status: 200, headers: { "content-type": contentType, etag, vary: "accept" }, body: text };
}

function fail(status: number, error: string): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) };
}
