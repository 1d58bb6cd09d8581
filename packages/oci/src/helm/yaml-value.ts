import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { unreadable } from "../registry/failure.ts";

/** Deeper than anything that is used of an index. */
const MAX_DEPTH = 8;

/**
 * Reads YAML as a value of text, null, lists and objects without a prototype: numbers and dates stay text, so that a
 * digest of digits alone is one too. Refuses aliases, keys that stand twice and nesting past 8 levels. Throws
 * ANSWER_UNREADABLE.
 */
export function parseYaml(text: string, where: string): unknown {
  // The library looks for keys that stand twice by comparing each with each.
  const document = parseDocument(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  const [fault] = document.errors;
  if (fault !== undefined) throw unreadable(`${where} is not YAML: ${fault.message.split("\n", 1)[0]?.slice(0, 160)}`);
  return toValue(document.contents, where, MAX_DEPTH);
}

function toValue(node: unknown, where: string, depth: number): unknown {
  if (node === null) return null;
  if (depth === 0) throw unreadable(`${where} is nested deeper than ${MAX_DEPTH} levels`);
  if (isScalar(node)) return toText(node.value, node.type === "PLAIN");
  if (isSeq(node)) return node.items.map((item) => toValue(item, where, depth - 1));
  if (!isMap(node)) throw unreadable(`${where} has an alias (*name), which is not followed`);
  const found = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw unreadable(`${where} has a key that is no text`);
    const name = String(key.value);
    if (Object.hasOwn(found, name))
      throw unreadable(`${where}: the key ${JSON.stringify(name.slice(0, 80))} stands twice`);
    found[name] = toValue(value, where, depth - 1);
  }
  return found;
}

function toText(value: unknown, isPlain: boolean): string | null {
  const text = typeof value === "string" ? value : "";
  return isPlain && /^(?:|~|null|Null|NULL)$/.test(text) ? null : text;
}
