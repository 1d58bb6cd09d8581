import type { Body } from "./body.ts";
import type { HttpHead } from "./request.ts";

/** What becomes of the final answer of a request: `T` joins its head. */
export interface Consumer<T extends object> {
  /** Whether a body that broke off may be asked for and taken again. */
  readonly repeatable: boolean;
  /** Called for every request sent, redirects and retries too. */
  prepare(sent: SentRequest): Promise<Prepared<T>>;
}

/** What an answer depends on besides time; `headers` hold the credentials. */
export interface SentRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Prepared<T extends object> {
  /** Headers to add: the validators of a stored answer. */
  readonly validators: Readonly<Record<string, string>>;
  /** Answers a 304 to these validators. */
  readonly notModified?: (head: HttpHead) => HttpHead & T;
  readonly take: (body: Body, head: HttpHead) => Promise<T>;
}
