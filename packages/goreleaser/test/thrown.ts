import { GoreleaserError } from "../src/index.ts";

/** The code of the GoreleaserError that a call throws; anything else that it throws is thrown on. */
export function codeOf(call: () => unknown): string {
  return errorOf(call).code;
}

/** The GoreleaserError that a call throws; fails where it throws none, or anything else. */
export function errorOf(call: () => unknown): GoreleaserError {
  try {
    call();
  } catch (error) {
    if (error instanceof GoreleaserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
