/** Hexadecimal commit id, SHA-1 or SHA-256. */
export const COMMIT: RegExp = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
export const NUMBER: RegExp = /^\d{1,20}$/;
export const WORD: RegExp = /^[\w-]+$/;
/** Nothing that git refuses in a name (git-check-ref-format), nor what could break out of a line. */
// oxlint-disable-next-line no-control-regex
export const REF: RegExp = /^[^\u0000-\u0020\u007f-\u00a0~^:?*[\\\u2028\u2029]+$/;

/** One line of any text, as the path of a workflow may be. */
// oxlint-disable-next-line no-control-regex
export const LINE: RegExp = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;
