import { OciError } from "../error.ts";

/** The value as it stands in messages: escaped, and short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 159)}…` : text);
}

/** `where` names the file. */
export function invalid(where: string, why: string, hint?: string, cause?: unknown): OciError {
  return new OciError("BUILDER_OUTPUT_INVALID", `${where}: ${why}`, { hint, cause });
}

/** `message` names the file by itself. */
export function nothingPushed(message: string, hint?: string): OciError {
  return new OciError("NOTHING_PUSHED", message, { hint });
}
