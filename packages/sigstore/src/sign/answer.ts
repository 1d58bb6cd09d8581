import { CoreError, parseStrictJson, stringAt, type NotDone } from "@colophon/core";
import { quote } from "../refusal.ts";
import { refused } from "./not-done.ts";
import type { Answered } from "./service.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Thrown while an answer is read, and made a value before anyone else sees it. */
export class AnswerFault extends Error {
  static {
    this.prototype.name = "AnswerFault";
  }
}

/** Strict JSON; `what` names it. Throws AnswerFault. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new AnswerFault(`${what} is not UTF-8 text`);
  }
  try {
    return parseStrictJson(text, what);
  } catch (error) {
    if (error instanceof CoreError) throw new AnswerFault(error.message);
    throw error;
  }
}

/** Reads an answer, and turns its faults into a value. */
export async function believe<T>(host: string, read: () => T | Promise<T>): Promise<T | NotDone> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AnswerFault)) throw error;
    const message = `${host} gave an answer that is not believed: ${error.message}`;
    return refused("answer-wrong", message, "Check the URL of the service.");
  }
}

/** A refusal in the service's own words, where it has any. Not for one that was sent a token: it might repeat it. */
export function refusal(host: string, what: string, answer: Answered): NotDone {
  const said = messageOf(answer);
  const message = `${host} answers ${answer.code} to ${what}${said === undefined ? "" : `: ${quote(said)}`}`;
  return refused("service-refused", message, "Check the URL of the service, and what it accepts.");
}

function messageOf(answer: Answered): string | undefined {
  try {
    return stringAt(parseJson(answer.bytes, "the answer"), "message");
  } catch {
    return undefined;
  }
}
