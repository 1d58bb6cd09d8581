import { createFaults, decodePath, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Reply, type Request } from "../loopback-server.ts";
import type { RegistryKey } from "../sigstore/registry-key.ts";
import { addPublication, attestPublication, type RegistrySigner } from "./accept.ts";
import { createAccess, type AccessOptions, type Caller } from "./access.ts";
import { ABBREVIATED, created, fail, revalidate, toJson } from "./answers.ts";
import { changeDistTags } from "./dist-tags.ts";
import type { Lag } from "./lag.ts";
import type { PackageVersion, RegistryPackage } from "./package-data.ts";
import { readPublication, type Publication } from "./publish.ts";
import { readReplay, type Replay } from "./replay.ts";
import { createShelf, listKeys } from "./shelf.ts";

/** What an embedded registry serves, and how. */
export interface NpmRegistryOptions extends AccessOptions {
  readonly packages?: readonly RegistryPackage[];
  readonly replay?: Replay;
  /** Signs `dist.signatures` and is listed at `/-/npm/v1/keys`; without it there are no signatures. */
  readonly key?: RegistryKey;
  /** Attests, with its registry key, every publish that brings provenance; `key` is by default that key. */
  readonly sigstore?: RegistrySigner;
  /** Path under which the registry lies, such as `/javascript`. */
  readonly prefix?: string;
  /** Leaves `dist.attestations` and `dist.signatures` out, as many mirrors do, and drops the provenance of a publish. */
  readonly mirror?: boolean;
  /** How late a version that a client publishes is to be seen. */
  readonly lag?: Lag;
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
  /** What clients published and the registry took, the oldest first. */
  readonly publications: readonly Publication[];
  /** Adds a package, in place of one of the same name. */
  add(pkg: RegistryPackage): void;
  /** Adds a version, the newest, to a package that is there. */
  publish(name: string, version: PackageVersion): void;
  /** Scripts answers for some requests; the path includes the prefix. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  close(): Promise<void>;
}

const EXCHANGE = /^-\/npm\/v1\/oidc\/token\/exchange\/package\/(?<name>.+)$/u;
const ATTESTATIONS = /^-\/npm\/v1\/attestations\/(?<name>@?[^@]+)@(?<version>.+)$/u;
const OF_PACKAGE = /^-\/package\/(?<name>(?:@[^/]+\/)?[^/]+)\/(?<what>visibility|dist-tags)(?:\/(?<tag>.+))?$/u;

/** Starts an npm registry on loopback; real clients publish to it. */
export async function startNpmRegistry(options: NpmRegistryOptions = {}): Promise<EmbeddedNpmRegistry> {
  const { prefix = "", sigstore, key = sigstore?.registryKey, mirror = false, lag = {} } = options;
  let base = "";
  const shelf = createShelf(() => ({ base, key, mirror }), lag);
  const requests: RecordedRequest[] = [];
  const publications: Publication[] = [];
  const faults = createFaults();
  const access = createAccess(options);
  const publish = (name: string, version: PackageVersion): void => {
    const known = shelf.packages.get(name);
    if (known === undefined) throw new TypeError(`the registry has no package ${name}`);
    shelf.add({ ...known, versions: [...(known.versions ?? []), version] });
  };
  const replayed = options.replay === undefined ? [] : await readReplay(options.replay);
  for (const pkg of [...replayed, ...(options.packages ?? [])]) shelf.add(pkg);

  const serve = (request: Request): Reply | Promise<Reply> => {
    const { method, headers } = request;
    const whole = decodePath(request.path);
    const path = whole.startsWith(`${prefix}/`) ? whole.slice(prefix.length + 1) : undefined;
    const exchanged = method === "POST" ? EXCHANGE.exec(path ?? "")?.groups?.["name"] : undefined;
    if (exchanged !== undefined) return access.exchange(exchanged, headers.authorization);
    if (!access.mayRead(headers.authorization)) return fail(401, "unauthorized");
    if (path === undefined) return fail(404, "not found");
    if (method === "GET" || method === "HEAD") return read(path, request);
    const caller = access.identify(headers.authorization);
    return caller === undefined ? fail(401, "unauthorized") : write(path, request, caller);
  };

  const read = (path: string, request: Request): Reply => {
    if (path === "-/ping") return toJson({});
    if (path === "-/whoami") return whoami(access.identify(request.headers.authorization));
    if (path === "-/npm/v1/keys") return toJson(listKeys(key));
    const ofPackage = OF_PACKAGE.exec(path)?.groups;
    if (ofPackage !== undefined) return tellOf(ofPackage, request);
    const attested = ATTESTATIONS.exec(path)?.groups;
    if (attested !== undefined) return shelf.serveAttestations(attested["name"] ?? "", attested["version"] ?? "");
    const [name = "", file] = path.split("/-/");
    if (file !== undefined) return shelf.serveTarball(name, file);
    const abbreviated = (request.headers.accept ?? "").startsWith(ABBREVIATED);
    return revalidate(request, shelf.servePackument(name, abbreviated));
  };

  const write = (path: string, request: Request, caller: Caller): Reply | Promise<Reply> => {
    const ofPackage = OF_PACKAGE.exec(path)?.groups;
    const name = ofPackage?.["name"] ?? path;
    if (caller.trustedBy !== undefined && caller.trustedBy !== name)
      return fail(404, `'${name}' is not in this registry.`);
    if (ofPackage !== undefined) return tellOf(ofPackage, request);
    return request.method === "PUT" && !path.startsWith("-/")
      ? take(name, request, caller)
      : fail(405, "method not allowed");
  };

  const tellOf = ({ name, what, tag }: Record<string, string | undefined>, { method, body }: Request): Reply => {
    const pkg = shelf.packages.get(name ?? "");
    if (pkg === undefined) return fail(404, "not found");
    if (what === "visibility") return toJson({ public: pkg.access !== "restricted" });
    const { reply, changed } = changeDistTags(pkg, { method, tag, body });
    if (changed !== undefined) shelf.add(changed);
    return reply;
  };

  const take = async (name: string, request: Request, caller: Caller): Promise<Reply> => {
    const publication = readPublication(name, request.body);
    if ("status" in publication) return publication;
    const { version } = publication;
    const attestations = mirror ? undefined : await attestPublication(publication, base, sigstore);
    if (shelf.find(name, version) !== undefined) {
      return fail(403, `You cannot publish over the previously published versions: ${version}.`);
    }
    shelf.addLate(addPublication(shelf.packages.get(name), publication, caller, attestations), version);
    publications.push(publication);
    return created({ success: true });
  };

  const server = await serveLoopback((request) => {
    const { method, path, headers } = request;
    requests.push({ method, path, authorization: headers.authorization });
    return faults.apply(request, async () => serve(request));
  });
  base = `${server.url}${prefix}`;
  const { respond } = faults;
  return { url: base, requests, publications, add: shelf.add, publish, respond, close: () => server.close() };
}

/** A token of a trusted publisher belongs to no user. */
function whoami(caller: Caller | undefined): Reply {
  return caller === undefined || caller.trustedBy !== undefined
    ? fail(401, "unauthorized")
    : toJson({ username: "acme" });
}
