/** Controls, line and paragraph separators, bidi and other invisible marks: everything that could redraw a terminal. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

/** Text from outside made fit for one line of a terminal: unsafe characters escaped, long texts cut. */
export function plainText(text: string, most = 400): string {
  const shown = text.replace(UNSAFE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}
