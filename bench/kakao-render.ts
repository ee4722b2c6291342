/** What rendering a reply for Kakao costs. `node bench/kakao-render.ts --help` */
import { parseArgs } from 'node:util';
import { renderReply } from '../src/channels/kakao/render.ts';
import type { Reply, ReplyPart } from '../src/message.ts';
import { printTable } from './print-table.ts';

const HELP = `Measures the CPU time of rendering one reply for KakaoTalk, from our reply model to the JSON of the response.

  node bench/kakao-render.ts [--rounds N]

  --rounds N   rounds of each reply (default 21); the table shows the median and the fastest round
  --help       this text

The aims: plain text under 500 characters in 50 µs, 5,000 characters of Markdown in 1,000 µs.
`;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

/** Of one round: long enough for the clock, short enough that other work on the machine spoils single rounds only. */
const ROUND_MS = 30;

const sentence = '배송은 보통 이틀에서 사흘쯤 걸리며 도서 산간은 하루가 더 걸립니다. ';
const section = `## 배송 안내

**배송비(3,000원)**는 *5만 원 이상* 주문하시면 무료입니다. [배송 조회](https://shop.example/orders?id=1234)에서 확인하세요.

| 구분 | 요금 | 기간 |
|---|---:|---|
| 일반 | 3,000원 | 2~3일 |
| 도서 산간 | 6,000원 | 4~5일 |

- **교환**: ${sentence}
  - 문의는 02-1234-5678 로 주세요.
- **환불**: ${sentence}

${sentence.repeat(3)}

`;
const buttons = [{ type: 'link', label: '자세히 보기', url: 'https://shop.example/1' } as const];
const imageUrl = 'https://shop.example/coat.png';
const product = { type: 'product', title: '코트', priceKrw: 39_000, imageUrl, buttons } as const;

const text = (value: string, format: 'plain' | 'markdown'): readonly ReplyPart[] => [
  { type: 'text', text: value, format },
];
const replies: readonly (readonly [string, readonly ReplyPart[]])[] = [
  ['plain text, 40 characters', text(sentence.trim(), 'plain')],
  ['plain text, 490 characters', text(sentence.repeat(13).slice(0, 490), 'plain')],
  ['the same, said to be Markdown', text(sentence.repeat(13).slice(0, 490), 'markdown')],
  ['plain text, 5,000 characters', text(sentence.repeat(140).slice(0, 5_000), 'plain')],
  ['Markdown, 500 characters', text(section.repeat(2).slice(0, 500), 'markdown')],
  ['Markdown, 5,000 characters', text(section.repeat(20).slice(0, 5_000), 'markdown')],
  [
    'a list of five rows',
    [{ type: 'list', title: '메뉴', items: Array(5).fill({ title: '배송비', description: '3,000원' }), buttons }],
  ],
  ['a carousel of ten products', [{ type: 'carousel', cards: Array(10).fill(product) }]],
];

const context = {
  turnId: '0198f0e2-7e1c-7c3d-9d53-000000000000',
  conversation: { botId: 'default', channel: 'kakao', user: 'f'.repeat(66) },
  mode: 'inline',
  maxBubbles: 3,
} as const;
const quickReplies: Reply['quickReplies'] = [{ type: 'message', label: '상담사 연결', action: { kind: 'person' } }];

printTable(
  ['reply', 'bytes', 'median µs', 'fastest µs'],
  replies.map(([name, parts]) => {
    const reply: Reply = { parts, quickReplies };
    const render = () => JSON.stringify(renderReply(reply, context).map(({ wire }) => wire));
    const rounds = Array.from({ length: Number(values.rounds) + 3 }, () => roundUs(render))
      .slice(3) // the first ones pay for compiling
      .sort((a, b) => a - b);
    const at = (index: number) => (rounds[index] ?? 0).toFixed(1);
    return [name, String(Buffer.byteLength(render())), at(Math.floor(rounds.length / 2)), at(0)];
  }),
);

/** CPU time of this process for each call: on a shared machine the clock on the wall counts others' work too. */
function roundUs(run: () => unknown): number {
  const until = performance.now() + ROUND_MS;
  const before = process.cpuUsage();
  let calls = 0;
  do {
    run();
    calls += 1;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
