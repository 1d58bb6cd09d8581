import { OciError } from "../error.ts";
import type { Repository } from "../reference.ts";
import { originOf, type Connection } from "./connection.ts";
import { exchange, type RegistryAnswer } from "./exchange.ts";
import { unreadable } from "./failure.ts";

/** A list that comes in pages. */
export interface PagedList<T> {
  /** Of the first page, below `/v2/<repository>/`. */
  readonly path: string;
  readonly accept: string;
  /** Reads one page. Throws OciError. */
  readonly read: (answer: RegistryAnswer) => readonly T[];
  /** Tells items apart. */
  readonly keyOf: (item: T) => string;
  /** Where the next page would be of a registry that never tells one. */
  readonly guessNext?: (page: readonly T[]) => string | undefined;
}

/** `incomplete`: why the list stops before its end. */
export interface Pages<T> {
  readonly items: readonly T[];
  readonly incomplete?: OciError;
}

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 1000;
const MOST_ITEMS = 100_000;

/** Reads all pages. Throws OciError where the first cannot be had; what later ones lack makes the list incomplete. */
export async function readPages<T>(
  connection: Connection,
  repository: Repository,
  list: PagedList<T>,
): Promise<Pages<T>> {
  const items = new Map<string, T>();
  const stop = (incomplete?: OciError): Pages<T> => ({ items: [...items.values()], ...(incomplete && { incomplete }) });
  const ask = async (path: string): Promise<Page<T>> => {
    const answer = await exchange(connection, repository, { path, accept: list.accept, maxBytes: MOST_BYTES });
    return { answer, entries: list.read(answer) };
  };
  const asked = new Set([list.path]);
  let isLinked = false;
  let page = await ask(list.path);
  for (;;) {
    const before = items.size;
    for (const item of page.entries) items.set(list.keyOf(item), item);
    const isNew = items.size > before;
    try {
      const linked = nextPage(page.answer, originOf(repository, connection.plainHttp));
      isLinked ||= linked !== undefined;
      // One that tells its pages has told the last one too, by telling none.
      const next = linked ?? (isNew && !isLinked ? list.guessNext?.(page.entries) : undefined);
      if (next === undefined) return stop();
      if (asked.has(next) || (!isNew && asked.size > 1)) throw unreadable("its pages go on in a circle");
      if (asked.size >= MOST_PAGES || items.size > MOST_ITEMS) throw tooLong();
      asked.add(next);
      page = await ask(next);
    } catch (error) {
      if (error instanceof OciError) return stop(error);
      throw error;
    }
  }
}

interface Page<T> {
  readonly answer: RegistryAnswer;
  readonly entries: readonly T[];
}

function tooLong(): OciError {
  return new OciError("TOO_LARGE", `the list has more than ${MOST_PAGES} pages or ${MOST_ITEMS} entries`);
}

/** The page that a `Link` of relation `next` leads to (RFC 8288), with or without the brackets. */
function nextPage({ headers, url }: RegistryAnswer, origin: string): string | undefined {
  const links = (headers["link"] ?? "").slice(0, 16_384).split(/,(?=\s*[</h])/);
  const target = links.map(nextTarget).find((found) => found !== undefined);
  if (target === undefined) return undefined;
  const next = URL.parse(target, url);
  if (next?.host !== new URL(origin).host) {
    throw unreadable(`its pages go on elsewhere (${next?.host.slice(0, 100) ?? "no URL"})`);
  }
  // Behind a proxy that ends TLS, registries believe themselves to be on plain http.
  return `${origin}${next.pathname}${next.search}`;
}

function nextTarget(link: string): string | undefined {
  const [target = "", ...parameters] = link.split(";");
  const isNext = parameters.some((parameter) => /^\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*$/i.test(parameter));
  return isNext ? target.trim().replace(/^<|>$/g, "") : undefined;
}
