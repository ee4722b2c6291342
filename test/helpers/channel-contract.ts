/** What every channel must do, whatever its platform: each channel's test runs this suite and adds its own. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type {
  Channel,
  InboundOutcome,
  RenderContext,
  WebhookRequest,
  WebhookResponse,
} from '../../src/channels/channel.ts';
import { GatewayError } from '../../src/errors.ts';
import type { ChannelName, Choice, Reply, ReplyMode } from '../../src/message.ts';

export interface ChannelContract {
  readonly name: ChannelName;
  /** Configured with secrets; `goodRequest` carries one of them. */
  readonly channel: Channel;
  readonly goodRequest: () => WebhookRequest;
  readonly tampered: (good: WebhookRequest) => WebhookRequest;
  /** Payloads from which broken ones are made. */
  readonly corpus: readonly Uint8Array[];
  /** Our own API refuses fields that it does not know; a platform may add some at any time. */
  readonly unknownFields: 'tolerated' | 'refused';
  readonly modes: readonly ReplyMode[];
  /** Faults of one outgoing message; empty when the platform would take it. */
  readonly judgeMessage: (wire: unknown, context: RenderContext) => readonly unknown[];
  /** Faults of the body of a response to a request that was taken. */
  readonly judgeResponse: (response: WebhookResponse, outcome: InboundOutcome) => readonly unknown[];
}

const FUZZ_RUNS = 2_000;
const RENDER_RUNS = 300;

export function channelContract(contract: ChannelContract): void {
  const { channel, goodRequest, name } = contract;

  it('takes a request with its secret and refuses one without', () => {
    expect(() => channel.verify(goodRequest())).not.toThrow();
    expect(() => channel.verify(contract.tampered(goodRequest()))).toThrowError(
      expect.objectContaining({ code: 'INBOUND_UNVERIFIED' }),
    );
  });

  it('reads a request into an event of this channel that survives JSON', () => {
    const event = channel.parse(goodRequest());
    expect(event.type).toBe('message-received');
    expect(event.conversation.channel).toBe(name);
    expect(event.receivedAt).toBe(goodRequest().receivedAt);
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it(`unknown fields are ${contract.unknownFields}`, () => {
    const good = goodRequest();
    const body = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(good.body).toString()), somethingNew: { a: [1] } }),
    );
    if (contract.unknownFields === 'tolerated') {
      expect(channel.parse({ ...good, body }).type).toBe(channel.parse(good).type);
    } else {
      expect(() => channel.parse({ ...good, body })).toThrowError(
        expect.objectContaining({ code: 'INBOUND_MALFORMED' }),
      );
    }
  });

  it('reads or refuses every body, and crashes on none', () => {
    fc.assert(
      fc.property(bodies(contract.corpus), (body) => {
        const request = { ...goodRequest(), body };
        try {
          const event = channel.parse(request);
          expect(JSON.parse(JSON.stringify(event))).toEqual(event);
          if (event.type === 'message-received')
            expect(event.text.isWellFormed() && !event.text.includes('\0')).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
          expect((thrown as GatewayError).code).toMatch(/^INBOUND_/);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it('survives deep nesting, empty bodies and half of everything', () => {
    const deep = Buffer.from(`{"query":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
    const halves = contract.corpus.map((body) => body.subarray(0, body.length / 2));
    for (const body of [
      deep,
      new Uint8Array(),
      Buffer.from('null'),
      Buffer.from('[]'),
      Buffer.from('"a"'),
      ...halves,
    ]) {
      try {
        channel.parse({ ...goodRequest(), body });
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: expect.stringMatching(/^INBOUND_/) });
      }
    }
  });

  it('renders an empty reply as one message', () => {
    for (const mode of contract.modes) {
      expect(channel.render({ parts: [], quickReplies: [] }, contextFor(name, mode))).toHaveLength(1);
    }
  });

  it('renders every reply within the limits of the platform', () => {
    fc.assert(
      fc.property(replies, contexts(name, contract.modes), (reply, context) => {
        const messages = channel.render(reply, context);
        expect(messages.length).toBeGreaterThan(0);
        for (const message of messages) {
          expect(JSON.parse(JSON.stringify(message))).toEqual(message);
          if (message.bubbles > 0) expect(contract.judgeMessage(message.wire, context)).toEqual([]);
        }
      }),
      { numRuns: RENDER_RUNS },
    );
  });

  it('answers every outcome with a response that the platform takes', () => {
    fc.assert(
      fc.property(outcomes(channel, name), (outcome) => {
        const response = channel.respond(outcome);
        expect(response.status).toBeGreaterThanOrEqual(200);
        if (response.body !== '') {
          expect(response.headers['content-type']).toMatch(/^application\/json;\s?charset=utf-8$/i);
          JSON.parse(response.body);
        }
        expect(contract.judgeResponse(response, outcome)).toEqual([]);
      }),
      { numRuns: RENDER_RUNS },
    );
  });
}

function contextFor(name: ChannelName, mode: ReplyMode): RenderContext {
  return { turnId: 'turn-1', conversation: { botId: 'default', channel: name, user: 'user-1' }, mode, maxBubbles: 3 };
}

function bodies(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const known = fc.constantFrom(...corpus);
  const mutated = fc
    .tuple(known, fc.jsonValue(), fc.nat(), fc.constantFrom('replace', 'delete', 'wrap'))
    .map(([bytes, value, seed, how]) => mutate(bytes, value, seed, how));
  const damaged = fc.tuple(known, fc.nat(), fc.uint8Array({ maxLength: 4 })).map(([bytes, at, inserted]) => {
    const cut = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, cut), inserted, bytes.subarray(cut + inserted.length)]);
  });
  return fc.oneof(
    { weight: 5, arbitrary: mutated },
    { weight: 3, arbitrary: damaged },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  );
}

/** One value somewhere in the payload becomes something else. */
function mutate(bytes: Uint8Array, value: unknown, seed: number, how: string): Uint8Array {
  let root: unknown;
  try {
    root = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return bytes;
  }
  const places: { parent: Record<string, unknown>; key: string }[] = [];
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      const parent = node as Record<string, unknown>;
      places.push({ parent, key });
      visit(parent[key]);
    }
  };
  visit(root);
  const place = places[seed % Math.max(1, places.length)];
  if (place === undefined) return bytes;
  if (how === 'delete') delete place.parent[place.key];
  else place.parent[place.key] = how === 'wrap' ? [place.parent[place.key], value] : value;
  return Buffer.from(JSON.stringify(root));
}

const korean = fc
  .array(
    fc.constantFrom(
      '배송은 보통 2~3일 걸립니다. ',
      '**"환불 규정"**은 https://shop.example/help?id=1&x=%EA%B0%80 에 있습니다!\n',
      '문의: 02-1234-5678, 010 1234 5678. ',
      '- 기본 배송비는 3,000 원\n- 5만 원 이상 무료\n',
      '| 구분 | 요금 |\n|---|---|\n| 일반 | 3,000원 |\n\n',
      '👩‍👩‍👧‍👦🇰🇷 감사합니다~ ',
      '```\ncode\n```\n',
      '가나다라마바사아자차카타파하'.repeat(8),
      '\n\n',
      ' ',
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));
const anyText = fc.oneof(
  { weight: 3, arbitrary: korean },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);
const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom(
    '',
    'javascript:alert(1)',
    '/images/a.png',
    'https://a.b/c d',
    `https://a.example/${'x'.repeat(1_500)}`,
  ),
);
const label = fc.oneof(
  fc.constantFrom('예', '상담사 연결', '배송비와 배송 기간이 궁금해요', ''),
  fc.string({ maxLength: 40 }),
);
const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record(
    {
      type: fc.constant('message' as const),
      label,
      text: anyText,
      action: fc.constantFrom({ kind: 'person' } as const, { kind: 'ask', entryId: 'e-1' } as const),
    },
    { requiredKeys: ['type', 'label'] },
  ),
  fc.record({ type: fc.constant('link' as const), label, url }),
  fc.record({
    type: fc.constant('phone' as const),
    label,
    phoneNumber: fc.constantFrom('02-1234-5678', '1588-0000', ''),
  }),
) as fc.Arbitrary<Choice>;
const choices = fc.array(choice, { maxLength: 14 });
const part = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('text' as const),
      text: anyText,
      format: fc.constantFrom('plain', 'markdown'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { type: fc.constant('image' as const), url, altText: anyText },
      { requiredKeys: ['type', 'url'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { type: fc.constant('card' as const), title: anyText, description: anyText, imageUrl: url, buttons: choices },
      { requiredKeys: ['type', 'buttons'] },
    ),
  },
);
const replies = fc.record({ parts: fc.array(part, { maxLength: 5 }), quickReplies: choices }) as fc.Arbitrary<Reply>;

function contexts(name: ChannelName, modes: readonly ReplyMode[]): fc.Arbitrary<RenderContext> {
  return fc
    .record({ mode: fc.constantFrom(...modes), maxBubbles: fc.integer({ min: 1, max: 3 }), isGroup: fc.boolean() })
    .map(({ mode, maxBubbles, isGroup }) => {
      const base = contextFor(name, mode);
      const conversation = isGroup && name === 'kakao' ? { ...base.conversation, room: 'room-1' } : base.conversation;
      return { ...base, maxBubbles, conversation };
    });
}

const ERROR_CODES = [
  'INBOUND_UNVERIFIED',
  'INBOUND_MALFORMED',
  'INBOUND_TOO_LARGE',
  'INBOUND_TOO_SLOW',
  'INBOUND_RATE_LIMITED',
  'BOT_UNKNOWN',
  'ENGINE_FILTERED',
  'ENGINE_TIMEOUT',
  'STORE_FAILED',
  'OVERLOADED',
  'INTERNAL',
] as const;

function outcomes(channel: Channel, name: ChannelName): fc.Arbitrary<InboundOutcome> {
  const rendered = (reply: Reply, maxBubbles: number) =>
    channel.render(reply, { ...contextFor(name, 'inline'), maxBubbles }).slice(0, 1);
  const messages = fc.array(replies, { maxLength: 3 }).map((all) => all.flatMap((reply) => rendered(reply, 1)));
  return fc.oneof(
    messages.map((list): InboundOutcome => ({ kind: 'answered', messages: list })),
    replies.map(
      (reply): InboundOutcome => ({
        kind: 'answered',
        messages: rendered(reply, 3),
        details: {
          turnId: 'turn-1',
          conversationId: 'user-1',
          question: '배송비?',
          reply,
          source: { kind: 'knowledge', engine: 'faq', entries: [{ id: 'e-1', question: '배송비', score: 0.9 }] },
          timings: { knowledgeMs: 1, engineMs: 2, totalMs: 3 },
        },
      }),
    ),
    anyText.map((text): InboundOutcome => ({ kind: 'promised', text })),
    fc.constant<InboundOutcome>({ kind: 'accepted' }),
    fc.constant<InboundOutcome>({ kind: 'payment-refused' }),
    anyText.map((text): InboundOutcome => ({ kind: 'payment-refused', text })),
    fc.tuple(fc.constantFrom(...ERROR_CODES), fc.option(fc.nat({ max: 90_000 }), { nil: undefined })).map(
      ([code, retryAfterMs]): InboundOutcome => ({
        kind: 'refused',
        error: new GatewayError(code, 'no', retryAfterMs === undefined ? {} : { retryAfterMs }),
      }),
    ),
  );
}
