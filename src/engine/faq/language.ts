/** A language that this engine has no answers in, recognised by its script; `undefined` is Korean, or too little to tell. */
export type ForeignLanguage = 'en' | 'ja' | 'zh';

/** Enough of a sentence in Hangul makes it a Korean one, whatever is quoted in it. */
const KOREAN_SHARE = 0.2;
const MAX_CHARS = 1_000;

/** Latin letters are English only with one of these: "XL", "CU" and Korean typed on a Latin keyboard ("qksvna") are not. */
const ENGLISH_WORDS = new Set(
  'a an the i me my mine you your we our us it its is are am was were be been do does did can could will would shall should may might have has had how what when where why who which and or not no to of in on at for from with about this that there here please thanks thank sorry hello hi hey help want need get got make take give send ship shipping deliver delivery return returns refund exchange cancel order orders size sizes price cost free open close hours store shop phone number contact english speak buy purchase pay payment card'.split(
    ' ',
  ),
);

export function foreignLanguageOf(text: string): ForeignLanguage | undefined {
  const letters = text.slice(0, MAX_CHARS).toWellFormed().normalize('NFC');
  const total = count(letters, /\p{L}/gu);
  if (total === 0 || count(letters, /[\p{Script=Hangul}]/gu) / total >= KOREAN_SHARE) return undefined;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(letters)) return 'ja';
  if (count(letters, /\p{Script=Han}/gu) >= 2) return 'zh';
  const words = letters.toLowerCase().match(/[a-z']+/g) ?? [];
  return words.some((word) => ENGLISH_WORDS.has(word)) && (words.length > 1 || isWholeMessage(words[0]))
    ? 'en'
    : undefined;
}

/** One English word is also what Koreans type ("size"); a greeting or a plea is not. */
function isWholeMessage(word: string | undefined): boolean {
  return word !== undefined && ['hello', 'hi', 'hey', 'help', 'thanks', 'english', 'refund', 'shipping'].includes(word);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
