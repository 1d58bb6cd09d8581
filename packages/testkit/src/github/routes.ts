import { memberObject, type JsonObject, type JsonValue } from "../json.ts";
import type { Reply, Request } from "../loopback-server.ts";
import { toStableId } from "../sigstore/identity.ts";
import { toJson, toPage } from "./answers.ts";
import { answerGraphql } from "./graphql.ts";
import { toAssetJson, toReleaseJson, type GitHubRelease, type RepositoryAddress } from "./release.ts";
import type { Releases } from "./releases.ts";

/** A request on its way. */
export interface Asked extends Request {
  readonly url: URL;
  /** What stands in the braces of the route, decoded. */
  readonly parts: Readonly<Record<string, string>>;
  /** May see drafts. */
  readonly isMember: boolean;
}

/** Answers by method and path; `:repo` is `/repos/` with the repository, no answer is 404. */
export type Routes = Readonly<Record<string, (asked: Asked) => Reply | undefined>>;

/** What is read. */
export function readingRoutes(releases: Releases, address: () => RepositoryAddress): Routes {
  const visible = ({ isMember }: Asked): readonly GitHubRelease[] =>
    releases.all.filter(({ draft }) => isMember || !draft);
  const byId = (asked: Asked): GitHubRelease | undefined =>
    visible(asked).find(({ id }) => String(id) === asked.parts["id"]);
  const byTag = (tag: string | undefined): GitHubRelease | undefined =>
    releases.all.find((release) => release.tag === tag && !release.draft);
  const tell = (release: GitHubRelease | undefined): Reply | undefined =>
    release && toJson(200, toReleaseJson(release, address()));
  const download = (content: Uint8Array | undefined): Reply | undefined =>
    content && { status: 200, headers: { "content-type": "application/octet-stream" }, body: content };

  return {
    "GET :repo": () => toJson(200, describeRepository(address().repository)),
    "GET :repo/releases": (asked) => {
      const newestFirst = visible(asked).toReversed();
      return toPage(
        newestFirst.map((release) => toReleaseJson(release, address())),
        asked.url,
      );
    },
    "GET :repo/releases/latest": () => tell(releases.all.findLast((release) => !release.draft && !release.prerelease)),
    "GET :repo/releases/tags/{tag}": ({ parts }) => tell(byTag(parts["tag"])),
    "GET :repo/releases/{id}": (asked) => tell(byId(asked)),
    "GET :repo/releases/{id}/assets": (asked) => {
      const release = byId(asked);
      return (
        release &&
        toPage(
          release.assets.map((asset) => toAssetJson(asset, release, address())),
          asked.url,
        )
      );
    },
    "GET :repo/releases/assets/{id}": (asked) => {
      const found = releases.findAsset(Number(asked.parts["id"]));
      if (found === undefined || !visible(asked).includes(found.release)) return undefined;
      if (asked.headers.accept !== "application/octet-stream") {
        return toJson(200, toAssetJson(found.asset, found.release, address()));
      }
      // The bytes lie elsewhere, where the token has no business.
      return { status: 302, headers: { location: `${address().base}/release-assets/${found.asset.id}` } };
    },
    "GET /release-assets/{id}": ({ parts }) => download(releases.findAsset(Number(parts["id"]))?.asset.content),
    "GET /{owner}/{name}/releases/download/{tag}/{file}": ({ parts }) =>
      download(byTag(parts["tag"])?.assets.find(({ name }) => name === parts["file"])?.content),
    "GET /search/issues": () => toJson(200, { total_count: 0, incomplete_results: false, items: [] }),
  };
}

/** What is written. */
export function writingRoutes(releases: Releases): Routes {
  const byId = ({ parts }: Asked): GitHubRelease | undefined =>
    releases.all.find(({ id }) => String(id) === parts["id"]);
  const whereFound = (asked: Asked, answer: (release: GitHubRelease) => Reply): Reply | undefined => {
    const release = byId(asked);
    return release && answer(release);
  };
  return {
    "POST :repo/releases": ({ body }) => releases.create(parse(body)),
    "PATCH :repo/releases/{id}": (asked) => whereFound(asked, (release) => releases.update(release, parse(asked.body))),
    "DELETE :repo/releases/{id}": (asked) => whereFound(asked, (release) => releases.remove(release)),
    "POST :repo/releases/{id}/assets": (asked) =>
      whereFound(asked, (release) =>
        releases.upload(release, {
          name: asked.url.searchParams.get("name") ?? "",
          label: asked.url.searchParams.get("label"),
          contentType: asked.headers["content-type"] ?? "",
          content: asked.bytes,
        }),
      ),
    "DELETE :repo/releases/assets/{id}": ({ parts }) => releases.removeAsset(Number(parts["id"])),
    "POST :repo/issues": () => toJson(201, { number: 1, html_url: "https://github.com/issues/1" }),
    "POST /graphql": ({ body }) => answerGraphql(body),
  };
}

function describeRepository(repository: string): JsonObject {
  const [owner = "", name = ""] = repository.split("/");
  return {
    id: Number(toStableId(`repository ${repository}`)),
    name,
    full_name: repository,
    owner: { login: owner, id: Number(toStableId(`owner ${owner}`)) },
    private: false,
    visibility: "public",
    html_url: `https://github.com/${repository}`,
    clone_url: `https://github.com/${repository}.git`,
    default_branch: "main",
    permissions: { admin: false, push: true, pull: true },
  };
}

function parse(text: string): JsonObject {
  return memberObject(JSON.parse(text) as JsonValue);
}
