/** Links in running Korean text, where a particle follows without a blank: "https://example.com/faq에서". */

import { matchesOf } from './matches-of.ts';

export interface WebAddressMatch {
  readonly start: number;
  readonly end: number;
}

const HOST_END =
  'com|net|org|kr|io|me|co|shop|store|site|link|app|dev|ai|biz|info|to|gl|ly|be|gg|im|us|uk|jp|cn|tw|vn|de|eu|tv|cc|xyz|page|online|asia|cloud|club|live|life|mall|market|pro|tech|world|work|blog|news|한국|닷컴|kakao|naver';
const PATH_CHARACTER = '[^\\s<>"\'`|\\\\^{}\\[\\]「」『』“”‘’«»，。、！？；：…【】［］〔〕（）]';
const ADDRESS = new RegExp(
  [
    // With a scheme; a model's provider may have starred out the scheme too.
    `(?:https?|(?<!\\*)h?\\*{2,16}):\\/\\/${PATH_CHARACTER}+`,
    `(?<![\\w@.\\-])www\\.${PATH_CHARACTER}+`,
    `(?<![\\w@.\\-*])(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,4}(?:${HOST_END})(?![a-z0-9@-]|\\.[a-z0-9])(?:[/?#]${PATH_CHARACTER}*)?`,
    // Starred out to the last letter: "****.***/**"
    `(?<![\\w@.*-])(?=[a-z0-9*.-]{0,60}\\*\\*)(?=[*.-]{7}|[0-9*.-]{0,60}[a-z])(?:[a-z0-9*-]{1,63}\\.){1,4}[a-z*]{2,24}(?![\\w@*])(?:[/?#]${PATH_CHARACTER}*)?`,
  ].join('|'),
  'gi',
);

const HANGUL_RUN = /[가-힣ㄱ-ㅎㅏ-ㅣ]+/g;
/** Words that follow a link; a run of Hangul behind a slash that is not one of them belongs to the path. */
const WORD_AFTER =
  /^(?:에서|에게|에|으로|로|를|을|은|는|이|가|와|과|도|만|의|까지|부터|이나|입니다|이며|이고|이에요|예요|라고|이라고|라는|및|또는|참고|참조|접속|클릭|방문)/;

/** Where an address that starts `address` really ends: before particles and punctuation. */
function trimmedLength(address: string, before: string): number {
  let end = address.length;
  for (const run of matchesOf(HANGUL_RUN, address)) {
    const continuesPath = /[/=#&?_%+-]/.test(address.charAt(run.index - 1));
    if (!continuesPath || WORD_AFTER.test(run[0])) {
      end = run.index;
      break;
    }
  }
  for (;;) {
    const part = address.slice(0, end);
    const closesOwnBracket = part.endsWith(')') && part.split('(').length >= part.split(')').length;
    if (!closesOwnBracket && /[.,!?;:'"~_)>]$/.test(part)) {
      end -= 1;
      continue;
    }
    // Bold marks around an address, unless the address itself is starred out.
    const bold = /^\*{1,3}/.exec(/\*{1,3}$/.exec(before)?.[0] ?? '')?.[0] ?? '';
    const stars = /[^*](\*{1,3})$/.exec(part)?.[1] ?? '';
    if (bold !== '' && part.endsWith(bold) && part.length === address.length) return end - bold.length;
    if (stars !== '' && !/\*/.test(part.slice(0, -stars.length))) {
      end -= stars.length;
      continue;
    }
    return end;
  }
}

const NOTHING: readonly WebAddressMatch[] = [];

/** False only where no address can be: each has a scheme, or a dot behind `www` or before an ending. The dot of a sentence is neither. */
function mayHoldAddress(text: string): boolean {
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    if (BEFORE_DOT.test(text.charAt(dot - 1)) || AFTER_DOT.test(text.charAt(dot + 1))) return true;
  }
  return text.includes('://');
}

const BEFORE_DOT = /w/i;
/** A letter, a star in its place, or the first syllable of 한국 and 닷컴. */
const AFTER_DOT = /[a-z*한닷]/i;

/** @param text normalised */
export function findWebAddresses(text: string): readonly WebAddressMatch[] {
  return mayHoldAddress(text) ? findAllWebAddresses(text) : NOTHING;
}

/** The same without the cheap look before it. */
export function findAllWebAddresses(text: string): readonly WebAddressMatch[] {
  const matches: WebAddressMatch[] = [];
  for (const match of matchesOf(ADDRESS, text)) {
    const start = match.index;
    const end = start + trimmedLength(match[0], text.slice(Math.max(0, start - 3), start));
    if (/\/\/[^/]|^[^:/]+\.[^/]/.test(text.slice(start, end))) matches.push({ start, end });
  }
  return matches;
}

/** Two spellings of one address have one key: scheme, `www.`, case of the host and a last slash make no difference. */
export function webAddressKey(address: string): string {
  const [, host = '', path = ''] = /^(?:[a-z*]+:\/\/)?(?:www\.)?([^/?#]*)(.*)$/is.exec(address) ?? [];
  return host.toLowerCase() + path.replace(/\/$/, '');
}
