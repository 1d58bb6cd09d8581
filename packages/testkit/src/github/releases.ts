import { memberString, type JsonObject } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { fail, taken, toJson } from "./answers.ts";
import {
  toAssetJson,
  toAssetName,
  toReleaseJson,
  type GitHubAsset,
  type GitHubRelease,
  type RepositoryAddress,
} from "./release.ts";

/** The releases of a repository, and what can be done to them. */
export interface Releases {
  /** The oldest first. */
  readonly all: readonly GitHubRelease[];
  findAsset(id: number): { readonly release: GitHubRelease; readonly asset: GitHubAsset } | undefined;
  create(sent: JsonObject): Reply;
  update(release: GitHubRelease, sent: JsonObject): Reply;
  remove(release: GitHubRelease): Reply;
  upload(release: GitHubRelease, file: UploadedFile): Reply;
  removeAsset(id: number): Reply;
}

/** A file as it is uploaded. */
export interface UploadedFile {
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** Makes a repository without releases. */
export function createReleases(address: () => RepositoryAddress, immutableReleases: boolean): Releases {
  const all: GitHubRelease[] = [];
  let lastId = 0;
  const newId = (): number => (lastId += 1);
  const keep = (release: GitHubRelease): void => {
    const index = all.findIndex(({ id }) => id === release.id);
    all.splice(index === -1 ? all.length : index, 1, release);
  };
  const findAsset: Releases["findAsset"] = (id) => {
    const found = all.flatMap((release) => release.assets.map((asset) => ({ release, asset })));
    return found.find(({ asset }) => asset.id === id);
  };
  const store = (status: number, release: GitHubRelease): Reply => {
    const isTaken = ({ id, tag, draft }: GitHubRelease): boolean => id !== release.id && tag === release.tag && !draft;
    if (!release.draft && all.some(isTaken)) return taken("Release", "tag_name");
    const kept = { ...release, immutable: immutableReleases && !release.draft };
    keep(kept);
    return toJson(status, toReleaseJson(kept, address()));
  };

  return {
    all,
    findAsset,
    create(sent) {
      if (memberString(sent, "tag_name") === "") {
        return fail(422, "Validation Failed", [{ resource: "Release", code: "missing_field", field: "tag_name" }]);
      }
      const blank = { id: newId(), tag: "", target: "main", name: null, body: null, immutable: false, assets: [] };
      return store(201, change({ ...blank, draft: false, prerelease: false }, sent));
    },
    update(release, sent) {
      const changed = change(release, sent);
      if (release.immutable && (changed.tag !== release.tag || changed.draft)) {
        return fail(422, "Cannot change the tag of an immutable release.");
      }
      return store(200, changed);
    },
    remove(release) {
      all.splice(all.indexOf(release), 1);
      return { status: 204 };
    },
    upload(release, { name, ...file }) {
      if (release.immutable) return fail(422, "Cannot upload assets to an immutable release.");
      const asset = { ...file, id: newId(), name: toAssetName(name) };
      if (release.assets.some((other) => other.name === asset.name)) return taken("ReleaseAsset", "name");
      keep({ ...release, assets: [...release.assets, asset] });
      return toJson(201, toAssetJson(asset, release, address()));
    },
    removeAsset(id) {
      const found = findAsset(id);
      if (found === undefined) return fail(404, "Not Found");
      if (found.release.immutable) return fail(422, "Cannot delete assets from an immutable release.");
      keep({ ...found.release, assets: found.release.assets.filter((asset) => asset.id !== id) });
      return { status: 204 };
    },
  };
}

/** What a request leaves out stays as it is. */
function change(release: GitHubRelease, sent: JsonObject): GitHubRelease {
  const text = <T>(name: string, otherwise: T): string | T => (typeof sent[name] === "string" ? sent[name] : otherwise);
  const truth = (name: string, otherwise: boolean): boolean =>
    typeof sent[name] === "boolean" ? sent[name] : otherwise;
  return {
    ...release,
    tag: text("tag_name", release.tag),
    target: text("target_commitish", release.target),
    name: text("name", release.name),
    body: text("body", release.body),
    draft: truth("draft", release.draft),
    prerelease: truth("prerelease", release.prerelease),
  };
}
