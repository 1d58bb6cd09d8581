import type { Reply, Request } from "./loopback-server.ts";

/** Which requests: a path (encodings and query aside), a pattern over the path as sent, or a test of the request. */
export type RequestMatcher = string | RegExp | ((request: Request) => boolean);

/**
 * One answer of a script: 200 or "serve" answers as usual, another number is a bare status, "reset" tears the
 * connection down, "reset-after" does what was asked first, "silence" never answers, a reply is sent as it is, a
 * function changes the usual reply.
 */
export type ScriptedAnswer =
  | number
  | "serve"
  | "reset"
  | "reset-after"
  | "silence"
  | Partial<Reply>
  | ((usual: Reply) => Reply);

/** Answers given in turn, the last one for ever. */
export type Script = ScriptedAnswer | readonly ScriptedAnswer[];

interface Rule {
  readonly matches: (request: Request) => boolean;
  readonly next: () => ScriptedAnswer;
}

/** The faults of a server; a later rule goes before an earlier one. */
export interface Faults {
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  apply(request: Request, usual: () => Promise<Reply>): Promise<Reply | "reset">;
}

/** Makes an empty set of faults. */
export function createFaults(): Faults {
  const rules: Rule[] = [];
  return {
    respond(matcher, script) {
      const answers: readonly ScriptedAnswer[] = Array.isArray(script) ? script : [script as ScriptedAnswer];
      let turn = 0;
      const next = (): ScriptedAnswer => {
        const answer = answers[Math.min(turn, answers.length - 1)] ?? "serve";
        turn += 1;
        return answer;
      };
      rules.unshift({ matches: toPredicate(matcher), next });
    },
    async apply(request, usual) {
      const answer = rules.find(({ matches }) => matches(request))?.next() ?? "serve";
      if (answer === "reset") return answer;
      if (answer === "silence") return new Promise(() => {});
      if (answer === "reset-after") return usual().then(() => "reset");
      if (answer === "serve" || answer === 200) return usual();
      if (typeof answer === "number") return { status: answer, body: `${answer}\n` };
      return typeof answer === "function" ? answer(await usual()) : { status: 200, ...answer };
    },
  };
}

/** A body without an end, made of one text over and over; it stops when the client goes away. */
export async function* endlessBody(text: string): AsyncGenerator<string> {
  for (;;) yield text;
}

/** A reply cut off after so many bytes; the length it states is that of the rest. */
export function truncate(length: number): (usual: Reply) => Reply {
  return ({ body = "", ...usual }) => {
    const bytes = typeof body === "string" || body instanceof Uint8Array ? body.slice(0, length) : "";
    return { ...usual, body: bytes };
  };
}

/** Path of a request with its encodings resolved and its query left out; as it is where that cannot be done. */
export function decodePath(path: string): string {
  const bare = path.split("?")[0] ?? path;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

function toPredicate(matcher: RequestMatcher): (request: Request) => boolean {
  if (typeof matcher === "function") return matcher;
  if (typeof matcher === "string") return ({ path }) => decodePath(path) === decodePath(matcher);
  return ({ path }) => path.search(matcher) !== -1;
}
