import { createRequire } from "node:module";
import type { Peer } from "../peers.ts";

/** Throws where npm has not installed that version of the dependency. */
export function checkNpmPeer({ alias, version }: Extract<Peer, { kind: "npm" }>): void {
  const require = createRequire(import.meta.url);
  let found: string;
  try {
    ({ version: found } = require(`${alias}/package.json`) as { version: string });
  } catch {
    throw new Error("npm has not installed it: run npm ci");
  }
  if (found !== version) throw new Error(`npm installed ${found}: run npm ci, or mend package.json`);
}
