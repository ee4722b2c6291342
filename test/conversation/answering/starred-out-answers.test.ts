/** CLOVA stars out every phone number and link that it writes, and a model makes up others: 500 answers through the real engine. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { answerQuestion } from '../../../src/conversation/answering/respond.ts';
import { UsageSum } from '../../../src/conversation/answering/usage-sum.ts';
import type { Bot } from '../../../src/conversation/bot.ts';
import { TurnFeed } from '../../../src/conversation/turn/turn-feed.ts';
import { createClovaEngine } from '../../../src/engine/clova-studio/index.ts';
import { createFaqEngine } from '../../../src/engine/faq/index.ts';
import { createKnowledge } from '../../../src/knowledge/index.ts';
import { replyText } from '../../../src/message.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { findContactDetails } from '../../../src/privacy/contact-details.ts';
import { clovaSettings } from '../../engine/clova-settings.ts';

const ANSWERS = 500;
const CONTACT = '고객센터 1577-0000 (평일 9~18시)';

const four = (i: number) => String(1_000 + ((i * 7_919) % 9_000));
const SHAPES: readonly ((i: number) => string)[] = [
  (i) => `1588-${four(i)}`,
  (i) => `02-3${four(i).slice(1)}-${four(i + 1)}`,
  (i) => `(031) 777-${four(i)}`,
  (i) => `070-${four(i)}-${four(i + 2)}`,
  (i) => `https://shop.example.com/p/${four(i)}?from=chat`,
  (i) => `shop${i}.example.kr/return`,
  (i) => `help${i}@example.co.kr`,
  (i) => `국민은행 123456-01-${four(i)}56`,
];

interface Entry {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly fact: string;
}

const entries: readonly Entry[] = Array.from({ length: ANSWERS }, (_, i) => {
  const fact = SHAPES[i % SHAPES.length]?.(i) ?? '';
  const question = `${i}번 지점 안내는 어디서 하나요?`;
  return { id: `e${i}`, question, answer: `${i}번 지점은 ${fact} 에서 안내해 드려요.`, fact };
});

const inventions = readFileSync(new URL('../../fixtures/facts/invented.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replace(/[⟦⟧]/g, ''));

/** What models do to a placeholder. */
const HANDLINGS: readonly ((text: string, entry: Entry, i: number) => string)[] = [
  (text) => text,
  (text) => text.replace(/\[\[(..)(\d)\]\]/, '[[ $1 $2 ]]'),
  (text) => text.replace(/\[\[(.+?)\]\]/, '**[[$1]]**'),
  (text) => text.replace(/\[\[(.+?)\]\]/, '［［$1］］'),
  // It knows the wording from elsewhere; phone numbers and links are starred out on the way.
  (_, { answer }) => answer,
  (text, _, i) => `${text}\n${inventions[i % inventions.length]}`,
  (text, _, i) => `${inventions[(i * 31) % inventions.length]}\n${text}`,
];

const simulator = createClovaSimulator({
  answer: ({ messages }) => {
    const asked = messages.at(-1)?.text ?? '';
    const i = Number.parseInt(asked, 10);
    const entry = entries[i];
    const ground = /\[자료 1\][^\n]*\n([^\n]*)/.exec(messages[0]?.text ?? '')?.[1];
    if (entry === undefined || ground === undefined) throw new Error(`nothing to answer to ${asked}`);
    return HANDLINGS[i % HANDLINGS.length]?.(ground, entry, i);
  },
});
let url = '';

beforeAll(async () => {
  ({ url } = await simulator.start());
});

afterAll(() => simulator.close());

it('bring every number and link as the operator wrote it, and none that nobody wrote', async () => {
  const engine = createClovaEngine(clovaSettings({ baseUrl: url }), { logger: silentLogger, clock: systemClock });
  const parts = { clock: systemClock, logger: silentLogger, metrics: createMetrics({ botIds: ['default'] }) };
  let exact = 0;
  let marked = 0;
  try {
    for (const [i, { question, answer, fact, id }] of entries.entries()) {
      const bot = {
        id: 'default',
        knowledge: createKnowledge([{ id, question, answer, aliases: [], links: [] }]),
        engines: [engine],
        approvedEngine: createFaqEngine(),
        answerMode: 'free',
        systemPrompt: '당신은 상담원입니다.',
        contact: CONTACT,
        historyTokens: 3_000,
        historyTurns: 20,
        conversationIdleMs: 1_800_000,
      } as unknown as Bot;
      const feed = new TurnFeed(`t${i}`);
      const asked = {
        bot,
        turnId: `t${i}`,
        requestId: `r${i}`,
        conversation: { botId: 'default', channel: 'test', user: 'u' },
        text: question,
        memory: { recentTurns: [], heldDeliveries: [] },
        closesAt: systemClock.now() + 60_000,
        approvedOnly: false,
        usage: new UsageSum(),
      } as const;
      const { reply, source } = await answerQuestion(asked, feed, new AbortController().signal, parts);
      const said = replyText(reply);
      expect(source.engine).toBe('clova');
      // Eight stars may have been the contact's number just as well: then neither is said, and the contact stands at the end.
      const isAmbiguous = i % HANDLINGS.length === 4 && fact.startsWith('1588');
      if (!isAmbiguous) expect(said.replaceAll('**', '')).toContain(answer);
      const [own = ''] = findContactDetails(fact).map(({ start, end }) => fact.slice(start, end));
      const wordings = findContactDetails(said).map(({ start, end }) => said.slice(start, end).replaceAll('**', ''));
      expect(wordings.filter((wording) => wording !== own && wording !== '1577-0000')).toEqual([]);
      expect(feed.text.trim()).toBe(said);
      if (!isAmbiguous) exact += 1;
      // An invention that was starred out on the way may have become the operator's only number of that shape.
      const mayHaveInvention = isAmbiguous || i % HANDLINGS.length >= 5;
      const { withheld = 0 } = source;
      if (!mayHaveInvention) expect(withheld).toBe(0);
      if (withheld === 0) continue;
      marked += 1;
      expect(said.endsWith(CONTACT)).toBe(true);
      expect(said.split(CONTACT)).toHaveLength(2);
    }
  } finally {
    await engine.close();
  }
  expect(exact).toBeGreaterThan(ANSWERS - 15);
  expect(marked).toBeGreaterThan(100);
}, 120_000);
