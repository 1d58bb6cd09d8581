/** The text of one chart's entries. `name` is undefined where its line is not written as Helm writes it. */
export interface ChartBlock {
  readonly name: string | undefined;
  readonly text: string;
}

const MAX_INDENT = 64;
const START = /^entries:[ \t]*(?:#.*)?$/gm;

/**
 * Splits the member `entries` of an index in block style, as Helm writes it, by chart: a whole index of some megabytes
 * takes long to parse, and one chart at fault must not hide the others. Undefined where it is written otherwise.
 */
export function splitEntries(text: string): readonly ChartBlock[] | undefined {
  // Lines end there for a regular expression, and not in YAML.
  const index = text.replaceAll(/[\u2028\u2029]/g, " ");
  const starts = [...index.matchAll(START)];
  const [start] = starts;
  if (start === undefined || starts.length > 1) return undefined;
  const from = start.index + start[0].length + 1;
  // In YAML every line that belongs to a member is indented, those of quoted text too.
  const next = /^[^\s#]/gm;
  next.lastIndex = from;
  const end = next.exec(index)?.index ?? index.length;
  // A list may stand where its key does.
  if (/^-(?!--)/.test(index.slice(end, end + 3))) return undefined;
  const body = index.slice(from, end);
  const indent = /^( +)[^\s#]/m.exec(body)?.[1];
  if (indent !== undefined && indent.length > MAX_INDENT) return undefined;
  if (indent === undefined) return body.trim() === "" ? [] : undefined;
  if (new RegExp(`^ {0,${indent.length - 1}}[^ \\n\\r#]`, "m").test(body)) return undefined;
  const heads = [...body.matchAll(new RegExp(`^${indent}(?!- |-$|#)[^ \\n\\r].*$`, "gm"))];
  return heads.map(({ 0: line, index: at }, position) => ({
    name: /^ +(["']?)([A-Za-z0-9._-]+)\1[ ]*:(?: |\r?$)/.exec(line)?.[2],
    text: body.slice(at, heads[position + 1]?.index),
  }));
}
