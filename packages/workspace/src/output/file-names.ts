import { createHash } from "node:crypto";
import { WorkspaceError } from "../error.ts";
import { isSafeName, quote } from "../name.ts";

/** Most bytes that file systems take for a name. */
const MAX_NAME_BYTES = 255;
/** Room for the ending is left. */
const MAX_OBJECT_BYTES = 240;
/** `%~` and a sha256 in hexadecimal. */
const DIGEST_CHARACTERS = 66;

/** Where an attestation is written. */
export interface AttestationFiles {
  /** The Sigstore bundle. */
  readonly bundle: string;
  /** The DSSE envelope, one line of JSON. */
  readonly envelope: string;
}

/**
 * Names of the files for a statement about these subjects: `<object>.sigstore.json` and `<object>.intoto.jsonl` for one,
 * `provenance.sigstore.json` and `provenance.intoto.jsonl` for several. Two objects of different names never share a
 * name: what a file name cannot hold (slashes, colons, invisible marks and the like) is percent-encoded, as is `%`.
 */
export function attestationFiles(subjects: readonly string[]): AttestationFiles {
  const [only, ...others] = subjects;
  const stem = only === undefined || others.length > 0 ? "provenance" : stemOf(only);
  return { bundle: `${stem}.sigstore.json`, envelope: `${stem}.intoto.jsonl` };
}

/** Characters that some file system refuses or takes for something else. */
const UNFIT = /[<>:"/\\|?*%\s]|(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu;

/** Names of devices on Windows, whatever follows their dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

function stemOf(name: string): string {
  // What is spelt in another form of Unicode would be the same name to some file systems.
  const unfit = name.normalize("NFC") === name ? UNFIT : new RegExp(`${UNFIT.source}|[^\\u0000-\\u007f]`, "gu");
  const encoded = name.replace(unfit, (character) => (character === " " ? character : percentEncode(character)));
  const taken = name === "provenance" || DEVICE.test(name) || /^[.\- ]/.test(name);
  const stem = taken ? percentEncode(encoded.slice(0, 1)) + encoded.slice(1) : encoded || "%";
  const bytes = Buffer.from(stem);
  if (bytes.length <= MAX_OBJECT_BYTES) return stem;
  // Nothing is encoded to `%~`, so that a name which is cut is like no other.
  const start = bytes.subarray(0, MAX_OBJECT_BYTES - DIGEST_CHARACTERS).toString();
  return `${start.replace(/\ufffd$|%.?$/u, "")}%~${createHash("sha256").update(name, "utf16le").digest("hex")}`;
}

/** UTF-8 as in a URL; half of a surrogate pair, which UTF-8 has no bytes for, by its number. */
function percentEncode(character: string): string {
  if (/^\p{Cs}$/u.test(character)) return `%u${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** Refuses what is no plain name of a file, or one that is not shown. Throws OUTPUT_NAME. */
export function assertOutputName(name: string): void {
  const fit = isSafeName(name) && !/[<>:"/\\|?*]|^[.]|[. ]$|^$/.test(name) && !DEVICE.test(name);
  if (fit && Buffer.byteLength(name) <= MAX_NAME_BYTES) return;
  throw new WorkspaceError("OUTPUT_NAME", `${quote(name)} cannot be the name of a file in the output folder`, {
    hint: "Names have no slashes, do not start with a dot, and are at most 255 bytes long.",
  });
}
