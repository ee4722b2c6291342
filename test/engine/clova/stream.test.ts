import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatStreamReader, type Finished, maxBodyBytes } from '../../../src/engine/clova/stream.ts';
import { GatewayError } from '../../../src/errors.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/clova/${name}.sse`, import.meta.url));

const MAX_BYTES = maxBodyBytes(1_024);

interface Outcome {
  text: string;
  finished?: Finished;
  errorCode?: string;
}

/** Reads as the exchange does: text first, then the end or the failure. */
function readAll(chunks: Iterable<Uint8Array>): Outcome {
  const reader = new ChatStreamReader('HCX-007', MAX_BYTES);
  const outcome: Outcome = { text: '' };
  try {
    for (const chunk of chunks) {
      outcome.text += reader.feed(chunk);
      if (reader.finished !== undefined) break;
    }
    outcome.text += reader.end();
  } catch (error) {
    outcome.errorCode = (error as GatewayError).code;
  }
  if (reader.finished !== undefined) outcome.finished = reader.finished;
  return outcome;
}

const finished = (reason: 'stop' | 'length', usage?: object) => ({
  type: 'finished',
  model: 'HCX-007',
  reason,
  ...(usage && { usage }),
});

const SAMPLES: readonly [string, object][] = [
  [
    'v1',
    {
      text: '반갑습니다. 무엇을 도와드릴까요?',
      finished: finished('stop', { promptTokens: 12, completionTokens: 9 }),
    },
  ],
  ['v1-token-limit', { text: '긴 답변의 앞', finished: finished('length', { promptTokens: 5, completionTokens: 2 }) }],
  ['v3', { text: '네, 맞습니다 😀\n끝 "인용"', finished: finished('stop', { promptTokens: 31, completionTokens: 8 }) }],
  [
    'v3-thinking',
    {
      text: '답은 4입니다.',
      finished: finished('stop', { promptTokens: 31, completionTokens: 19, thinkingTokens: 11 }),
    },
  ],
  [
    'v3-thinking-used-up',
    { text: '', finished: finished('length', { promptTokens: 31, completionTokens: 1, thinkingTokens: 1 }) },
  ],
  [
    'v3-documented-style',
    { text: '문서 예시처럼', finished: finished('stop', { promptTokens: 7, completionTokens: 3 }) },
  ],
  ['v3-result-only', { text: '한 번에 온 답', finished: finished('stop') }],
  ['v3-error-first', { text: '', errorCode: 'ENGINE_CONTEXT_TOO_LONG' }],
  ['v3-error-later', { text: '여기까지는 왔고', errorCode: 'ENGINE_FAILED' }],
  ['v3-cut', { text: '여기까지', errorCode: 'ENGINE_STREAM_BROKEN' }],
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
    const reader = new ChatStreamReader('HCX-005', MAX_BYTES);
    expect(reader.feed(token('안'))).toBe('안');
    expect(reader.feed(Buffer.concat([token('녕'), token('하')]))).toBe('녕하');
    expect(reader.feed(token('세').subarray(0, 10))).toBe('');
  });

  it('counts thinking as a sign of life', () => {
    const reader = new ChatStreamReader('HCX-007', MAX_BYTES);
    reader.feed(Buffer.from(': ping\n\n'));
    expect(reader.hasBegun).toBe(false);
    reader.feed(frame('token', { message: { thinkingContent: '음' } }));
    expect(reader.hasBegun).toBe(true);
  });

  it.each([
    [{ finishReason: 'stop' }, 'stop'],
    [{ finishReason: 'STOP' }, 'stop'],
    [{ finishReason: 'length' }, 'length'],
    [{ finishReason: 'tool_calls' }, 'stop'],
    [{ finishReason: 'something new' }, 'stop'],
    [{}, 'stop'],
    [{ stopReason: 'stop_before' }, 'stop'],
    [{ stopReason: 'Stop_Before' }, 'stop'],
    [{ stopReason: 'end_token' }, 'length'],
    [{ stopReason: 'LENGTH' }, 'length'],
  ])('unifies the end %o to %s', (fields, reason) => {
    expect(readAll([token('x'), result(fields)]).finished?.reason).toBe(reason);
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
    expect(readAll(chunks)).toEqual({ text: '답', finished: finished('stop') });
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
    const reader = new ChatStreamReader('HCX-005', MAX_BYTES);
    const feed = () => reader.feed(frame('token', '{"message":{"content":"비밀 이야기'));
    expect(feed).toThrow(GatewayError);
    try {
      feed();
    } catch (error) {
      expect((error as GatewayError).code).toBe('ENGINE_STREAM_BROKEN');
      expect((error as GatewayError).message + String((error as GatewayError).cause)).not.toContain('비밀');
    }
  });

  it('gives up on a frame without end', () => {
    const reader = new ChatStreamReader('HCX-005', MAX_BYTES);
    reader.feed(Buffer.from('event:token\ndata:'));
    const piece = Buffer.alloc(1_000, 'a');
    expect(() => {
      for (let size = 0; size <= MAX_BYTES; size += piece.length) reader.feed(piece);
    }).toThrow(expect.objectContaining({ code: 'ENGINE_STREAM_BROKEN' }));
  });

  it('gives up on a stream without end', () => {
    const reader = new ChatStreamReader('HCX-005', MAX_BYTES);
    const comments = Buffer.from(`:${'a'.repeat(998)}\n`);
    expect(() => {
      for (let size = 0; size <= MAX_BYTES; size += comments.length) reader.feed(comments);
    }).toThrow(expect.objectContaining({ code: 'ENGINE_STREAM_BROKEN' }));
  });

  it('reads the longest honest answer: 1,024 tokens in large frames, and all of them again', () => {
    const wordy = { seed: 4_294_967_295, index: 0, finishReason: null, created: 1_700_000_000, usage: null };
    const tokens = Array.from({ length: 1_024 }, () =>
      frame('token', { message: { role: 'assistant', content: '가나다라마바', thinkingContent: null }, ...wordy }),
    );
    const all = '가나다라마바'.repeat(1_024);
    const outcome = readAll([...tokens, frame('result', { message: { content: all }, finishReason: 'length' })]);
    expect(outcome).toEqual({ text: all, finished: finished('length') });
  });

  it('never crashes on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (chunks) => {
        expect(readAll(chunks).finished).toBeUndefined();
      }),
    );
  });
});
