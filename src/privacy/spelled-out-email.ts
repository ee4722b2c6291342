/** E-mail addresses with the at sign and the dots in words, or letter by letter: "hong (at) example.com", "hong 골뱅이 네이버 닷컴",
 *  "h o n g @ n a v e r . c o m". */
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

const AT = / ?(?:[([{<] ?(?:at|골뱅이|[앳엣]) ?[)\]}>]|골뱅이|[앳엣]) ?| at /gi;
const DOT = '(?: ?(?:\\.|[([{<] ?(?:dot|\\.) ?[)\\]}>]|닷|점|쩜) ?| dot )';
const HANGUL_PROVIDER: Readonly<Record<string, string>> = {
  ...{ 네이버: 'naver', 지메일: 'gmail', 다음: 'daum', 한메일: 'hanmail', 카카오: 'kakao', 네이트: 'nate' },
};
const LABEL = `(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|${Object.keys(HANGUL_PROVIDER).join('|')})`;
const DOMAIN = new RegExp(`^(?:${LABEL}${DOT}){1,4}(?:[a-z]{2,24}(?![a-z0-9-])|컴|넷)`, 'i');
/** The bare name of a provider, only where nothing else can be meant: 골뱅이 is also a food that shops of that name sell. */
const PROVIDER = /^(?:naver|gmail|daum|hanmail|kakao|nate)(?![A-Za-z0-9-])/i;
/** With blanks around it, only where something is sent to it, by a local part in small letters: "CJ 골뱅이 네이버로 검색" is none. */
const SENT_TO_PROVIDER =
  /^(?:naver|gmail|daum|hanmail|nate|네이버|지메일|한메일|네이트)(?=\s?(?:으로|로)\s?(?:메일|보내|주세|주시|연락|문의)|\s?(?:입니다|이에요|예요))/;
const SMALL_LOCAL = /[a-z0-9._-]{2,64}$/;
const LONGEST_DOMAIN = 255;
/** "at" is an English word, "I bought it at example.com": what says that an address follows stands right before it. */
const NAMED_LOCAL =
  /(?:메일(?:\s?주소)?(?:은|는|이|가)?[\s:=]{0,2}|e-?mail(?:\s?address)?\s?(?::|=|is)\s?)[a-z0-9._%+-]{1,64}$/i;
const LONGEST_NAMED_LOCAL = 90;
const COMMON_ENDING = /\.(?:com|net|org|kr|io)$/i;

const LETTER_BY_LETTER =
  /(?<![a-z0-9._%+-])(?:(?:[a-z0-9._%+-] ){2,64}|[a-z0-9._%+-]{1,64} ?)@ ?(?:(?:[a-z0-9.-] ){3,80}[a-z]|[a-z0-9.-]{4,80})(?![a-z0-9-])/gi;
const ADDRESS = /^[^@]+@(?:[a-z0-9-]+\.)+[a-z]{2,24}$/i;

function lettersTogether(text: string): readonly Respelling[] {
  return matchesOf(LETTER_BY_LETTER, text).flatMap(({ 0: written, index }): readonly Respelling[] => {
    const plain = written.replaceAll(' ', '');
    return /\S \S /.test(written) && ADDRESS.test(plain) ? [{ start: index, end: index + written.length, plain }] : [];
  });
}

function plainDomain(domain: string): string {
  return domain
    .replace(new RegExp(DOT, 'gi'), '.')
    .replace(new RegExp(Object.keys(HANGUL_PROVIDER).join('|'), 'g'), (name) => HANGUL_PROVIDER[name] ?? name)
    .replace(/컴$/, 'com')
    .replace(/넷$/, 'net');
}

export function withSpelledOutEmails(source: NormalisedText): NormalisedText {
  const respellings: Respelling[] = source.text.includes('@') ? [...lettersTogether(source.text)] : [];
  for (const match of matchesOf(AT, source.text)) {
    const { index: start } = match;
    if (start === 0 || !/[A-Za-z0-9._%+'*-]/.test(source.text.charAt(start - 1))) continue;
    const domainStart = start + match[0].length;
    const rest = source.text.slice(domainStart, domainStart + LONGEST_DOMAIN);
    const local = source.text.slice(Math.max(0, start - LONGEST_NAMED_LOCAL), start);
    const provider = match[0].includes(' ') ? (SMALL_LOCAL.test(local) ? SENT_TO_PROVIDER : undefined) : PROVIDER;
    const domain = DOMAIN.exec(rest)?.[0] ?? provider?.exec(rest)?.[0];
    if (domain === undefined) continue;
    if (match[0].toLowerCase() === ' at ') {
      const isNamed = NAMED_LOCAL.test(local);
      // Without a name for it the dot has to be spelled out too, before a common ending.
      if (!(isNamed ? COMMON_ENDING : / dot (?:com|net|org|kr|io)$/i).test(domain)) continue;
    }
    respellings.push({ start, end: domainStart + domain.length, plain: `@${plainDomain(domain)}` });
  }
  return respell(source, respellings);
}
