/** PostgreSQL's `text` has neither U+0000 nor half a surrogate pair; ids and notes of strangers may have both. */

/** No text of ours begins with it: one that does is written like the others that need it. */
const ESCAPED = '\u0001';

export function toStoredText(text: string): string {
  const isPlain = !text.startsWith(ESCAPED) && !text.includes('\0') && text.isWellFormed();
  return isPlain ? text : ESCAPED + JSON.stringify(text);
}

export function fromStoredText(stored: string): string {
  return stored.startsWith(ESCAPED) ? String(JSON.parse(stored.slice(ESCAPED.length))) : stored;
}
