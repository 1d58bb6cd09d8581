import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { NpmPublish } from "./libnpmpublish.ts";

// Publishes with the library of an npm, which reads the job's variables when it is loaded. Exit 0: the registry took it.

/** The part used of `libnpmpublish`, alike in every version. */
interface Library {
  readonly publish: (manifest: object, tarball: Buffer, options: object) => Promise<unknown>;
}

const { alias, manifest, tarball, registry, sigstore } = JSON.parse(process.argv[2] ?? "") as NpmPublish;
const { publish } = createRequire(import.meta.url)(alias) as Library;
await publish(manifest, readFileSync(tarball), {
  provenance: true,
  access: "public",
  registry,
  fulcioURL: sigstore,
  rekorURL: sigstore,
  tsaServerURL: sigstore,
});
