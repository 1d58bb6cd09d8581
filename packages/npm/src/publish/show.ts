const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text of others as messages may show it: at most 220 characters, none that a terminal would act on. */
export function show(text: string): string {
  return text.slice(0, 220).toWellFormed().replace(UNSEEN, "\ufffd");
}
