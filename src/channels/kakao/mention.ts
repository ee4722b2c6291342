/** Members of a group room call the bot by its name; the question begins behind it. The payload tells the bot's name and not the
 *  channel's, under which members may know it: the operator does. Source: group chatbot guide 1.11.1. */

/** A name ends here, and is not the beginning of another word, address or code ("@말길 상담사", "@malgil.kr", "@A-100"). */
const END = /^\p{Cf}*(?:$|[\s,:]+|(?=[!?~]))/u;

/** @param names by which the bot may be called; the longest that fits is the one that was meant */
export function withoutMention(text: string, names: readonly string[]): string {
  if (!/^[@＠]/.test(text)) return text;
  const called = text.slice(1);
  const rests = names.flatMap((name) => restBehind(name, called) ?? []);
  return rests.length === 0 ? text : rests.reduce((one, other) => (other.length < one.length ? other : one)).trim();
}

/** Capitals, and blanks inside a name, are as members like them. */
function restBehind(name: string, called: string): string | undefined {
  const letters = [...name.toLowerCase()].filter((letter) => letter.trim() !== '');
  if (letters.length === 0) return undefined;
  let at = 0;
  for (const letter of letters) {
    while (at > 0 && /\s/.test(called.charAt(at))) at += 1;
    if (called.slice(at, at + letter.length).toLowerCase() !== letter) return undefined;
    at += letter.length;
  }
  const rest = called.slice(at);
  const end = END.exec(rest);
  return end === null ? undefined : rest.slice(end[0].length);
}
