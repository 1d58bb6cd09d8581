import { createHash } from "node:crypto";
import type { OciContent } from "@colophon/testkit";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

export const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Init = Pick<RequestInit, "body"> & { readonly headers?: Readonly<Record<string, string>> };

/** Asks `<method> <path>` of a registry, the path below `/v2/` or a whole address; any kind of manifest will do. */
export async function ask(registry: string, asked: string, init: Init = {}): Promise<Answer> {
  const [method = "", path = ""] = asked.split(" ");
  const headers = { accept: `${INDEX}, ${MANIFEST}`, ...init.headers };
  const response = await fetch(new URL(path, `${registry}/v2/`), { ...init, headers, method });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Uploads in two requests, as clients do. */
export async function pushBlob(registry: string, repository: string, blob: Uint8Array): Promise<Answer> {
  const started = await ask(registry, `POST ${repository}/blobs/uploads/`);
  const place = new URL(started.headers.get("location") ?? "", registry);
  place.searchParams.set("digest", digestOf(blob));
  const headers = { "content-type": "application/octet-stream" };
  return await ask(registry, `PUT ${place.href}`, { body: Buffer.from(blob), headers });
}

export async function pushManifest(
  registry: string,
  path: string,
  content: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return await ask(registry, `PUT ${path}`, {
    body: Buffer.from(content),
    headers: { "content-type": MANIFEST, ...headers },
  });
}

/** Pushes everything, every manifest by its first tag or else its digest, and gives the answers to the manifests. */
export async function push(registry: string, repository: string, content: OciContent): Promise<Answer[]> {
  for (const blob of content.blobs) {
    const { status, text } = await pushBlob(registry, repository, blob);
    if (status !== 201) throw new Error(`a blob was answered ${status}: ${text}`);
  }
  const answers: Answer[] = [];
  for (const { bytes, mediaType, tags } of content.manifests) {
    for (const reference of tags.length === 0 ? [digestOf(bytes)] : tags) {
      const path = `${repository}/manifests/${reference}`;
      answers.push(await pushManifest(registry, path, bytes, { "content-type": mediaType }));
    }
  }
  return answers;
}
