import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";

/** A file of a release, under the name that GitHub gave it. */
export interface GitHubAsset {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** A release, its assets in the order of their upload. */
export interface GitHubRelease {
  readonly id: number;
  readonly tag: string;
  /** Branch or commit that the tag is made from where there is none. */
  readonly target: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** Whether its assets can no longer change. */
  readonly immutable: boolean;
  readonly assets: readonly GitHubAsset[];
}

/** Where a repository is served. */
export interface RepositoryAddress {
  /** Base URL of the API, which serves uploads and downloads too. */
  readonly base: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** A release as the API answers it. */
export function toReleaseJson(release: GitHubRelease, address: RepositoryAddress): JsonObject {
  const { id, tag, target, assets, ...told } = release;
  const url = `${address.base}/repos/${address.repository}/releases/${id}`;
  return {
    ...told,
    id,
    url,
    tag_name: tag,
    target_commitish: target,
    html_url: `https://github.com/${address.repository}/releases/tag/${encodeURIComponent(tag)}`,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    assets: assets.map((asset) => toAssetJson(asset, release, address)),
  };
}

/** An asset as the API answers it. */
export function toAssetJson(asset: GitHubAsset, release: GitHubRelease, address: RepositoryAddress): JsonObject {
  const { id, name, label, contentType, content } = asset;
  const path = `releases/download/${encodeURIComponent(release.tag)}/${encodeURIComponent(name)}`;
  return {
    id,
    name,
    label,
    url: `${address.base}/repos/${address.repository}/releases/assets/${id}`,
    state: "uploaded",
    content_type: contentType,
    size: content.byteLength,
    digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
    browser_download_url: `${address.base}/${address.repository}/${path}`,
  };
}

/**
 * The name that GitHub stores for an uploaded file: accents go, each run of characters other than letters, digits and
 * `-_@+` becomes one dot, no dot stays at the end, and one in front gets a word before it.
 */
export function toAssetName(name: string): string {
  const plain = name.normalize("NFD").replaceAll(/\p{Mark}/gu, "");
  const stored = plain.replaceAll(/[^A-Za-z0-9_@+-]+/gu, ".").replace(/\.$/u, "");
  return stored.startsWith(".") ? `default${stored}` : stored;
}
