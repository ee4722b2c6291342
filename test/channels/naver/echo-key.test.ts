import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { type Reply, type ReplyPart, textReply } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { JsonServer } from '../../helpers/json-server.ts';

const conversation = { botId: 'default', channel: 'naver', user: 'AAECAwQFBgcICQoLDA0ODw' } as const;
const options = {
  botId: 'default',
  secrets: [],
  authorization: 'key',
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: () => 'id',
  logger: silentLogger,
};
const channel = createNaverChannel(options);

const render = (reply: Reply) => channel.render(reply, { turnId: 't', conversation, mode: 'push', maxBubbles: 3 });

/** What the webhook makes of TalkTalk's copy. */
function echoOf(wire: unknown, change: (wire: Record<string, unknown>) => object = (same) => same) {
  const { event: sent, ...content } = wire as { event: string };
  const options = { mobile: false, sourceId: 12345, threadOwnerId: 12345 };
  const echo = { event: 'echo', echoedEvent: sent, user: conversation.user, messageId: 9, ...change(content), options };
  const event = channel.parse({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(echo)),
    remoteAddress: '211.249.40.1',
    isLocal: false,
    receivedAt: 1_000_000,
    requestId: 'r',
  });
  if (event.type !== 'message-echoed') throw new Error(event.type);
  return event;
}

/** Its own address for pictures, its own way with blanks and syllables. */
function asTalkTalkMayShowIt(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(asTalkTalkMayShowIt);
  if (typeof content !== 'object' || content === null) {
    return typeof content === 'string'
      ? ` ${content.normalize('NFD').replaceAll(' ', '\u00a0').replaceAll('\n', '\r\n')}\n`
      : content;
  }
  const entries = Object.entries(content).filter(([key]) => key !== 'quickReply' && key !== 'buttonList');
  return Object.fromEntries(
    entries.map(([key, value]) =>
      key === 'imageUrl'
        ? [key, 'https://talk-phinf.pstatic.net/20261121/x.jpg']
        : [key, key === 'type' ? value : asTalkTalkMayShowIt(value)],
    ),
  );
}

const words = fc.stringMatching(/^[가-힣a-z0-9]{1,12}( [가-힣😀.!?]{1,8}){0,5}$/u);
const part: fc.Arbitrary<ReplyPart> = fc.oneof(
  words.map((text) => ({ type: 'text', text, format: 'plain' }) as const),
  fc.constant({ type: 'image', url: 'https://shop.example/fee.png' } as const),
  fc
    .record({ title: words, description: words })
    .map((card) => ({ type: 'card', ...card, imageUrl: 'https://shop.example/a.png', buttons: [] }) as const),
  fc
    .record({
      title: words,
      items: fc.array(fc.record({ title: words, description: words }), { minLength: 1, maxLength: 4 }),
    })
    .map((list) => ({ type: 'list', ...list, buttons: [] }) as const),
);

describe('the key of an echo', () => {
  it('is that of the message, however TalkTalk shows it', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        for (const { wire, echoKey } of render({ parts, quickReplies: [] })) {
          expect(echoKey).toBeDefined();
          expect(echoOf(wire, (content) => asTalkTalkMayShowIt(content) as object).echoKeys).toContain(echoKey);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of what is said more plainly, because the platform refused it, is told before it is sent', async () => {
    const server = await JsonServer.open();
    server.reaction = { body: { success: false, resultCode: '02' } };
    const refusing = createNaverChannel({ ...options, baseUrl: server.origin });
    const product: ReplyPart = {
      type: 'product',
      storeNumber: 7,
      title: '울 코트',
      description: '회색',
      priceKrw: 39_000,
      imageUrl: 'https://shop.example/7.png',
      buttons: [],
    };
    const profileRequest = { field: 'phone', alsoNeeded: [] } as const;
    const told: (string | undefined)[] = [];
    for (const message of render({ parts: [product], quickReplies: [], profileRequest })) {
      expect(message.fallback).toBeDefined();
      const beforeFallback = async (echoKey: string) => void told.push(echoKey);
      const target = { conversation, mode: 'push', beforeFallback } as const;
      await refusing.deliver?.(message, target, new AbortController().signal);
      const { user: _, ...wire } = JSON.parse(server.received.at(-1)?.body ?? '{}');
      expect(echoOf(wire, (content) => asTalkTalkMayShowIt(content) as object).echoKeys).toContain(told.at(-1));
    }
    // Shop cards, cards, words; the dialog, words.
    expect(server.received).toHaveLength(5);
    expect(new Set(told).size).toBe(3);
    await refusing.close();
    await server.close();
  });

  it('differs where the words differ, and between words and cards', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        fc.pre(a.replaceAll(' ', '') !== b.replaceAll(' ', ''));
        expect(render(textReply(a))[0]?.echoKey).not.toBe(render(textReply(b))[0]?.echoKey);
      }),
      { numRuns: 100 },
    );
    const card = { compositeContent: { compositeList: [{ title: '안내', description: '반품' }] } };
    const text = { textContent: { text: '안내 반품' } };
    expect(echoOf({ event: 'send', ...card }).echoKeys).not.toEqual(echoOf({ event: 'send', ...text }).echoKeys);
  });

  it('of a picture is also that of the bubble with its address, which is shown when TalkTalk could not get it', () => {
    const url = 'https://shop.example/fee.png';
    const [picture] = render({ parts: [{ type: 'image', url }], quickReplies: [] });
    expect(echoOf({ event: 'send', textContent: { text: url } }).echoKeys).toContain(picture?.echoKey);
    expect(echoOf({ event: 'send', textContent: { text: `${url} 보세요` } }).echoKeys).not.toContain(picture?.echoKey);
  });

  it('is not given for an empty message, to agents, or to what the account says by itself', () => {
    expect(render(textReply(''))[0]?.echoKey).toBeUndefined();
    const said = (options: object) => {
      const echo = { event: 'echo', echoedEvent: 'send', user: 'u', textContent: { text: '안녕하세요' }, options };
      return channel.parse({
        method: 'POST',
        headers: {},
        body: Buffer.from(JSON.stringify(echo)),
        remoteAddress: '',
        isLocal: true,
        receivedAt: 1,
        requestId: 'r',
      });
    };
    expect(said({ managerNickname: '김상담', sourceId: 1 })).toMatchObject({ author: 'agent' });
    expect(said({ sourceId: 1 })).toMatchObject({ author: 'system' });
    for (const options of [{ managerNickname: '김상담' }, { sourceId: 1 }]) {
      expect(said(options)).not.toHaveProperty('echoKeys');
    }
    expect(said({ sourceId: 12345 })).toMatchObject({ author: 'bot', echoKeys: [expect.stringContaining('text:')] });
  });

  it('comes with the number of the message, which nothing else tells', () => {
    expect(echoOf({ event: 'send', textContent: { text: '네' } }).platformId).toBe('9');
  });
});
