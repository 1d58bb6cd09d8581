import type { Artifact, Metadata } from "../src/index.ts";

/** Folders of `fixtures`, each with what one real GoReleaser wrote. */
export const RELEASES = ["1.26.2", "2.8.2", "2.16.0", "2.16.0-snapshot", "2.16.0-targets"] as const;

const SHA256 = "sha256:b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";

/** What a project that is not Go's writes: an npm package, an image and a bundle of attestations. */
export const ARTIFACTS: readonly Artifact[] = [
  {
    name: "acme-core-1.2.0.tgz",
    path: "dist/acme-core-1.2.0.tgz",
    type: "NPM Package",
    extra: { ID: "@acme/core", Format: "tgz", Ext: ".tgz", Checksum: SHA256, Integrity: "sha512-…", Size: 1234 },
  },
  {
    name: "registry.example/acme/app:1.2.0",
    path: "registry.example/acme/app:1.2.0",
    type: "Docker Image",
    extra: { ID: "app", Digest: SHA256, Platforms: ["linux/amd64"] },
  },
  {
    name: "core.intoto.jsonl",
    path: "dist/core.intoto.jsonl",
    type: "Signature",
    internal_type: 13,
    extra: { ID: "provenance" },
  },
];

export const METADATA: Metadata = {
  project_name: "core",
  tag: "v1.2.0",
  previous_tag: "",
  version: "1.2.0",
  commit: "32a426070dd1c56153c0f28569db84ba20891024",
  date: "2026-11-24T23:33:11.832744686Z",
  runtime: { goos: "linux", goarch: "amd64" },
};
