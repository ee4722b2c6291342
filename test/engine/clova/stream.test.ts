import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatFrame, ChatResult } from '../../../src/engine/clova/chat-frame.ts';
import { type ChatStreamOptions, ChatStreamReader } from '../../../src/engine/clova/stream.ts';
import { GatewayError } from '../../../src/errors.ts';
import { maxAnswerBytes } from '../../../src/http-client/answer-size.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/clova/${name}.sse`, import.meta.url));

const MAX_BYTES = maxAnswerBytes(1_024);

interface Outcome {
  text: string;
  thinking?: string;
  pieces?: ChatFrame[];
  result?: ChatResult;
  errorCode?: string;
}

const reader = (options: Partial<ChatStreamOptions> = {}) =>
  new ChatStreamReader({ model: 'HCX-007', maxSizeBytes: MAX_BYTES, wantsThinking: true, ...options });

/** Reads as the exchange does: pieces first, then the end or the failure. */
function readAll(chunks: Iterable<Uint8Array>, options: Partial<ChatStreamOptions> = {}): Outcome {
  const stream = reader(options);
  const outcome: Outcome = { text: '' };
  const take = () => {
    for (const frame of stream.take()) {
      if (frame.type === 'text') outcome.text += frame.text;
      else if (frame.type === 'thinking') outcome.thinking = (outcome.thinking ?? '') + frame.text;
      else outcome.pieces = [...(outcome.pieces ?? []), frame];
    }
  };
  for (const chunk of chunks) {
    stream.feed(chunk);
    take();
    if (stream.result !== undefined || stream.failure !== undefined) break;
  }
  stream.end();
  take();
  if (stream.failure !== undefined) outcome.errorCode = stream.failure.code;
  if (stream.result !== undefined) outcome.result = stream.result;
  return outcome;
}

/** What the samples' results have in common. */
const result3 = (fields: object) => ({ type: 'result', model: 'HCX-007', toolCalls: [], aiFilter: [], ...fields });

const use = (promptTokens: number, completionTokens: number, thinkingTokens?: number) => ({
  usage: { promptTokens, completionTokens, ...(thinkingTokens !== undefined && { thinkingTokens }) },
});
const made = { seed: 42, createdAt: 1_790_000_001_000 };
const ended = (raw: string, reason: 'stop' | 'length' | 'tool-calls' = 'stop') => ({ finish: { reason, raw } });
const call = { id: 'call_abc', name: 'find_store', arguments: { city: '부산', open: true } };
const callPieces = [
  { type: 'tool-call-piece', id: 'call_abc', name: 'find_store', argumentsText: '' },
  ...['{', '"ci', 'ty":', ' "부', '산"', ', "open": true}'].map((argumentsText) => ({
    type: 'tool-call-piece',
    argumentsText,
  })),
];

const SAMPLES: readonly [string, object][] = [
  [
    'v1',
    {
      text: '반갑습니다. 무엇을 도와드릴까요?',
      result: result3({
        text: '반갑습니다. 무엇을 도와드릴까요?',
        ...ended('stop_before'),
        ...use(12, 9),
        seed: 77,
      }),
    },
  ],
  [
    'v1-token-limit',
    {
      text: '긴 답변의 앞',
      result: result3({ text: '긴 답변의 앞', ...ended('LENGTH', 'length'), ...use(5, 2) }),
    },
  ],
  [
    'v3',
    {
      text: '네, 맞습니다 😀\n끝 "인용"',
      result: result3({ text: '네, 맞습니다 😀\n끝 "인용"', ...ended('stop'), ...use(31, 8), ...made }),
    },
  ],
  [
    'v3-thinking',
    {
      text: '답은 4입니다.',
      thinking: '먼저 둘을 더한다.',
      result: result3({
        text: '답은 4입니다.',
        thinking: '먼저 둘을 더한다.',
        ...ended('stop'),
        ...use(31, 19, 11),
        ...made,
      }),
    },
  ],
  [
    'v3-thinking-used-up',
    {
      text: '',
      thinking: '먼저',
      result: result3({ text: '', thinking: '먼저', ...ended('length', 'length'), ...use(31, 1, 1), ...made }),
    },
  ],
  [
    'v3-documented-style',
    {
      text: '문서 예시처럼',
      result: result3({ text: '문서 예시처럼', finish: { reason: 'stop' }, ...use(7, 3), ...made }),
    },
  ],
  ['v3-result-only', { text: '한 번에 온 답', result: result3({ text: '한 번에 온 답', ...ended('stop'), ...made }) }],
  ['v3-error-first', { text: '', errorCode: 'ENGINE_CONTEXT_TOO_LONG' }],
  ['v3-error-later', { text: '여기까지는 왔고', errorCode: 'ENGINE_FAILED' }],
  ['v3-cut', { text: '여기까지', errorCode: 'ENGINE_STREAM_BROKEN' }],
  [
    'v3-tool-call',
    {
      text: '',
      pieces: callPieces,
      result: result3({ text: '', toolCalls: [call], ...ended('tool_calls', 'tool-calls'), ...use(120, 17), ...made }),
    },
  ],
  [
    'v3-tool-call-in-pieces-only',
    {
      text: '',
      pieces: callPieces,
      result: result3({ text: '', toolCalls: [call], ...ended('tool_calls', 'tool-calls'), ...use(120, 17), ...made }),
    },
  ],
  [
    'v3-two-tool-calls',
    {
      text: '',
      pieces: [
        ...callPieces,
        { type: 'tool-call-piece', id: 'call_def', name: 'now', argumentsText: '' },
        { type: 'tool-call-piece', argumentsText: '{}' },
      ],
      result: result3({
        text: '',
        toolCalls: [call, { id: 'call_def', name: 'now', arguments: {} }],
        ...ended('tool_calls', 'tool-calls'),
        ...use(120, 17),
        ...made,
      }),
    },
  ],
  [
    'v3-tool-call-cut-off',
    {
      text: '',
      pieces: callPieces.slice(0, 4),
      result: result3({ text: '', ...ended('length', 'length'), ...use(120, 17), ...made }),
    },
  ],
  [
    'v3-filter',
    {
      text: '나쁜 말',
      result: result3({
        text: '나쁜 말',
        ...ended('stop'),
        ...use(120, 17),
        ...made,
        aiFilter: [
          { group: 'curse', category: 'insult', likelihood: 'likely' },
          { group: 'curse', category: 'discrimination', likelihood: 'possible' },
          { group: 'unsafeContents', category: 'sexualHarassment', likelihood: 'unknown' },
        ],
      }),
    },
  ],
  [
    'v3-structured',
    {
      text: '{\n  "상태": "배송 중"\n}',
      result: result3({ text: '{\n  "상태": "배송 중"\n}', ...ended('stop'), ...use(120, 17), ...made }),
    },
  ],
];

describe.each(SAMPLES)('%s', (name, expected) => {
  const bytes = fixture(name);

  it('reads in one piece', () => {
    expect(readAll([bytes])).toEqual(expected);
  });

  it('reads the same cut in two at every byte', () => {
    for (let at = 1; at < bytes.length; at += 1) {
      expect(readAll([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(expected);
    }
  });

  it('reads the same byte by byte', () => {
    expect(readAll(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('reads the same in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const size = sizes[i % sizes.length] ?? 1;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(readAll(pieces)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

const frame = (event: string, data: unknown) =>
  Buffer.from(`event:${event}\ndata:${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
const token = (content: unknown) => frame('token', { message: { role: 'assistant', content } });
const result = (fields: object) => frame('result', { message: { role: 'assistant', content: 'x' }, ...fields });

describe('what streams may also hold', () => {
  it('gives text as soon as its frame is complete', () => {
    const stream = reader();
    stream.feed(token('안'));
    expect(stream.take()).toEqual([{ type: 'text', text: '안' }]);
    stream.feed(Buffer.concat([token('녕'), token('하')]));
    expect(stream.take()).toEqual([{ type: 'text', text: '녕하' }]);
    stream.feed(token('세').subarray(0, 10));
    expect(stream.hasFrames).toBe(false);
    expect(stream.take()).toEqual([]);
  });

  it('counts thinking as a sign of life', () => {
    const stream = reader();
    stream.feed(Buffer.from(': ping\n\n'));
    expect(stream.hasBegun).toBe(false);
    stream.feed(frame('token', { message: { thinkingContent: '음' } }));
    expect(stream.hasBegun).toBe(true);
  });

  it.each([
    [{ finishReason: 'stop' }, 'stop'],
    [{ finishReason: 'STOP' }, 'stop'],
    [{ finishReason: 'length' }, 'length'],
    [{ finishReason: 'tool_calls' }, 'tool-calls'],
    [{ finishReason: 'something new' }, 'stop'],
    [{}, 'stop'],
    [{ stopReason: 'stop_before' }, 'stop'],
    [{ stopReason: 'Stop_Before' }, 'stop'],
    [{ stopReason: 'end_token' }, 'length'],
    [{ stopReason: 'LENGTH' }, 'length'],
  ])('unifies the end %o to %s', (fields, reason) => {
    expect(readAll([token('x'), result(fields)]).result?.finish).toEqual({
      reason,
      ...(Object.keys(fields).length > 0 && { raw: Object.values(fields)[0] }),
    });
  });

  it('never appends the result', () => {
    const all = readAll([token('답'), frame('result', { message: { content: '답답답' }, finishReason: 'stop' })]);
    expect(all.text).toBe('답');
  });

  it('tolerates payloads of other shapes', () => {
    const odd = [
      'null',
      '[]',
      '1',
      '{}',
      '{"message":null}',
      '{"message":{"content":null}}',
      '{"message":{"content":[]}}',
    ];
    const chunks = [...odd.map((data) => frame('token', data)), token('답'), result({ usage: 'much' })];
    expect(readAll(chunks)).toMatchObject({ text: '답', result: { text: '답', finish: { reason: 'stop' } } });
  });

  it('takes an error whose event name was lost', () => {
    expect(readAll([Buffer.from('data:{"status":{"code":"42901","message":"Too many"}}\n\n')]).errorCode).toBe(
      'ENGINE_RATE_LIMITED',
    );
  });

  it('takes an error frame that is no JSON', () => {
    expect(readAll([frame('error', 'oops')]).errorCode).toBe('ENGINE_FAILED');
  });

  it('says that a frame is broken without quoting it', () => {
    const stream = reader();
    stream.feed(frame('token', '{"message":{"content":"비밀 이야기'));
    expect(stream.failure).toBeInstanceOf(GatewayError);
    expect(stream.failure?.code).toBe('ENGINE_STREAM_BROKEN');
    expect(`${stream.failure?.message}${stream.failure?.stack}${String(stream.failure?.cause)}`).not.toContain('비밀');
  });

  it('gives up on a frame without end', () => {
    const stream = reader();
    stream.feed(Buffer.from('event:token\ndata:'));
    const piece = Buffer.alloc(1_000, 'a');
    for (let size = 0; size <= MAX_BYTES; size += piece.length) stream.feed(piece);
    expect(stream.failure?.code).toBe('ENGINE_STREAM_BROKEN');
  });

  it('gives up on a stream without end', () => {
    const stream = reader();
    const comments = Buffer.from(`:${'a'.repeat(998)}\n`);
    for (let size = 0; size <= MAX_BYTES; size += comments.length) stream.feed(comments);
    expect(stream.failure?.code).toBe('ENGINE_STREAM_BROKEN');
  });

  it('reads the longest honest answer: 1,024 tokens in large frames, and all of them again', () => {
    const wordy = { seed: 4_294_967_295, index: 0, finishReason: null, created: 1_700_000_000, usage: null };
    const tokens = Array.from({ length: 1_024 }, () =>
      frame('token', { message: { role: 'assistant', content: '가나다라마바', thinkingContent: null }, ...wordy }),
    );
    const all = '가나다라마바'.repeat(1_024);
    const outcome = readAll([...tokens, frame('result', { message: { content: all }, finishReason: 'length' })]);
    expect(outcome).toMatchObject({ text: all, result: { text: all, finish: { reason: 'length' } } });
    expect(outcome.errorCode).toBeUndefined();
  });

  it('never crashes on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (chunks) => {
        expect(readAll(chunks).result).toBeUndefined();
      }),
    );
  });

  it('keeps thinking to itself unless somebody wants it', () => {
    const chunks = [frame('token', { message: { thinkingContent: '음' } }), token('답'), result({})];
    const silent = readAll(chunks, { wantsThinking: false });
    expect(silent).toMatchObject({ text: '답', result: { thinking: '음' } });
    expect(silent.thinking).toBeUndefined();
  });

  it('reads any text as JSON does, also where it takes frames for alike', () => {
    const tail = { finishReason: null, created: 1_790_000_000, seed: 42, usage: null };
    const odd = fc.constantFrom('"', '\\', '\\u0041', '\n', '","content":"', '"},"usage":1', '가', '😀', '');
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), odd), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(texts, fc.boolean(), (pieces, thinks) => {
        const field = thinks ? 'thinkingContent' : 'content';
        const chunks = pieces.map((text) => frame('token', { message: { role: 'assistant', [field]: text }, ...tail }));
        const outcome = readAll([...chunks, frame('result', { message: {} })]);
        expect(thinks ? (outcome.thinking ?? '') : outcome.text).toBe(pieces.join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no frame for alike whose shape is another', () => {
    const chunks = [
      '{"message":{"content":"가"},"seed":1}',
      '{"message":{"content":"나"},"seed":1}',
      '{"message":{"content":"다\\n"},"seed":1}',
      '{"message":{"content":"라"},"seed":1,"message":{"content":"마"}}',
      '{"message":{"content":"바"},"seed":2}',
      '{"other":{"content":"사"},"seed":1}',
    ].map((data) => frame('token', data));
    expect(readAll([...chunks, result({})]).text).toBe('가나다\n마바');
  });

  it.each(['[1]', '"text"', '12', '{"city'])('breaks off when the arguments of a tool call are %s', (partialJson) => {
    const begin = { id: 'c1', type: 'function', function: { name: 'find' } };
    const chunks = [begin, { type: 'function', function: { partialJson } }].map((toolCall) =>
      frame('token', { message: { toolCalls: [toolCall] } }),
    );
    const outcome = readAll([...chunks, frame('result', { message: { content: '' }, finishReason: 'tool_calls' })]);
    expect(outcome).toMatchObject({ errorCode: 'ENGINE_STREAM_BROKEN' });
    expect(outcome.result).toBeUndefined();
  });

  it('takes the arguments of a result as text too, and the result before the pieces', () => {
    const begin = frame('token', { message: { toolCalls: [{ id: 'c1', function: { name: 'find' } }] } });
    const lost = frame('token', { message: { toolCalls: [{ function: { partialJson: '{"a":' } }, null, {}] } });
    const calls = [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"a": 1}' } }];
    const end = frame('result', { message: { content: '', toolCalls: calls }, finishReason: 'tool_calls' });
    const toolCalls = [{ id: 'c1', name: 'find', arguments: { a: 1 } }];
    expect(readAll([begin, lost, end]).result).toMatchObject({ toolCalls });
    expect(readAll([lost, end]).result).toMatchObject({ toolCalls });
  });

  it.each([
    ['likely', '0', 'filtered'],
    ['likely', 0, 'filtered'],
    ['likely', '1', 'stop'],
    ['likely', '2', 'stop'],
    ['likely', '-1', 'stop'],
    ['possible', '0', 'filtered'],
    ['possible', '1', 'filtered'],
    ['possible', '2', 'stop'],
    ['possible', '-1', 'stop'],
    ['possible', 'high', 'stop'],
    ['possible', null, 'stop'],
    [undefined, '0', 'stop'],
  ] as const)('from %s on, a score of %j finishes as %s', (withholdFrom, score, reason) => {
    const aiFilter = [null, { groupName: 'curse', name: 'discrimination', score: '2' }, { name: 'insult', score }];
    const options = withholdFrom === undefined ? {} : { withholdFrom };
    expect(readAll([token('x'), result({ aiFilter })], options).result?.finish.reason).toBe(reason);
  });

  it('trusts no score of a filter that says it failed', () => {
    const aiFilter = [{ groupName: 'curse', name: 'insult', score: '0', result: 'ERROR' }];
    const { result: read } = readAll([token('x'), result({ aiFilter })], { withholdFrom: 'possible' });
    expect(read).toMatchObject({ finish: { reason: 'stop' }, aiFilter: [{ likelihood: 'unknown' }] });
  });
});
