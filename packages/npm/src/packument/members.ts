import { NpmError } from "../error.ts";
import { CLOSE_BRACE, createSpan, decodeUtf8, isSpace, OPEN_BRACE, QUOTE } from "./span.ts";

/** What to do with a member: walk into the object that it holds, take its bytes, or pass over it. */
export type MemberUse = "enter" | "take" | "skip";

export interface MemberReader {
  /** `parent` is the member that was entered, or null at the top. */
  readonly use: (key: string, parent: string | null) => MemberUse;
  /**
   * JSON of a member to take, not parsed yet, valid until the next `write`; undefined where it is longer than
   * `maxMemberBytes`. A member to enter that holds no object is given here too.
   */
  readonly take: (key: string, parent: string | null, json: Uint8Array | undefined) => void;
  readonly maxMemberBytes: number;
  /** In one object. */
  readonly maxMembers: number;
}

/** Both throw ANSWER_UNREADABLE. */
export interface MemberScanner {
  write(chunk: Uint8Array): void;
  /** Checks that nothing is missing. */
  end(): void;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const LESS_THAN = 0x3c;
const MAX_KEY_BYTES = 1024;

type Expected = "key" | "key-or-end" | "colon" | "value" | "comma-or-end" | "nothing";

/**
 * Splits a JSON object (RFC 8259) of any size, chunk by chunk, into its members, holding one at a time.
 * Keys may not repeat, nor be `__proto__`. What is passed over is checked for its end only.
 */
export function createMemberScanner(reader: MemberReader): MemberScanner {
  const span = createSpan();
  const entered: Set<string>[] = [];
  let expected: Expected = "value";
  let inside: "key" | "value" | undefined;
  let parent: string | null = null;
  let key = "";
  let use: MemberUse = "enter";

  function step(byte: number): void {
    if (expected === "value" && use === "enter" && byte === OPEN_BRACE) {
      parent = entered.length === 0 ? null : key;
      entered.push(new Set());
      expected = "key-or-end";
    } else if (expected === "colon" && byte === COLON) expected = "value";
    else if (expected === "comma-or-end" && byte === COMMA) expected = "key";
    else if ((expected === "comma-or-end" || expected === "key-or-end") && byte === CLOSE_BRACE) {
      entered.pop();
      parent = null;
      expected = entered.length === 0 ? "nothing" : "comma-or-end";
    } else if (expected !== "value" || entered.length > 0) throw malformed("is not JSON");
    else throw malformed(byte === LESS_THAN ? "is not JSON but HTML" : "is no JSON object");
  }

  /** Whether a key or a value that is not entered begins here. */
  function begins(byte: number): boolean {
    if ((expected === "key" || expected === "key-or-end") && byte === QUOTE) {
      inside = "key";
      span.open(byte, MAX_KEY_BYTES);
    } else if (expected === "value" && entered.length > 0 && !(use === "enter" && byte === OPEN_BRACE)) {
      if (!startsValue(byte)) throw malformed("is not JSON");
      inside = "value";
      span.open(byte, use === "skip" ? 0 : reader.maxMemberBytes);
    }
    return inside !== undefined;
  }

  function finish(): void {
    if (inside === "key") {
      key = readKey(span.bytes(), entered.at(-1) ?? new Set(), reader.maxMembers);
      use = reader.use(key, parent);
      expected = "colon";
    } else {
      if (use !== "skip") reader.take(key, parent, span.bytes());
      expected = "comma-or-end";
    }
    inside = undefined;
  }

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) {
        const byte = chunk[at] ?? 0;
        if (inside === undefined && isSpace(byte)) at += 1;
        else if (inside !== undefined || begins(byte)) {
          const end = span.read(chunk, at);
          if (end !== -1) finish();
          at = end === -1 ? chunk.length : end;
        } else {
          step(byte);
          at += 1;
        }
      }
    },
    end() {
      if (expected !== "nothing") throw malformed(entered.length === 0 ? "is empty" : "is cut off");
    },
  };
}

function startsValue(byte: number): boolean {
  return '"{[-0123456789tfn'.includes(String.fromCharCode(byte));
}

function readKey(json: Uint8Array | undefined, seen: Set<string>, maxMembers: number): string {
  if (json === undefined) throw malformed(`has a key of more than ${MAX_KEY_BYTES} bytes`);
  let key: string;
  try {
    key = JSON.parse(decodeUtf8(json)) as string;
  } catch (cause) {
    throw malformed("is not JSON", cause);
  }
  if (key === "__proto__") throw malformed('has the key "__proto__"');
  if (seen.has(key)) throw malformed(`has the key ${JSON.stringify(key.slice(0, 80))} twice in one object`);
  if (seen.size >= maxMembers) throw malformed(`has more than ${maxMembers} members in one object`);
  seen.add(key);
  return key;
}

function malformed(why: string, cause?: unknown): NpmError {
  return new NpmError("ANSWER_UNREADABLE", `it ${why}`, { cause });
}
