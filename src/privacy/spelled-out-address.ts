/** Links with their dots disguised: "evil[.]top", "evil (dot) top", "evil dot com", "evil 점 com", "evil닷컴". */
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

const BRACKETED_DOT = / ?[([{<] ?(?:\.|dot|닷|점|쩜) ?[)\]}>] ?/gi;
/** In words it is English, so only before common endings. */
const SPOKEN_DOT = / dot (?=(?:com|net|org|kr|io|top|xyz|click|shop|site|link|me|co)(?![a-z0-9]))/gi;
/** A blank before the dot: no sentence goes on so, and only common endings count ("ASP .NET" is a product). */
const DOT_APART = / \. ?(?=(?:com|kr|co\.kr|io|top|xyz|click|shop|site|link)(?![a-z0-9]))/g;
/** Shops and points are 점 as well, so only before endings that are hardly words. */
const SAID_DOT =
  / ?(?:점|쩜|닷) ?(?=(?:com|co|kr|io|xyz|site|shop|link)(?![a-z0-9]))|(?: (?:점|쩜|닷) |(?:점|쩜|닷))(?=(?:net|org)(?![a-z0-9]))/gi;
/** With the ending in Hangul as well; "IT 닷컴 버블" speaks of a time, and 닷넷 is a product of Microsoft. */
const SAID_ENDING =
  / ?(?:점|쩜|닷) ?(컴|케이알)(?:(?![가-힣])|(?=(?:으로|로|에서|에|을|를|은|는|이|가|과|와|도|의|입니다|이에요|이고|이며|이나|이라)(?![가-힣])))(?! ?(?:버블|기업|회사|열풍|시대|붕괴))/g;
const ENDING_IN_LATIN: Readonly<Record<string, string>> = { 컴: '.com', 케이알: '.kr' };
/** A name of more than one sign, with a letter in it. */
const NAME_BEFORE = /(?:[a-z][a-z0-9-]|[a-z0-9-][a-z])[a-z0-9-]{0,30}$/i;
const LONGEST_NAME = 32;
/** "이블샵닷컴": without a blank, and no other word ends so. */
const HANGUL_NAME_BEFORE = /[가-힣]{2}$/;
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
  for (const { 0: dot, 1: ending = '', index: start } of [
    ...matchesOf(SAID_DOT, text),
    ...matchesOf(SAID_ENDING, text),
  ]) {
    const before = text.slice(Math.max(0, start - LONGEST_NAME), start);
    const isName = NAME_BEFORE.test(before) || (dot === '닷컴' && HANGUL_NAME_BEFORE.test(before));
    if (isName) respellings.push({ start, end: start + dot.length, plain: ENDING_IN_LATIN[ending] ?? '.' });
  }
  return respell(source, respellings);
}
