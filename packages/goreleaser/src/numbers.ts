/** Longer than any double needs, short enough to be compared in no time. */
const MAX_LENGTH = 400;

/** A number of the text that would not come back once it is read: it has more digits than a double holds, or is past all. */
export function findAlteredNumber(text: string): string | undefined {
  let altered: string | undefined;
  // ES2026, "JSON.parse source text access": all Node.js that is supported has it, TypeScript's declarations do not.
  const look = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value === "number" && isAltered(context?.source ?? "", String(value))) altered ??= context?.source;
    return value;
  };
  JSON.parse(text, look);
  return altered;
}

function isAltered(source: string, written: string): boolean {
  return source !== written && (source.length > MAX_LENGTH || normalize(source) !== normalize(written));
}

/** Equal for numbers of equal size: the digits that count, and the power of ten behind them. */
function normalize(number: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/0+$/, "");
  const significant = digits.replace(/^0+/, "");
  if (significant === "") return "0";
  return `${significant}e${Number(exponent) + whole.length - digits.length}`;
}
