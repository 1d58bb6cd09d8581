import type { Http } from "@colophon/http";
import { OciError } from "../error.ts";
import { accessDenied, errorOfFailure, errorOfStatus } from "../registry/failure.ts";
import { readIndex, type ChartIndex } from "./index-file.ts";
import { indexUrl, type ChartRepository } from "./repository.ts";

const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a repository's index of at most 64 MB. Throws OciError. */
export async function fetchIndex(http: Http, repository: ChartRepository): Promise<ChartIndex> {
  const answer = await http.fetchBytes({ url: indexUrl(repository), maxBytes: MOST_BYTES });
  if (answer.outcome === "failed") throw errorOfFailure(answer.reason);
  const { code, bytes } = answer;
  if (code === 200) return readIndex(bytes);
  const hint = "Check the repository's URL: index.yaml is looked for below it. Those that need a login are not read.";
  if (code === 401 || code === 403) throw accessDenied(String(code), hint);
  if (code === 404 || code === 410) {
    throw new OciError("REPOSITORY_UNKNOWN", `its index.yaml is private, or does not exist (${code})`, { hint });
  }
  throw errorOfStatus({ code, bytes }, "index.yaml", true);
}
