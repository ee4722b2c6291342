/** Links with their dots disguised: "evil[.]top", "evil (dot) top", "evil dot com". */
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

const BRACKETED_DOT = / ?[([{<] ?(?:\.|dot|닷|점|쩜) ?[)\]}>] ?/gi;
/** In words it is English, so only before common endings. */
const SPOKEN_DOT = / dot (?=(?:com|net|org|kr|io|top|xyz|click|shop|site|link|me|co)(?![a-z0-9]))/gi;
/** A blank before the dot: no sentence goes on so, and only common endings count ("ASP .NET" is a product). */
const DOT_APART = / \. ?(?=(?:com|kr|co\.kr|io|top|xyz|click|shop|site|link)(?![a-z0-9]))/g;
const WORD_BEFORE = /[a-z0-9]$/i;
const WORD_AFTER = /^[a-z]/i;

/** The same object when there are none. */
export function withSpelledOutAddresses(source: NormalisedText): NormalisedText {
  const { text } = source;
  const respellings: Respelling[] = [];
  for (const match of [
    ...matchesOf(BRACKETED_DOT, text),
    ...matchesOf(SPOKEN_DOT, text),
    ...matchesOf(DOT_APART, text),
  ]) {
    const start = match.index;
    const end = start + match[0].length;
    const joins = WORD_BEFORE.test(text.charAt(start - 1)) && WORD_AFTER.test(text.charAt(end));
    if (joins) respellings.push({ start, end, plain: '.' });
  }
  return respell(source, respellings);
}
