/** Characters that HTML and Markdown write by name or number: `&#45;`, `&#x2d;`, `&period;`. */
import { cleanText } from './clean-text.ts';

/** Punctuation, blanks and invisible characters; letters with accents and drawings have no part in what we say or look for.
 *  Source: https://html.spec.whatwg.org/multipage/named-characters.html */
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '&': 'amp AMP',
    '<': 'lt LT',
    '>': 'gt GT',
    '"': 'quot QUOT',
    "'": 'apos',
    '!': 'excl',
    '#': 'num',
    '%': 'percnt',
    '(': 'lpar',
    ')': 'rpar',
    '*': 'ast midast',
    '+': 'plus',
    ',': 'comma',
    '-': 'hyphen dash',
    '.': 'period',
    '/': 'sol',
    ':': 'colon',
    ';': 'semi',
    '=': 'equals',
    '?': 'quest',
    '@': 'commat',
    '[': 'lsqb lbrack',
    '\\': 'bsol',
    ']': 'rsqb rbrack',
    '^': 'Hat',
    _: 'lowbar UnderBar',
    '`': 'grave DiacriticalGrave',
    '{': 'lcub lbrace',
    '|': 'verbar vert VerticalLine',
    '}': 'rcub rbrace',
    '~': 'tilde',
    '–': 'ndash',
    '—': 'mdash',
    '―': 'horbar',
    '−': 'minus',
    '·': 'middot centerdot CenterDot',
    '•': 'bull bullet',
    '…': 'hellip mldr',
    '‘': 'lsquo OpenCurlyQuote',
    '’': 'rsquo CloseCurlyQuote',
    '“': 'ldquo OpenCurlyDoubleQuote',
    '”': 'rdquo CloseCurlyDoubleQuote',
    '₩': 'won',
    '℃': 'degc',
    '°': 'deg',
    '±': 'plusmn pm',
    '×': 'times',
    '÷': 'divide div',
    '→': 'rarr rightarrow',
    '←': 'larr leftarrow',
    '©': 'copy COPY',
    '®': 'reg REG',
    '™': 'trade TRADE',
    '¹': 'sup1',
    '²': 'sup2',
    '³': 'sup3',
    ' ': 'nbsp NonBreakingSpace ensp emsp emsp13 emsp14 numsp puncsp thinsp ThinSpace hairsp VeryThinSpace MediumSpace',
    '\t': 'Tab',
    '\n': 'NewLine',
    '\u00AD': 'shy',
    '\u200B': 'ZeroWidthSpace NegativeThinSpace NegativeThickSpace NegativeMediumSpace NegativeVeryThinSpace',
    '\u200C': 'zwnj',
    '\u200D': 'zwj',
    '\u200E': 'lrm',
    '\u200F': 'rlm',
    '\u2060': 'NoBreak',
    '\u2061': 'af ApplyFunction',
    '\u2062': 'it InvisibleTimes',
    '\u2063': 'ic InvisibleComma',
  }).flatMap(([character, names]) => names.split(' ').map((name) => [name, character])),
);

/** `&escr;`, `&kfr;`, `&Popf;`: letters of mathematicians, which any reader takes for the plain ones. */
const MATHEMATICAL_LETTER = /^([A-Za-z])(?:scr|fr|opf)$/;

/** What a reference by name or number may be: the longest name above has 24 letters. */
const REFERENCE = /&(?:#(\d{1,12})|#[xX]([0-9a-fA-F]{1,12})|([A-Za-z][A-Za-z0-9]{1,30}));/g;

export interface Entity {
  readonly start: number;
  readonly end: number;
  /** '' for what no text may hold, such as a control character. */
  readonly character: string;
}

/** The references in `text` that stand for a character, in order. */
export function findEntities(text: string): readonly Entity[] {
  if (!text.includes('&')) return [];
  return [...text.matchAll(REFERENCE)].flatMap(({ 0: { length }, 1: decimal, 2: hex, 3: name, index }) => {
    const character = name === undefined ? numbered(decimal, hex) : named(name);
    return character === undefined ? [] : [{ start: index, end: index + length, character }];
  });
}

function named(name: string): string | undefined {
  return CHARACTERS.get(name) ?? MATHEMATICAL_LETTER.exec(name)?.[1];
}

const LAST_CODE_POINT = 0x10ffff;

function numbered(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > LAST_CODE_POINT ? undefined : cleanText(String.fromCodePoint(code));
}
