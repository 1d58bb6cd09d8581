import { createHash } from "node:crypto";
import { OciError } from "./error.ts";

/** The registered algorithms of the OCI image specification ("Digests"), and their number of hexadecimal digits. */
export const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

/** A digest that was checked: both parts are safe as the name of a file. */
export interface OciDigest {
  readonly algorithm: keyof typeof HEX_LENGTH;
  /** Lower case, as the specification demands. */
  readonly hex: string;
}

/** Reads `sha256:<hex>` or `sha512:<hex>`; `where` names the place in the message. Throws DESCRIPTOR_INVALID. */
export function parseDigest(text: unknown, where: string): OciDigest {
  const [, algorithm, hex] = /^(sha256|sha512):([0-9a-f]+)$/.exec(typeof text === "string" ? text : "") ?? [];
  if ((algorithm === "sha256" || algorithm === "sha512") && hex?.length === HEX_LENGTH[algorithm]) {
    return { algorithm, hex };
  }
  const found = JSON.stringify(text)?.slice(0, 160) ?? "nothing";
  throw new OciError("DESCRIPTOR_INVALID", `${where}: ${found} is not a digest`, {
    hint: "A digest is sha256: or sha512: with all of its lower-case hexadecimal digits.",
  });
}

/** `<algorithm>:<hex>` of the bytes. */
export function digestOf(bytes: Uint8Array, algorithm: OciDigest["algorithm"] = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
