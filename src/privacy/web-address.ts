/** Links in running Korean text, where a particle follows without a blank: "https://example.com/faq에서". */

import { isAddressOfHost, isHangulLabel, isHostName } from './host-name.ts';
import { matchesOf } from './matches-of.ts';

export interface WebAddressMatch {
  readonly start: number;
  readonly end: number;
}

const PATH_CHARACTER = '[^\\s<>"\'`|\\\\^{}\\[\\]「」『』“”‘’«»，。、！？；：…【】［］〔〕（）]';
/** A port, and what follows it. */
const TAIL = `(?::\\d{2,5}(?!\\d))?(?:[/?#]${PATH_CHARACTER}*)?`;
/** A letter or a dot that belongs to a longer name or number stands before. The dot of a sentence does not. */
const NOT_INSIDE = '(?<![\\w@]|[\\w*][.-])';
/** Words that may follow a name in Hangul without a blank. */
const WORDS_AFTER_NAME =
  '에서|에게|에|으로|로|를|을|은|는|이|가|와|과|도|만|의|까지|부터|이나|입니다|이며|이고|이에요|예요|라고|이라';
const ADDRESS = new RegExp(
  [
    // A host by its number in the sixth version of the protocol. Source: RFC 3986, section 3.2.2
    `(?<![a-z0-9])[a-z][a-z0-9+.-]{1,30}:\\/{0,2}(?:[^\\s/?#@[\\]]{0,100}@)?\\[[0-9a-f:.%v]{2,80}\\]${TAIL}`,
    // With a scheme, whatever it opens; a model's provider may have starred out the scheme too.
    `(?:(?<![a-z0-9])[a-z][a-z0-9+.-]{1,30}|(?<!\\*)h?\\*{2,16}):\\/\\/${PATH_CHARACTER}+`,
    // Browsers forgive the missing slashes, and run what is behind these.
    `(?<![a-z0-9])https?:\\/?[a-z0-9]${PATH_CHARACTER}*`,
    `(?<![a-z0-9])(?:(?:java|vb)script:${PATH_CHARACTER}+|data:[a-z]+\\/${PATH_CHARACTER}+|intent:#?${PATH_CHARACTER}+)`,
    `(?<![\\w@.\\-])www\\.${PATH_CHARACTER}+`,
    `${NOT_INSIDE}(?<host>(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,5}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}))(?![a-z0-9@-]|\\.[a-z0-9])${TAIL}`,
    `(?<![가-힣])(?<name>[가-힣][가-힣0-9-]{0,30})\\.(?<ending>(?:[a-z0-9-]{1,62}\\.){0,2}[a-z]{2,24})(?![a-z0-9@-]|\\.[a-z0-9])${TAIL}`,
    `(?<![가-힣\\w])(?<own>[가-힣a-z0-9-]{1,40})\\.(?:한국|닷컴|닷넷|삼성)(?:(?![가-힣])|(?=(?:${WORDS_AFTER_NAME})(?![가-힣])))${TAIL}`,
    `(?<![\\w.])(?<digits>(?:\\d{1,3}\\.){3}\\d{1,3})(?!\\d|\\.\\d)${TAIL}`,
    // Starred out to the last letter: "****.***/**"
    `(?<![\\w@.*-])(?=[a-z0-9*.-]{0,60}\\*\\*)(?=[*.-]{7}|[0-9*.-]{0,60}[a-z])(?:[a-z0-9*-]{1,63}\\.){1,4}[a-z*]{2,24}(?![\\w@*])(?:[/?#]${PATH_CHARACTER}*)?`,
  ].join('|'),
  'gi',
);

/** How much of a match is its host, where that looks like words or a number; 0 for other addresses.
 *  @returns undefined for what is no address */
function hostLength({ 0: whole, index, groups = {} }: RegExpExecArray, text: string): number | undefined {
  const { host, name, ending, own, digits } = groups;
  if (host !== undefined) return isHostName(host, whole.length === host.length) ? 0 : undefined;
  if (name !== undefined && ending !== undefined) {
    const length = name.length + 1 + ending.length;
    return isHangulLabel(name) && isHostName(`${name}.${ending}`, whole.length === length) ? length : undefined;
  }
  if (own !== undefined) return isHangulLabel(own) ? own.length + LENGTH_OF_OWN_ENDING : undefined;
  if (digits === undefined) return HANGUL_HOST.exec(whole)?.[0].length ?? 0;
  const isHost = isAddressOfHost(digits, whole.length === digits.length);
  return isHost && !VERSION_BEFORE.test(text.slice(Math.max(0, index - 10), index)) ? 0 : undefined;
}

/** Behind a scheme or "www." */
const HANGUL_HOST =
  /^(?:[a-z][a-z0-9+.-]*:\/{0,2}|www\.)[a-z0-9.-]*[가-힣][가-힣a-z0-9.-]*?\.(?:한국|닷컴|닷넷|삼성|[a-z]{2,24}(?![a-z]))/i;
/** ".한국" and the like */
const LENGTH_OF_OWN_ENDING = 3;
const VERSION_BEFORE = /(?:v|ver\.?|version|버전|빌드|build)\s?$/i;

const HANGUL_RUN = /[가-힣ㄱ-ㅎㅏ-ㅣ]+/g;
/** Words that follow a link; a run of Hangul behind a slash that is not one of them belongs to the path. */
const WORD_AFTER =
  /^(?:에서|에게|에|으로|로|를|을|은|는|이|가|와|과|도|만|의|까지|부터|이나|입니다|이며|이고|이에요|예요|라고|이라고|라는|및|또는|참고|참조|접속|클릭|방문)/;

/** Where an address that starts `address` really ends: before particles and punctuation. */
function trimmedLength(address: string, before: string, host: number): number {
  let end = address.length;
  for (const run of matchesOf(HANGUL_RUN, address)) {
    if (run.index < host) continue;
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

const PATH = new RegExp(`^${PATH_CHARACTER}+`, 'i');

/** How much of `text` belongs to the path of an address that ends with `last` before it, as far as `text` tells.
 *  @param last the character before `text`
 *  @param text normalised */
export function continuedLength(last: string, text: string): number {
  const path = PATH.exec(text)?.[0] ?? '';
  if (path === '') return 0;
  // A syllable behind another one goes on with its word; behind a letter it is a particle.
  const before = HANGUL_SYLLABLE.test(last) ? `/${A_SYLLABLE}` : `/a${last}`;
  return Math.max(0, trimmedLength(before + path, '', 0) - before.length);
}

const HANGUL_SYLLABLE = /[가-힣]/;
/** No particle begins with it. */
const A_SYLLABLE = '갂';

/** How much before `start` belongs to the same word, where an escape would be torn: "user%40example.com". */
function escapedLength(text: string, start: number): number {
  if (text.charAt(start - 1) !== '%' || !/^[0-9a-f]{2}/i.test(text.slice(start, start + 2))) return 0;
  return /[\w.%+~-]{1,64}$/.exec(text.slice(Math.max(0, start - 64), start))?.[0].length ?? 0;
}

const NOTHING: readonly WebAddressMatch[] = [];

/** False only where no address can be: each has a scheme, or a dot between characters that are no blanks. */
function mayHoldAddress(text: string): boolean {
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    if (BEFORE_DOT.test(text.charAt(dot - 1)) || BEHIND_DOT.test(text.charAt(dot + 1))) return true;
  }
  return text.includes(':') && SCHEME.test(text);
}

const BEFORE_DOT = /w/i;
const BEHIND_DOT = /[a-z*0-9한닷삼]/i;
const SCHEME = /:\/\/|:\/?\[|(?:https?|script|intent):\S|data:[a-z]+\//i;

/** @param text normalised */
export function findWebAddresses(text: string): readonly WebAddressMatch[] {
  return mayHoldAddress(text) ? findAllWebAddresses(text) : NOTHING;
}

/** The same without the cheap look before it. */
export function findAllWebAddresses(text: string): readonly WebAddressMatch[] {
  const matches: WebAddressMatch[] = [];
  ADDRESS.lastIndex = 0;
  for (let match = ADDRESS.exec(text); match !== null; match = ADDRESS.exec(text)) {
    const start = match.index;
    const host = hostLength(match, text);
    if (host === undefined) {
      // The address may begin behind the first dot: "합니다.example.com".
      ADDRESS.lastIndex = start + Math.max(1, match[0].indexOf('.') + 1);
      continue;
    }
    const end = start + trimmedLength(match[0], text.slice(Math.max(0, start - 3), start), host);
    if (!/\/\/[^/]|^[^:/]+\.[^/]|:\/?[^/]/.test(text.slice(start, end))) continue;
    matches.push({ start: start - escapedLength(text, start), end });
  }
  return matches;
}

/** Two spellings of one address have one key: `http` or `https`, `www.`, case of the host and a last slash make no difference. */
export function webAddressKey(address: string): string {
  const [, host = '', path = ''] = /^(?:(?:https?|h?\*+):\/\/)?(?:www\.)?([^/?#]*)(.*)$/is.exec(address) ?? [];
  return host.toLowerCase() + path.replace(/\/$/, '');
}
