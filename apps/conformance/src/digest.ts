import { createHash } from "node:crypto";
import type { DigestSet } from "@colophon/core";

export function digestOf(bytes: Uint8Array): DigestSet {
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex");
  return { sha256: hash("sha256"), sha384: hash("sha384"), sha512: hash("sha512") };
}
