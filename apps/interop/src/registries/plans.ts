import { join } from "node:path";
import { commandOf, type CommandName } from "../peers.ts";

/** Where a registry does as others do not; OCI's specification leaves it open, or the registry is sloppy. */
export interface Ways {
  /** The referrers API, or what it is refused with. */
  readonly referrers: "served" | 404 | 405;
  /** How the list of tags tells of its next page; `ignored`: `n` is, and all tags come at once. */
  readonly tags: "quoted" | "unquoted" | "no link" | "ignored";
  /** The tags of a repository that is not there. */
  readonly unknownTags: 200 | 404;
  /** The deletion of a tag. */
  readonly deleteTag: 202 | 400;
  /** The tags of a repository whose last one was deleted. */
  readonly noTags: readonly string[] | null;
  /** Takes any manifest, whatever it names, and keeps the tags of one that is deleted by its digest. */
  readonly sloppy?: true;
}

/** How a real registry is run. */
export interface RegistryPlan {
  readonly peer: CommandName;
  /** `config` is a file for `distribution` and its older version, which they may write beside. */
  readonly args: (port: number, config: string) => readonly string[];
  readonly ways: Ways;
}

const olareg = (...more: readonly string[]): RegistryPlan["args"] => {
  return (port) => ["serve", "--addr=127.0.0.1", `--port=${port}`, "--store-type=mem", "--api-delete", ...more];
};

const SPECIFIED: Ways = { referrers: "served", tags: "quoted", unknownTags: 404, deleteTag: 202, noTags: [] };

/** The real registries, each in the ways in which it was seen to answer. */
export const REGISTRIES = {
  olareg: { peer: "olareg", args: olareg(), ways: { ...SPECIFIED, tags: "unquoted", unknownTags: 200 } },
  "olareg without referrers": {
    peer: "olareg",
    args: olareg("--api-referrer=false"),
    ways: { ...SPECIFIED, referrers: 405, tags: "unquoted", unknownTags: 200 },
  },
  "crane registry": {
    peer: "crane",
    args: (port) => ["registry", "serve", `--address=127.0.0.1:${port}`],
    ways: { ...SPECIFIED, referrers: 404, tags: "no link", sloppy: true },
  },
  "docker-registry": {
    peer: "docker-registry",
    args: (_port, config) => ["serve", config],
    ways: { ...SPECIFIED, referrers: 404, tags: "ignored", deleteTag: 400, noTags: null },
  },
  distribution: {
    peer: "distribution",
    args: (_port, config) => ["serve", config],
    ways: { ...SPECIFIED, referrers: 404 },
  },
} as const satisfies Readonly<Record<string, RegistryPlan>>;

/** The configuration of distribution, in memory and on loopback, with deletion. */
export function distributionConfig(port: number): string {
  return JSON.stringify({
    version: "0.1",
    log: { level: "error" },
    storage: { inmemory: {}, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
  });
}

/** The whole command of a plan. */
export function commandLine({ peer, args }: RegistryPlan, port: number, folder: string): string[] {
  return [commandOf(peer), ...args(port, join(folder, "config.yml"))];
}
