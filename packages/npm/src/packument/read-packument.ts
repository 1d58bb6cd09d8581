import type { Http } from "@colophon/http";
import type { Registry } from "../config/registry.ts";
import { packagePath } from "../package-path.ts";
import { reasonOfError, reasonOfFailure, reasonOfStatus, type NpmReason } from "../reason.ts";
import type { Packument } from "./packument.ts";
import { projectPackument } from "./project.ts";

const MAX_BYTES = 256 * 1024 * 1024;

export type PackumentAnswer =
  | { readonly ok: true; readonly packument: Packument }
  | { readonly ok: false; readonly reason: NpmReason };

/** Reads a package's full metadata from its registry, at most 256 MB. `headers`: further ones of the request. */
export async function readPackument(
  http: Http,
  registry: Registry,
  packageName: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<PackumentAnswer> {
  const what = `${packageName} on ${registry.url}`;
  const path = packagePath(packageName);
  if (path === undefined) {
    const message = `${JSON.stringify(packageName.slice(0, 220))} is not the name of an npm package`;
    return { ok: false, reason: { code: "not-found", message, hint: "Names look like name or @scope/name." } };
  }
  let begun = false;
  const ask = (): ReturnType<typeof http.fetchStream<Packument | null>> =>
    http.fetchStream(
      {
        url: `${registry.url}${path}`,
        accept: "application/json",
        headers,
        maxBytes: MAX_BYTES,
        ...(registry.credentials !== undefined && { credentials: registry.credentials }),
      },
      async (body, { code }) => {
        begun = true;
        return code === 200 ? projectPackument(packageName, body) : null;
      },
    );
  try {
    let answer = await ask();
    // The client does not ask again for a stream that broke off: only the reader knows that it can start anew.
    if (begun && answer.outcome === "failed" && answer.reason.code === "unreachable") answer = await ask();
    if (answer.outcome === "failed") return { ok: false, reason: reasonOfFailure(what, answer.reason) };
    if (answer.value !== null) return { ok: true, packument: answer.value };
    const authorized = registry.credentials !== undefined;
    return { ok: false, reason: reasonOfStatus(answer.code, { what, registry: registry.url, authorized }) };
  } catch (error) {
    return { ok: false, reason: reasonOfError(what, error) };
  }
}
