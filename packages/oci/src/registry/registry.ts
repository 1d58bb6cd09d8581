import type { Http } from "@colophon/http";
import type { RegistryCredentials } from "../credentials/read-credentials.ts";
import type { Descriptor } from "../descriptor.ts";
import { answered, reasonOfError, type Answered, type OciReason } from "../reason.ts";
import { formatRepository, type Reference, type Repository } from "../reference.ts";
import type { Connection } from "./connection.ts";
import { fetchBlob } from "./fetch-blob.ts";
import { fetchManifest, resolveReference, type FetchedManifest, type Resolved } from "./fetch-manifest.ts";
import { listReferrers, listTags, type Referrers } from "./lists.ts";
import { createManifestCache } from "./manifest-cache.ts";
import type { Pages } from "./pages.ts";
import { prepareUpload, putManifest, uploadBlob, type Uploaded, type WrittenManifest } from "./push.ts";

export interface RegistryOptions {
  /** It must trust the hosts that are on this machine, in a private network, or asked without TLS. */
  readonly http: Http;
  /** Absent: everything is asked for anonymously. */
  readonly credentials?: RegistryCredentials;
  /** Registries, as references name them, to be asked without TLS. One on this machine always is. */
  readonly plainHttp?: readonly string[];
}

/** `incomplete`: why the list stops before its end. */
export interface RegistryList<T> {
  readonly items: readonly T[];
  readonly incomplete?: OciReason;
}

export interface ReferrerList extends RegistryList<Descriptor> {
  readonly from: Referrers["from"];
}

/** OCI registries (OCI distribution specification). A failure is an answer too; nothing is thrown. */
export interface Registry {
  /** The digest that a reference leads to now. */
  resolve(reference: Reference): Promise<Answered<Resolved>>;
  /** An index or manifest, by tag or digest. One asked for by digest may have been read before. */
  manifest(repository: Repository, name: string): Promise<Answered<FetchedManifest>>;
  /** A blob of at most 32 MB. */
  blob(repository: Repository, descriptor: Pick<Descriptor, "digest" | "size">): Promise<Answered<Uint8Array>>;
  tags(repository: Repository): Promise<Answered<RegistryList<string>>>;
  /**
   * What may refer to a manifest: what its own `subject` does not say is not about it. `tags`: all of the repository,
   * where they are known; a list of referrers that is none of them is not asked for.
   */
  referrers(repository: Repository, digest: string, tags?: ReadonlySet<string>): Promise<Answered<ReferrerList>>;
  /** Begins an upload: whether this login may write. The next blob goes on with it; a registry forgets one by itself. */
  prepare(repository: Repository): Promise<Answered<void>>;
  /** Writes a blob, unless it is there. */
  upload(repository: Repository, bytes: Uint8Array): Promise<Answered<Uploaded>>;
  /** Writes an index or manifest under a tag or its digest. */
  put(repository: Repository, name: string, manifest: WrittenManifest): Promise<Answered<Uploaded>>;
}

const HELD_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Opens nothing by itself. */
export function createRegistry({ http, credentials, plainHttp = [] }: RegistryOptions): Registry {
  const connection: Connection = {
    http,
    credentials: credentials ?? { find: async () => ({}) },
    plainHttp: new Set(plainHttp.map((host) => host.toLowerCase())),
    authorizations: new Map(),
    known: new Set(),
    firstReferrers: new Map(),
    withReferrers: new Set(),
    withoutReferrers: new Set(),
    manifests: createManifestCache(HELD_MANIFEST_BYTES),
    uploads: new Map(),
  };
  return {
    resolve: (reference) => answered(formatRepository(reference), () => resolveReference(connection, reference)),
    manifest: (repository, name) =>
      answered(formatRepository(repository), () => fetchManifest(connection, repository, name)),
    blob: (repository, descriptor) =>
      answered(formatRepository(repository), () => fetchBlob(connection, repository, descriptor)),
    tags: (repository) => {
      const where = formatRepository(repository);
      return answered(where, async () => toList(where, await listTags(connection, repository)));
    },
    referrers: (repository, digest, tags) => {
      const where = formatRepository(repository);
      return answered(where, async () => {
        const { from, ...pages } = await listReferrers(connection, repository, digest, tags);
        return { from, ...toList(where, pages) };
      });
    },
    prepare: (repository) => answered(formatRepository(repository), () => prepareUpload(connection, repository)),
    upload: (repository, bytes) =>
      answered(formatRepository(repository), () => uploadBlob(connection, repository, bytes)),
    put: (repository, name, manifest) =>
      answered(formatRepository(repository), () => putManifest(connection, repository, name, manifest)),
  };
}

function toList<T>(where: string, { items, incomplete }: Pages<T>): RegistryList<T> {
  return { items, ...(incomplete !== undefined && { incomplete: reasonOfError(where, incomplete) }) };
}
