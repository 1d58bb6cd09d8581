import type { CoverageResult } from "@colophon/core";

const OBJECTS_A_PART = 100;

/** A result as JSON: two spaces, keys in the order of its type, a newline at the end. */
export function renderJson(result: object): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * The same text for a coverage result, in parts: a package of thousands of versions must not be held once more as one
 * string.
 */
export function* renderCoverageJson(result: CoverageResult): Generator<string> {
  const { objects } = result;
  const empty = '"objects": []';
  const shell = renderJson({ ...result, objects: [] });
  // Inside a JSON string the quotes would be escaped, so this is the key itself.
  const at = shell.indexOf(empty);
  if (objects.length === 0) return yield shell;
  yield `${shell.slice(0, at)}"objects": [`;
  for (let start = 0; start < objects.length; start += OBJECTS_A_PART) {
    const part = objects.slice(start, start + OBJECTS_A_PART);
    yield part
      .map((object, index) => {
        const text = JSON.stringify(object, null, 2).replaceAll("\n", "\n    ");
        return `${start + index === 0 ? "" : ","}\n    ${text}`;
      })
      .join("");
  }
  yield `\n  ]${shell.slice(at + empty.length)}`;
}
