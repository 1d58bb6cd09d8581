import type { Http } from "@colophon/http";
import { answered, type Answered } from "../reason.ts";
import { fetchIndex } from "./fetch-index.ts";
import type { ChartIndex } from "./index-file.ts";
import { showRepository, type ChartRepository } from "./repository.ts";

/** A repository that was read. `chart`: the only one that is meant. */
export interface FoundRepository {
  readonly repository: ChartRepository;
  readonly index: ChartIndex;
  readonly chart?: string;
}

/** What a user named, without its query. */
interface Named {
  readonly name: string;
  readonly query: string;
  /** A version belongs to a chart, so that its last segment must be one. */
  readonly isChart: boolean;
}

/** Answers that say that there is no index in that place, rather than that nothing can be had now. */
const NOT_THERE: ReadonlySet<string> = new Set(["repository-unknown", "access-denied", "answer-unreadable"]);

/** Reads indexes, each once. */
export function createFinder(http: Http): (named: Named) => Promise<Answered<FoundRepository>> {
  const read = new Map<string, Promise<Answered<ChartIndex>>>();
  const open = (repository: ChartRepository): Promise<Answered<ChartIndex>> => {
    const key = repository.url + repository.query;
    const known = read.get(key) ?? answered(showRepository(repository), () => fetchIndex(http, repository));
    read.set(key, known);
    return known;
  };
  return async ({ name, query, isChart }) => {
    const whole = { url: name.replace(/\/*$/, "/"), query };
    const parent = { url: name.replace(/[^/]*$/, ""), query };
    const chart = decode(name.slice(parent.url.length));
    const hasParent = chart !== "" && URL.parse(parent.url)?.host !== "" && new URL(name).pathname !== "/";
    const first = isChart ? undefined : await open(whole);
    if (first?.ok) return { ok: true, value: { repository: whole, index: first.value } };
    if (first !== undefined && (!hasParent || !NOT_THERE.has(first.reason.code))) return first;
    // Without a version nothing but its index tells whether a URL is that of a repository or of one of its charts.
    const second = await open(parent);
    if (second.ok) return { ok: true, value: { repository: parent, index: second.value, chart } };
    return first !== undefined && NOT_THERE.has(second.reason.code) ? first : second;
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
