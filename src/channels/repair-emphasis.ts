/** CommonMark closes no emphasis between punctuation and a Korean particle (`**"환불 규정"**은`, `*‘따옴’*은`), and none at all with
 *  underscores before one (`__밑줄__과`), so the marks of models are left over as text once everything else is drawn. */

/** What is left of emphasis in drawn text goes; asterisks and underscores that are none stay (2**3, 김**님, snake_case, `__init__`). */
export function repairEmphasis(text: string): string {
  if (!/[*_~]/.test(text)) return text;
  return repairStrikes(repairUnderscores(repairItalic(repairBold(repairWrittenOn(repairSlips(text))))));
}

/** Backticks that open code and never close it; what has a partner is drawn by then. */
export function withoutOpenCode(text: string): string {
  return text.includes('`') ? text.replace(/(?<![^\s(])`{1,3}(?=[^\s`])/g, '') : text;
}

/** Pairs go; an opening mark without a partner goes too (a cut answer), but not after a letter, where it is more often a masked
 *  name ("김**님"). */
function repairBold(text: string): string {
  if (!text.includes('**')) return text;
  const removed = new Set<number>();
  let open: number | undefined;
  const dropLoneOpening = () => {
    if (open !== undefined && !/[\p{L}\p{N}]/u.test(text[open - 1] ?? '')) removed.add(open);
  };
  for (let at = text.indexOf('**'); at !== -1; at = text.indexOf('**', at + 2)) {
    const before = text[at - 1] ?? '\n';
    const after = text[at + 2] ?? '\n';
    if (/[0-9A-Za-z]/.test(before) && /[0-9A-Za-z]/.test(after)) continue;
    if (open !== undefined && !/\s/.test(before)) {
      removed.add(open).add(at);
      open = undefined;
    } else if (!/\s/.test(after)) {
      dropLoneOpening();
      open = at;
    }
  }
  dropLoneOpening();
  let out = '';
  let from = 0;
  for (const at of [...removed].sort((a, b) => a - b)) {
    out += text.slice(from, at);
    from = at + 2;
  }
  return out + text.slice(from);
}

const ITALIC = /(?<![\p{L}\p{N}*])\*(?![\s*\p{Pe}\p{Pf}])([^*\n]{2,300})(?<!\s)\*(?=[가-힣])/gu;

function repairItalic(text: string): string {
  return text.includes('*') ? text.replace(ITALIC, '$1') : text;
}

/** Not in an address or a path. A single syllable is more often a blank to fill in ("__월__일"). */
const UNDERLINED = /(?<![\p{L}\p{N}_/\\=&%@#.+-])(_{1,3})(?![\s_])([^_\n]{2,300})(?<!\s)\1(?=([가-힣]+)(?![^\s_]*_))/gu;
/** Particles and the forms of 이다, as far as a word can end with them. */
const PARTICLE =
  /^(?:(?:으?로|에서?|까지|부터|보다|만|께서?|에게서?|한테|하고|이?랑)?(?:[은는도만]|의|를)?|[이가을과와나]|처럼|마다|밖에|조차|마저|이?나마|이?라[고는도]?|이?란|입니[다까]|이?에요|예요|이?[며고면]|이?든지?|이?지만|인[데지]?|님[은이]?|들[은이을]?)$/;

/** Behind these a word is over, so that what is written on to it without a blank is stressed: "이것은__밑줄__입니다". One mark is more often
 *  part of a name or a product ("고객_이름", "가로*세로*를"), so fewer of them speak for it. */
const ENDS_WORD = /[가-힣](?:[은는이가을를의도만와과에]|에서)$/;
const SURELY_ENDS_WORD = /[가-힣](?:[은는을를]|에서)$/;

/** Whether marks right behind a word are emphasis all the same.
 *  @param before,after what stands beside them, a few characters each */
export function isWrittenOn(mark: string, before: string, words: string, after: string): boolean {
  if (words.length < 2 || !/[가-힣]/.test(words)) return false;
  const ending = /^[가-힣]*/.exec(after)?.[0] ?? '';
  if (mark.length === 1) return SURELY_ENDS_WORD.test(before) && ending !== '' && PARTICLE.test(ending);
  return ENDS_WORD.test(before) && PARTICLE.test(ending) && !/^[\w]/.test(after);
}

const BESIDE_CHARS = 12;
const GLUED = [
  /(?<=[가-힣])(_{1,3})(?![\s_])([^_\n]{2,300})(?<!\s)\1(?!_)/gu,
  /(?<=[가-힣])(\*{3}|\*)(?![\s*])([^*\n]{2,300})(?<!\s)\1(?!\*)/gu,
];

function repairWrittenOn(text: string): string {
  return GLUED.reduce(
    (repaired, glued) =>
      repaired.replace(glued, (whole, mark: string, words: string, at: number) => {
        const end = at + whole.length;
        const before = repaired.slice(Math.max(0, at - BESIDE_CHARS), at);
        return isWrittenOn(mark, before, words, repaired.slice(end, end + BESIDE_CHARS)) ? words : whole;
      }),
    text,
  );
}

/** No Markdown, but models write it: the blank inside is a slip where a particle follows, and one on either side where no operand stands
 *  beside the marks ("값 ** 나이 ** 2"). */
const SLIPPED = /(?<![^\s(])(\*\*|__)[ \t]+([^\s*_](?:[^*_\n]{0,300}[^\s*_])?)([ \t]*)\1(?![*_])/g;

function repairSlips(text: string): string {
  return text.replace(SLIPPED, (whole, mark: string, words: string, blank: string, at: number) => {
    if (!/[가-힣]/.test(words)) return whole;
    const end = at + whole.length;
    const after = text.slice(end, end + BESIDE_CHARS);
    const ending = /^[가-힣]+/.exec(after)?.[0];
    if (ending !== undefined) return PARTICLE.test(ending) ? words : whole;
    if (mark === '__' || blank === '') return whole; // "__ 월 __ 일" is to be filled in
    return isOperation(text.slice(Math.max(0, at - BESIDE_CHARS), at), words, after) ? whole : words;
  });
}

/** Also of the names that a house stars out: "홍 ** 님, 김 ** 님". */
function isOperation(before: string, words: string, after: string): boolean {
  if (/[\w)\]=+/-][ \t]*$/.test(before) || /^[ \t]*[\w([=+/-]/.test(after)) return true;
  return /(^|\s)[가-힣][ \t]*$/.test(before) && /\s[가-힣]$/.test(words);
}

function repairUnderscores(text: string): string {
  if (!text.includes('_')) return text;
  return text.replace(UNDERLINED, (whole, mark: string, words: string, ending: string) => {
    // "_a 그리고 변수_이름": several words are one only where a particle follows.
    const isOne = !/\s/.test(words) || PARTICLE.test(ending);
    return isOne && !isDunder(mark, words) ? words : whole;
  });
}

/** Names such as `__init__`, whose underscores are their own. Nobody writes capitals that way, but models stress them ("__SALE__"). */
export function isDunder(mark: string, words: string): boolean {
  return mark === '__' && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(words);
}

const STRUCK = /~~(?![\s~])([^~\n]{1,300})(?<!\s)~~(?=[가-힣])/g;

function repairStrikes(text: string): string {
  return text.includes('~~') ? text.replace(STRUCK, '$1') : text;
}
