/** Whether the text is standard base64 in its only canonical form (RFC 4648 §4, padded, no stray bits). */
export function isCanonicalBase64(text: string): boolean {
  return text.length % 4 === 0 && Buffer.from(text, "base64").toString("base64") === text;
}
