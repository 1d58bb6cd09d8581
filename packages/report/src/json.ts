/** A result as JSON: two spaces, keys in the order of its type, a newline at the end. */
export function renderJson(result: object): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
