import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createHttp, type HttpOptions } from "@colophon/http";
import { onTestFinished } from "vitest";
import { digestOf } from "../../src/digest.ts";
import type { Repository } from "../../src/reference.ts";
import { createRegistry, type Registry, type RegistryOptions } from "../../src/registry/registry.ts";
import { IMAGE_CONFIG, IMAGE_INDEX, IMAGE_MANIFEST, type WrittenDescriptor } from "../layout-folder.ts";

export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<string>;
}

export interface Loopback {
  readonly host: string;
  readonly origin: string;
  readonly seen: Sent[];
  /** `METHOD path` of what was asked. */
  readonly asked: () => readonly string[];
}

/** Serves on a free port until the test ends. */
export async function serve(handle: (sent: Sent) => Reply): Promise<Loopback> {
  const seen: Sent[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const sent = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      seen.push(sent);
      const { status = 200, headers = {}, body: content = "" } = handle(sent);
      response.writeHead(status, headers);
      if (typeof content === "string" || content instanceof Uint8Array) return response.end(content);
      return pipeline(Readable.from(content), response, () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, origin: `http://${host}`, seen, asked: () => seen.map(({ method, path }) => `${method} ${path}`) };
}

/** A client that trusts these servers and never really sleeps. */
export function clientOf(
  servers: readonly Loopback[],
  options: Partial<RegistryOptions> = {},
  httpOptions: Partial<HttpOptions> = {},
): Registry {
  const trustedHosts = servers.map(({ host }) => host);
  const http = createHttp({ userAgent: "colophon-test", trustedHosts, sleep: async () => {}, ...httpOptions });
  onTestFinished(() => http.close());
  return createRegistry({ http, ...options });
}

/** A registry in memory. */
export interface FakeRegistry extends Loopback {
  readonly widget: Repository;
  /** Names a repository of it. */
  repository(name: string): Repository;
  /** Whether it has the referrers API; it may get or lose it. */
  hasReferrers: boolean;
  /** Answers before the registry does, where it answers. */
  before: (sent: Sent) => Reply | undefined;
  add(content: unknown, mediaType: string, annotations?: Record<string, string>): WrittenDescriptor;
  addManifest(layers: readonly WrittenDescriptor[], more?: Record<string, unknown>, tag?: string): WrittenDescriptor;
  addImage(text: string, tag?: string): WrittenDescriptor;
  addIndex(manifests: readonly unknown[], tag?: string): WrittenDescriptor;
  tag(name: string, descriptor: WrittenDescriptor): void;
  /** Content of the other repositories, which are empty at first. */
  readonly tags: Map<string, string>;
}

export async function startFake(): Promise<FakeRegistry> {
  const contents = new Map<string, { readonly mediaType: string; readonly bytes: Buffer }>();
  const tags = new Map<string, string>();
  const server = await serve((sent) => fake.before(sent) ?? answer(sent));
  const json = (value: unknown, mediaType = "application/json", status = 200): Reply => ({
    status,
    headers: { "content-type": mediaType },
    body: JSON.stringify(value),
  });
  const unknown = (code: string): Reply => json({ errors: [{ code }] }, undefined, 404);
  function write({ path, headers, body }: Sent): Reply {
    const [, repository = "", name = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? [];
    const digest = digestOf(body);
    contents.set(digest, { mediaType: headers["content-type"] ?? "", bytes: body });
    if (name !== "" && !name.includes(":")) tags.set(`${repository}:${name}`, digest);
    const query = new URLSearchParams(path.split("?")[1]);
    const told = name.includes(":") ? name : query.get("digest");
    const isRight = name === "" ? told === digest && query.get("state") === "a=b" : told === digest || told === null;
    return { status: isRight ? 201 : 400 };
  }
  function answer(sent: Sent): Reply {
    const { method, path } = sent;
    if (method === "POST") return { status: 202, headers: { location: `${path}1?state=a%3Db` } };
    if (method === "PUT") return write(sent);
    const [, repository = "", kind, name = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/([^?]+)/.exec(path) ?? [];
    if (kind === "tags") {
      const own = [...tags.keys()].filter((key) => key.startsWith(`${repository}:`));
      return json({ name: repository, tags: own.map((key) => key.slice(repository.length + 1)).toSorted() });
    }
    if (kind === "referrers")
      return fake.hasReferrers ? json(referrersOf(name), IMAGE_INDEX) : { status: 404, body: "no page" };
    const digest = kind === "manifests" && !name.includes(":") ? (tags.get(`${repository}:${name}`) ?? "") : name;
    const found = contents.get(digest);
    if (found === undefined) return unknown(kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN");
    const headers = { "content-type": found.mediaType, "docker-content-digest": digest };
    return { headers, ...(method !== "HEAD" && { body: found.bytes }) };
  }
  function referrersOf(subject: string): unknown {
    const manifests = [...contents].flatMap(([digest, { mediaType, bytes }]) => {
      const isAbout = mediaType === IMAGE_MANIFEST && bytes.includes(`"subject":{`) && bytes.includes(subject);
      return isAbout ? [{ mediaType, digest, size: bytes.byteLength }] : [];
    });
    return { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests };
  }
  const fake: FakeRegistry = {
    ...server,
    widget: { registry: server.host, repository: "acme/widget" },
    repository: (repository) => ({ registry: server.host, repository }),
    hasReferrers: true,
    before: () => undefined,
    tags,
    add(content, mediaType, annotations) {
      const bytes = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
      const digest = digestOf(bytes);
      contents.set(digest, { mediaType, bytes });
      return { mediaType, digest, size: bytes.byteLength, ...(annotations && { annotations }) };
    },
    addManifest(layers, more = {}, tag) {
      const config = fake.add({}, IMAGE_CONFIG);
      const written = fake.add(
        { schemaVersion: 2, mediaType: IMAGE_MANIFEST, config, layers, ...more },
        IMAGE_MANIFEST,
      );
      if (tag !== undefined) fake.tag(tag, written);
      return written;
    },
    addImage: (text, tag) => fake.addManifest([fake.add(text, "application/vnd.oci.image.layer.v1.tar")], {}, tag),
    addIndex(manifests, tag) {
      const written = fake.add({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }, IMAGE_INDEX);
      if (tag !== undefined) fake.tag(tag, written);
      return written;
    },
    tag: (name, { digest }) => void tags.set(name.includes(":") ? name : `acme/widget:${name}`, digest),
  };
  return fake;
}
