import { createFaults, decodePath, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Reply, type Request } from "../loopback-server.ts";
import { createAccess } from "./access.ts";
import { fail, NOT_ALLOWED, toJson } from "./answers.ts";
import type { OciAuth, Target } from "./auth.ts";
import { answerBlob, answerUpload, type Uploads } from "./blobs.ts";
import { createPublishing, type Publishing } from "./publishing.ts";
import { answerReferrers, answerTags, type PagingOptions } from "./lists.ts";
import { answerManifest } from "./manifests.ts";
import { openRepository, type Repository, type Store } from "./store.ts";
import { createTokens } from "./tokens.ts";

/** What an embedded OCI registry does, and how. */
export interface OciRegistryOptions extends PagingOptions {
  /** The referrers API: served, or refused with that status. Default `served`. */
  readonly referrers?: "served" | 404 | 405;
  readonly auth?: OciAuth;
  /** Repositories that nobody gets into, whatever they hold, and the status that says so. */
  readonly denied?: Readonly<Record<string, 401 | 403 | 404>>;
  /** False leaves `Docker-Content-Digest` out. */
  readonly digestHeader?: boolean;
}

/** A running OCI registry. */
export interface EmbeddedOciRegistry extends Publishing {
  /** `127.0.0.1:<port>`, as references have it; the registry speaks plain HTTP. */
  readonly host: string;
  /** Base URL without a slash at its end. */
  readonly url: string;
  /** Address of the token endpoint. */
  readonly tokenUrl: string;
  /** The oldest first, those for tokens among them; the header `host` tells which address they came to. */
  readonly requests: Request[];
  /** Scripts answers for some requests. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  /** Takes no access token any more that was given so far. */
  expireTokens(): void;
  close(): Promise<void>;
}

const ROUTE =
  /^\/v2\/(?<name>[a-z0-9._/-]+?)\/(?:manifests\/(?<manifest>[^/]+)|blobs\/uploads\/(?<upload>[^/]*)|blobs\/(?<blob>[^/]+)|referrers\/(?<subject>[^/]+)|(?<tags>tags\/list))$/u;
const DENIALS = { 403: fail(403, "DENIED"), 404: fail(404, "NAME_UNKNOWN") } as const;

/** Starts a registry on loopback that keeps what is pushed in memory (OCI distribution specification 1.1). */
export async function startOciRegistry(options: OciRegistryOptions = {}): Promise<EmbeddedOciRegistry> {
  const { auth, referrers = "served", denied = {}, digestHeader = true } = options;
  const store: Store = new Map();
  const uploads: Uploads = new Map();
  const requests: Request[] = [];
  const faults = createFaults();
  const tokens = auth?.kind === "bearer" ? createTokens(auth) : undefined;
  let url = "";
  let tokenUrl = "";
  const access = createAccess(auth, tokens, () => tokenUrl);

  const serve = (request: Request): Reply => {
    const path = decodePath(request.path);
    if (tokens !== undefined && `${url}${path}` === tokenUrl) return tokens.give(request);
    const parts = ROUTE.exec(path)?.groups;
    if (parts === undefined && path !== "/v2/") return fail(404, "NAME_UNKNOWN");
    const name = parts?.["name"];
    const target = { repository: name, action: toAction(request.method) };
    const refusal = access.refuse(request, target) ?? deny(target);
    if (refusal !== undefined) return refusal;
    return name === undefined ? toJson({}) : route(name, parts ?? {}, request);
  };

  const deny = (target: Target): Reply | undefined => {
    const status = denied[target.repository ?? ""];
    return status === 401 ? access.challenge(target) : status && DENIALS[status];
  };

  const route = (name: string, parts: Readonly<Record<string, string | undefined>>, request: Request): Reply => {
    const { manifest, upload, blob, subject } = parts;
    const hasReferrers = referrers === "served";
    if (manifest === undefined && upload === undefined && blob === undefined) {
      if (subject !== undefined && !hasReferrers) return fail(referrers, "UNSUPPORTED");
      if (toAction(request.method) !== "pull") return NOT_ALLOWED;
      const list = { ...options, url: new URL(request.path, url) };
      const known = store.get(name);
      if (subject !== undefined) return answerReferrers(known ?? NOTHING, subject, list);
      return known === undefined ? fail(404, "NAME_UNKNOWN") : answerTags(known, name, list);
    }
    const repository = toAction(request.method) === "push" ? openRepository(store, name) : store.get(name);
    if (repository === undefined) return fail(404, "NAME_UNKNOWN");
    if (manifest !== undefined) return answerManifest(repository, { name, reference: manifest, hasReferrers }, request);
    if (blob !== undefined) return answerBlob(repository, blob, request);
    return answerUpload(repository, uploads, { name, id: upload ?? "" }, request);
  };

  const handle = (answer: (request: Request) => Reply) => (request: Request) => {
    requests.push(request);
    return faults.apply(request, async () => (digestHeader ? answer(request) : leaveDigestOut(answer(request))));
  };
  const server = await serveLoopback(handle(serve));
  const apart =
    tokens !== undefined && auth?.kind === "bearer" && auth.tokenServer === "apart"
      ? await serveLoopback(handle((request) => tokens.give(request)))
      : undefined;
  url = server.url;
  tokenUrl = `${(apart ?? server).url}/token`;
  return {
    host: new URL(url).host,
    url,
    tokenUrl,
    requests,
    respond: faults.respond,
    expireTokens: () => tokens?.expire(),
    ...createPublishing(store),
    close: async () => {
      await Promise.all([server.close(), apart?.close()]);
    },
  };
}

const NOTHING: Repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };

function toAction(method: string): Target["action"] {
  if (method === "DELETE") return "delete";
  return method === "GET" || method === "HEAD" ? "pull" : "push";
}

function leaveDigestOut({ headers = {}, ...reply }: Reply): Reply {
  const { "docker-content-digest": _, ...others } = headers;
  return { ...reply, headers: others };
}
