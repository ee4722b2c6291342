/** Answers in which a customer would see nothing: another engine answers then. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { plainText } from '../../../src/channels/plain-text.ts';
import { saysSomething, saysWords } from '../../../src/conversation/answering/says-something.ts';
import type { Engine, EnginePart } from '../../../src/engine/engine.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const QUESTION = '반품 배송비는 얼마인가요?';
const FAQ_ANSWER = '반품 배송비는 편도 3,000원입니다.';
const CALL = { id: 'c1', name: 'nonexistent', arguments: {} };

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

function engineOf(parts: readonly EnginePart[], fields: Partial<Engine> = {}): Engine {
  return {
    name: 'empty',
    async *answer() {
      yield* parts;
    },
    close: async () => {},
    ...fields,
  };
}

const stop: EnginePart = { type: 'finished', reason: 'stop' };
const ready = (parts: Extract<EnginePart, { type: 'reply' }>['parts'], answered = true): EnginePart[] => [
  { type: 'reply', parts, quickReplies: [], groundIds: [], answered },
  stop,
];
const said = (text: string): EnginePart[] => [{ type: 'text-delta', text }, stop];

const EMPTY: Readonly<Record<string, readonly EnginePart[]>> = {
  'a tool that nobody offered': [
    { type: 'tool-calls', calls: [CALL] },
    { type: 'finished', reason: 'tool-calls' },
  ],
  'words and then a tool that nobody offered': [
    { type: 'text-delta', text: '확인해 볼게요.' },
    { type: 'tool-calls', calls: [CALL] },
    { type: 'finished', reason: 'tool-calls' },
  ],
  nothing: [stop],
  'blanks only': said(' \n\t\u00A0'),
  'what cannot be seen': said('\u200B\u2060\u3164'),
  'emphasis of nothing': said('****\n\n---'),
  'a rule': said('---'),
  'a table of nothing': said('| | |\n|:--|--:|\n| | |'),
  'code that is not there': said('```json\n\n```'),
  'marks of direction': said('\u202A\u202C\u2066\u2069'),
  'tags around nothing': said('<p><b></b></p>'),
  'a comment': said('<!-- 답변 없음 -->'),
  'a blank by its name': said('&nbsp;&#8203;'),
  'a reply without parts': ready([]),
  'a reply that found nothing and has no parts': ready([], false),
  'a reply of empty words': ready([{ type: 'text', text: ' ', format: 'plain' }]),
  'a card without anything': ready([{ type: 'card', buttons: [] }]),
};

it('an answer that holds nothing is logged with the cause that the engine gives', async () => {
  const details = { cause: 'thinking used up all 5120 tokens' };
  const thought: EnginePart = { type: 'finished', reason: 'length', details };
  Object.assign(rig.bot, { engines: [engineOf([thought]), rig.bot.approvedEngine] });
  const warn = vi.spyOn(silentLogger, 'warn');
  onTestFinished(() => warn.mockRestore());
  await rig.send(rig.message('test', QUESTION));
  await rig.settle();
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ code: 'ENGINE_FAILED', reason: 'The engine answered nothing', ...details }),
    expect.stringContaining('an engine failed'),
  );
});

describe.each(['test', 'kakao', 'naver'] as const)('on %s, an engine that answers', (channel) => {
  it.each(Object.entries(EMPTY))('%s leaves the question to the next one', async (_, parts) => {
    Object.assign(rig.bot, { engines: [engineOf(parts), rig.bot.approvedEngine] });
    const handled = await rig.send(rig.message(channel, QUESTION));
    await rig.settle();
    const texts = [...seen(handled).texts, ...rig.channel(channel).sent.map(({ message }) => message.text)];
    expect(texts.join('\n')).toContain(FAQ_ANSWER);
  });

  it.each(Object.entries(EMPTY))('%s becomes an apology where nobody comes after it', async (_, parts) => {
    Object.assign(rig.bot, { engines: [engineOf(parts)] });
    const handled = await rig.send(rig.message(channel, QUESTION));
    await rig.settle();
    const texts = [...seen(handled).texts, ...rig.channel(channel).sent.map(({ message }) => message.text)];
    expect(texts.join('\n')).toContain('죄송합니다');
  });
});

it('a model that goes on calling when it may not any more leaves the question to the next one', async () => {
  const parts = EMPTY['a tool that nobody offered'] ?? [];
  const toolbox = {
    definitions: [{ name: 'other', description: '', parameters: {} }],
    waitingText: () => undefined,
    call: async () => ({ outcome: 'failed' as const, text: '' }),
    close: async () => {},
  };
  const engine = engineOf(parts, { callsTools: true });
  Object.assign(rig.bot, { engines: [engine, rig.bot.approvedEngine], tools: { toolbox, maxRounds: 2 } });
  const handled = await rig.send(rig.message('test', QUESTION));
  expect(seen(handled).texts).toEqual([FAQ_ANSWER]);
});

describe('what says something', () => {
  it.each(['네', 'OK', '3,000원', '👍', '…', '?', ':)', '&#45320;', '`코드`', '<주문번호>'])('%s', (text) => {
    expect(saysWords(text)).toBe(true);
  });

  it('is what a customer can read once Markdown is drawn', () => {
    const markup =
      '** __ ~~ <b> </b> &nbsp; <!--x--> ` ``` ```js --- |:-|-:| | [a]:https://shop.example \\ 네 3,000원'.split(' ');
    const pieces = fc.array(fc.constantFrom(...markup, '\n', '\n\n', '- ', '> ', '# ', '| | |'), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (text) => {
        const shown = plainText({ type: 'text', text: text.join(''), format: 'markdown' });
        if (/[가-힣0-9]/.test(shown)) expect(saysWords(text.join(''))).toBe(true);
        if (shown === '') expect(saysWords(text.join(''))).toBe(false);
      }),
    );
  });

  it('is a picture, and a card with a button', () => {
    expect(saysSomething({ parts: [{ type: 'image', url: 'https://shop.example/a.png' }] })).toBe(true);
    const button = { type: 'message', label: '예약' } as const;
    expect(saysSomething({ parts: [{ type: 'card', buttons: [button] }] })).toBe(true);
  });
});
