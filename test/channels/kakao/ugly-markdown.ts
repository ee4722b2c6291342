/** What models really write, more or less: made from a table of habits, the same for the same seed. */

export interface UglyOutput {
  readonly markdown: string;
  /** Must be readable, in this order, whatever stands between them. */
  readonly words: readonly string[];
  /** Must stay in one piece: addresses, phone numbers, amounts, emoji of several code points. */
  readonly unbreakable: readonly string[];
}

/** A whole number from 0 up to, and without, `below`. */
type Pick = (below: number) => number;
type Habit = (pick: Pick) => UglyOutput;

const SENTENCES = [
  '배송은 보통 이틀에서 사흘쯤 걸립니다.',
  '교환과 환불은 받으신 날부터 이레 안에 신청하실 수 있어요.',
  '도서 산간은 하루가 더 걸릴 수 있습니다!',
  '혹시 다른 점이 궁금하신가요?',
  '주문 내역에서 바로 확인하실 수 있습니다.',
];
const EMOJI = ['👩‍👩‍👧‍👦', '🇰🇷', '👍🏽', '❤️‍🔥', '한'];
const oneOf = <T>(pick: Pick, list: readonly T[]): T => list[pick(list.length)] as T;
const sentence = (pick: Pick) => oneOf(pick, SENTENCES);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function plain(markdown: string, words: readonly string[], unbreakable: readonly string[] = []): UglyOutput {
  return { markdown, words, unbreakable };
}

const HABITS: Readonly<Record<string, Habit>> = {
  'a paragraph': (pick) => {
    const text = times(1 + pick(6), () => sentence(pick)).join(' ');
    return plain(text, [text]);
  },
  'bold that CommonMark cannot close': () =>
    plain('**굵게**은 **"환불 규정"**은 **배송비(3,000원)**는 중요합니다.', [
      '굵게은',
      '"환불 규정"은',
      '배송비(3,000원)는 중요합니다.',
    ]),
  'a heading of every level': (pick) => {
    const level = 1 + pick(6);
    return plain(`${'#'.repeat(level)} 안내 ${level}\n${SENTENCES[0]}`, [`안내 ${level}`, SENTENCES[0] as string]);
  },
  'a table': (pick) => {
    const rows = times(2 + pick(12), (i) => [`상품 ${i}`, `${i + 1},000원`, `${i + 2}일`]);
    const lines = rows.map((row) => `| ${row.join(' | ')} |`);
    return plain(
      ['| 이름 | 값 | 기간 |', '|:---|---:|:-:|', ...lines].join('\n'),
      rows.flat(),
      rows.map((row) => row[1] as string),
    );
  },
  'a table without outer bars': () =>
    plain('구분 | 요금\n--- | ---\n일반 | **무료**\n산간 | 유료', ['일반', '무료', '산간', '유료']),
  'a nested list': (pick) => {
    const lines = times(
      3 + pick(10),
      (i) => `${'  '.repeat(i % 4)}${oneOf(pick, ['-', '*', '+'])} **항목 ${i}**: ${sentence(pick)}`,
    );
    return plain(
      lines.join('\n'),
      lines.map((_, i) => `항목 ${i}:`),
    );
  },
  'a list of ones': (pick) => {
    const items = times(2 + pick(8), () => sentence(pick));
    return plain(items.map((item) => `1. ${item}`).join('\n'), items);
  },
  code: () =>
    plain('```ts\nconst fee = price > 50_000 ? 0 : 3_000;\n```\n그리고 `npm start`를 실행하세요.', [
      'const fee = price > 50_000 ? 0 : 3_000;',
      'npm start를 실행하세요.',
    ]),
  'code without an end': () => plain('~~~\n주문 번호를 넣으세요', ['주문 번호를 넣으세요']),
  'a long address': (pick) => {
    const url = `https://shop.example/${'길'.repeat(3)}/${'a1-_'.repeat(70)}?id=${pick(1_000_000)}`;
    return plain(`[주문 조회](${url})를 눌러 주세요.`, ['주문 조회', url], [url]);
  },
  'a bare address before a particle': (pick) => {
    const url = `https://shop.example/help?id=${pick(1_000_000)}`;
    return plain(`${url} 에서 보세요. <${url}> `, [url, '에서 보세요.', url], [url]);
  },
  'phone numbers': (pick) => {
    const phone = `02-${1_000 + pick(9_000)}-${1_000 + pick(9_000)}`;
    return plain(`**문의**: [${phone}](tel:${phone}) (평일 9시~18시)`, ['문의', phone, '(평일 9시~18시)'], [phone]);
  },
  emoji: (pick) => {
    const run = times(1 + pick(30), () => oneOf(pick, EMOJI));
    return plain(
      run.join(''),
      [run.join('')],
      run.filter((one) => one.length > 1),
    );
  },
  footnotes: (pick) => {
    const name = String(1 + pick(9));
    return plain(`무료입니다[^${name}].\n\n[^${name}]: 5만 원 이상`, ['무료입니다', '5만 원 이상'], ['5만 원']);
  },
  HTML: () =>
    plain('<div><b>굵게</b><br/>줄 &amp; <u>밑줄</u> <주문번호></div>\n<!-- 비밀 -->', [
      '굵게',
      '줄 & 밑줄',
      '<주문번호>',
    ]),
  'a cut bold': () => plain('**배송은 이틀', ['배송은 이틀']),
  'a cut link': () => plain('[도움말](https://shop.example/hel', ['도움말', 'https://shop.example/hel']),
  'a quote in a quote': () => plain('> 인용\n>> 더 깊은 인용\n\n***\n끝', ['인용', '더 깊은 인용', '끝']),
  'struck-out text and ranges': () => plain('~~5,000원~~ 3,000원 (9시~18시)', ['5,000원', '3,000원', '(9시~18시)']),
  tasks: () => plain('- [x] 접수\n- [ ] 발송', ['접수', '발송']),
  'a picture': () => plain('![지도](https://shop.example/map.png)', ['지도', 'https://shop.example/map.png']),
  'half a table': () => plain('| 구분 | 요금 |\n|---', ['구분', '요금']),
  'carriage returns and control characters': () => plain('첫 줄\r\n\r\n\u0007둘째 줄\u200b', ['첫 줄', '둘째 줄']),
  'one endless paragraph': (pick) => {
    const text = times(190 + pick(60), () => sentence(pick)).join(' ');
    return plain(text, [text]);
  },
  'one endless word': (pick) => {
    const word = '가나다라마바사아자차카타파하'.repeat(20 + pick(60));
    return plain(word, [word]);
  },
};

export const HABIT_NAMES = Object.keys(HABITS);

/** The first ones show every habit alone, the later ones several together. */
export function uglyOutputs(count: number, seed: number): readonly UglyOutput[] {
  const pick = seededPick(seed);
  return times(count, (index) => {
    const alone = HABIT_NAMES[index];
    const names = alone === undefined ? times(3 + pick(8), () => oneOf(pick, HABIT_NAMES)) : [alone];
    // What is left open (a fence, bold) must come last: it takes in all that follows.
    const open = (name: string) => (/without an end|^half a|^a cut/.test(name) ? 1 : 0);
    const [closed, opened] = [names.filter((name) => open(name) === 0), names.filter((name) => open(name) === 1)];
    const parts = [...closed, ...opened.slice(0, 1)].flatMap((name) => HABITS[name]?.(pick) ?? []);
    return {
      markdown: parts.map((part) => part.markdown).join('\n\n'),
      words: parts.flatMap((part) => part.words),
      unbreakable: parts.flatMap((part) => part.unbreakable),
    };
  });
}

/** mulberry32: small, and the same everywhere. */
function seededPick(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
