import { CoreError } from "../src/error.ts";

/** The CoreError that a call throws; fails where it throws none, or anything else. */
export function thrownBy(call: () => unknown): CoreError {
  try {
    call();
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
