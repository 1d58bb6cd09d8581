import { onTestFinished } from "vitest";
import { startOciRegistry, type EmbeddedOciRegistry, type OciRegistryOptions } from "../../src/index.ts";
import { toDigest } from "../../src/oci/content.ts";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";
export const EMPTY = "application/vnd.oci.empty.v1+json";

/** A registry that is gone when the test is over. */
export async function start(options?: OciRegistryOptions): Promise<EmbeddedOciRegistry> {
  const registry = await startOciRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

export const digestOf = (content: string | Uint8Array): string => toDigest(Buffer.from(content));

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The JSON of the body; tests look into it freely. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what stands in an answer is for the assertions to say
  readonly json: any;
}

/** Asks `<method> <path>` below `/v2/` of a registry. */
export async function ask({ url }: { readonly url: string }, asked: string, init: RequestInit = {}): Promise<Answer> {
  const [method = "", path = ""] = asked.split(" ");
  const response = await fetch(new URL(path, `${url}/v2/`), { ...init, method });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** Uploads a blob in one request. */
export async function pushBlob(
  registry: { readonly url: string },
  repository: string,
  content: string | Uint8Array,
): Promise<Answer> {
  const body = Buffer.from(content);
  return await ask(registry, `POST ${repository}/blobs/uploads/?digest=${digestOf(body)}`, { body });
}

/** Puts a manifest, whatever it holds. */
export async function pushManifest(
  registry: { readonly url: string },
  path: string,
  manifest: object | string,
  type = MANIFEST,
): Promise<Answer> {
  const body = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
  return await ask(registry, `PUT ${path}`, { body, headers: { "content-type": type } });
}
