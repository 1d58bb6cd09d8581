import { BuildError } from "../error.ts";
import { readStart } from "../read-file.ts";

/** More than a token can have, so that a file of another kind is refused rather than read on and on. */
const MAX_BYTES = 131_072;

/** The parts of a JWT (RFC 7515 §3.1), which somebody may give in place of the path. */
const JWT = /[\w-]{16,}\.[\w-]{16,}\.[\w-]*$/;

/** The text of a file with a token, a pipe included. Throws `token-file`. */
export async function readTokenFile(path: string): Promise<string> {
  try {
    return await readStart(path, MAX_BYTES);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
    const hint = "Give the path of a file that holds the JWT alone.";
    if (JWT.test(path))
      throw new BuildError("token-file", "a token is given where the path of its file belongs", { hint });
    throw new BuildError("token-file", `the identity token file ${path} cannot be read (${code})`, {
      hint,
      cause,
    });
  }
}
