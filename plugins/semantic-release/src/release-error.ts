import { ERRORS, type ErrorCode, type ErrorContext } from "./definitions/errors.ts";

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

/** An error of those that `definitions/errors.ts` lists. */
export function releaseError<Code extends ErrorCode>(code: Code, context: ErrorContext<Code>): SemanticReleaseError {
  const { message, details } = ERRORS[code](context as never);
  return new SemanticReleaseError(message, code, details);
}

/** What failed below, in the host's form: with code and hint where it has them. Faults of the program stay as they are. */
export function toReleaseError(error: unknown): unknown {
  if (error instanceof SemanticReleaseError || error instanceof AggregateError) return error;
  if (!(error instanceof Error) || !("code" in error && "hint" in error)) return error;
  const hint = typeof error.hint === "string" ? error.hint : undefined;
  return fromReason({ code: String(error.code), message: error.message, ...(hint === undefined ? {} : { hint }) }, error);
}

/** `no-id-token` is `ENOIDTOKEN` here. */
export function fromReason(
  { code, message, hint }: { readonly code: string; readonly message: string; readonly hint?: string },
  cause?: unknown,
): SemanticReleaseError {
  const own = `E${code.replace(/[^a-z\d]/gi, "").toUpperCase()}`;
  const known = own === "EPUBLICLOG" ? ERRORS.EPUBLICLOG({ message }) : undefined;
  const details = known?.details ?? hint;
  return new SemanticReleaseError(known?.message ?? toSentence(message), own, details, { cause });
}

function toSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
