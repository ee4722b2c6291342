/** Takes something out of a Korean sentence so that the sentence still reads: particle, brackets and blanks with it. */
import type { ContactKind } from '../privacy/contact-details.ts';

export interface Surroundings {
  /** Already with the reader; to look at only. */
  readonly settled: string;
  /** Right before the removed thing. */
  readonly before: string;
  /** Right behind it. */
  readonly after: string;
}

/** Stands in where a sentence cannot do without a noun: "번호는 확인이 필요한 번호입니다". */
const NOUN: Readonly<Record<ContactKind, string>> = {
  phone: '확인이 필요한 번호',
  account: '확인이 필요한 번호',
  link: '확인이 필요한 주소',
  email: '확인이 필요한 주소',
};

const BRACKETS: Readonly<Record<string, string>> = {
  ...{
    '(': ')',
    '[': ']',
    '{': '}',
    '<': '>',
    '（': '）',
    '［': '］',
    '【': '】',
    '「': '」',
    '『': '』',
    '“': '”',
    '‘': '’',
  },
  ...{ '"': '"', "'": "'", '`': '`', '*': '*', _: '_' },
};

const COPULA = /^ ?(?:입니다|이에요|예요|이고|이며|이니|이라|인데|이었|였|인가|일 수|라고|이란|란 )/;
const PARTICLE = /^ ?(?:으로|로|을|를|은|는|이나|이|가|에서|에|와|과|도|만|의|까지|부터|나)(?=[\s.,!?)\]]|$)/;
/** A word that ends like this has its particle already: "자세한 내용은 …에서" loses "에서", "고객센터 …로" becomes "고객센터로". */
const ENDS_WITH_PARTICLE = /(?:은|는|이|가|을|를|에|에서|로|의|와|과|도|나|면|서|고|며|된|할|한|하는|또는|및|다|요)$/;
const ENDS_WITH_WORD = /[가-힣]$/;

function hasFinalConsonant(word: string): boolean {
  return (word.charCodeAt(word.length - 1) - 0xac00) % 28 !== 0;
}

function endsWithRieul(word: string): boolean {
  return (word.charCodeAt(word.length - 1) - 0xac00) % 28 === 8;
}

/** The form of `particle` that follows `word`. */
function agreeing(particle: string, word: string): string {
  const closed = hasFinalConsonant(word);
  switch (particle) {
    case '으로':
    case '로':
      return closed && !endsWithRieul(word) ? '으로' : '로';
    case '을':
    case '를':
      return closed ? '을' : '를';
    case '은':
    case '는':
      return closed ? '은' : '는';
    case '이':
    case '가':
      return closed ? '이' : '가';
    case '와':
    case '과':
      return closed ? '과' : '와';
    case '이나':
    case '나':
      return closed ? '이나' : '나';
    default:
      return particle;
  }
}

/** Brackets, quotes and bold marks that held nothing else go too; of a Markdown link the label stays. */
function withoutEmptyPair({ settled, before, after }: Surroundings): Surroundings {
  const label = /\[([^[\]\n]*)\]\($/.exec(before);
  if (label !== null && after.startsWith(')')) {
    return { settled, before: before.slice(0, label.index) + (label[1] ?? ''), after: after.slice(1) };
  }
  const opening = before.trimEnd().slice(-1);
  const closing = BRACKETS[opening];
  if (closing === undefined || !after.trimStart().startsWith(closing)) return { settled, before, after };
  const inside = { settled, before: before.trimEnd().slice(0, -1), after: after.trimStart().slice(1) };
  return withoutEmptyPair(inside);
}

/** What stands around the removed thing afterwards; `before` may end in a noun in its place. */
export function removed(kind: ContactKind | 'unknown', around: Surroundings): { before: string; after: string } {
  const { settled, before, after } = withoutEmptyPair(around);
  const noun = NOUN[kind === 'unknown' ? 'phone' : kind];
  const left = settled + before;
  const wouldJoinNumbers = /[\d*+][^가-힣A-Za-z\d]{0,6}$/.test(left) && /^[^가-힣A-Za-z\d]{0,6}[\d*]/.test(after);
  if (wouldJoinNumbers || COPULA.test(after)) return { before: before + noun, after };

  const match = PARTICLE.exec(after);
  if (match !== null) {
    const particle = match[0].trim();
    const rest = after.slice(match[0].length);
    const word = left.trimEnd();
    const onSameLine = !/\n\s*$/.test(left);
    const ready = onSameLine && ENDS_WITH_WORD.test(word) && !ENDS_WITH_PARTICLE.test(word);
    if (ready) return { before: before.trimEnd() + agreeing(particle, word), after: rest };
    return joined(left, before, rest);
  }
  return joined(left, before, after);
}

/** One blank where two met, none before punctuation. */
function joined(left: string, before: string, after: string): { before: string; after: string } {
  const openEnd = left === '' || /\s$/.test(left);
  if (openEnd && /^[ \t]/.test(after)) return { before, after: after.replace(/^[ \t]+/, '') };
  if (/^[.,!?]/.test(after) || after === '') return { before: before.replace(/[ \t]+$/, ''), after };
  return { before, after };
}
