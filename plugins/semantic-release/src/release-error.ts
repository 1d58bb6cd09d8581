import { EPUBLICLOG, linkify, type Definition } from "./definitions/errors.ts";

/** An error in the form that semantic-release shows: a code, one sentence, and details in Markdown. */
export class SemanticReleaseError extends Error {
  static {
    this.prototype.name = "SemanticReleaseError";
  }
  readonly semanticRelease = true;
  readonly code: string;
  readonly details: string | undefined;

  constructor(message: string, code: string, details?: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** An error as `definitions/errors.ts` says it; its code is the name of the function there, and `option` in capitals. */
export function releaseError<Told>(
  define: (context: Told) => Definition,
  context: Told,
  option = "",
): SemanticReleaseError {
  const { message, details } = define(context);
  return new SemanticReleaseError(message, `${define.name}${option.toUpperCase()}`, details);
}

/** What failed below, in the host's form: with code and hint where it has them. Faults of the program stay as they are. */
export function toReleaseError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error && "hint" in error)) return error;
  const hint = typeof error.hint === "string" ? error.hint : undefined;
  return fromReason(
    { code: String(error.code), message: error.message, ...(hint === undefined ? {} : { hint }) },
    error,
  );
}

/** `no-id-token` is `ENOIDTOKEN` here. */
export function fromReason(
  { code, message, hint }: { readonly code: string; readonly message: string; readonly hint?: string },
  cause?: unknown,
): SemanticReleaseError {
  const own = `E${code.replace(/[^a-z\d]/gi, "").toUpperCase()}`;
  // What a tool printed last follows its failure.
  const [sentence = "", ...printed] = message.split("\n");
  const known = own === "EPUBLICLOG" ? EPUBLICLOG({ message }) : undefined;
  const output = printed.map((line) => `    ${line}\n`).join("");
  const details =
    known?.details ?? `${output}\n${hint ?? message}\n\nSee [when it fails](${linkify("when-it-fails")}).`;
  return new SemanticReleaseError(known?.message ?? toSentence(sentence), own, details, { cause });
}

function toSentence(text: string): string {
  const capital = /^p?npm\b/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
