import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentAnswer } from '../../../src/engine/a2a/agent-answer.ts';
import { GrowingText } from '../../../src/engine/a2a/growing-text.ts';
import { AgentStreamReader, readWholeResponse } from '../../../src/engine/a2a/reader.ts';

/** The sample of the documents: the whole text so far in every artifact. */
const GOV_V2 = `data: {"jsonrpc":"2.0","id":"7c1e","result":{"task":{"id":"t-9","contextId":"c-3","status":{"state":"TASK_STATE_SUBMITTED"}}}}

data: {"jsonrpc":"2.0","id":"7c1e","result":{"artifactUpdate":{"taskId":"t-9","contextId":"c-3","artifact":{"artifactId":"a","parts":[{"text":"수수료는"}]}}}}

data: {"jsonrpc":"2.0","id":"7c1e","result":{"artifactUpdate":{"taskId":"t-9","contextId":"c-3","artifact":{"artifactId":"a","parts":[{"text":"수수료는 5만 원입니다."}]},"lastChunk":true}}}

`;
const VERSION_03 = [
  ': welcome',
  'id: 1',
  'data: {"jsonrpc":"2.0","id":"7c1e",',
  'data: "result":{"kind":"task","id":"t-9","contextId":"c-3","status":{"state":"submitted"}}}',
  '',
  'event: message',
  'data: {"jsonrpc":"2.0","id":"7c1e","result":{"kind":"artifact-update","taskId":"t-9","contextId":"c-3","artifact":{"artifactId":"a","parts":[{"kind":"text","text":"수수료는 5만 원입니다."}]}}}',
  '',
  ': still here',
  '',
  'data: {"jsonrpc":"2.0","id":"7c1e","result":{"kind":"status-update","taskId":"t-9","contextId":"c-3","status":{"state":"completed"},"final":true}}',
  '',
  'data: [DONE]',
].join('\n');

function read(chunks: readonly Uint8Array[], endsWithArtifact = true) {
  const reader = new AgentStreamReader({ endsWithArtifact, followsTask: false });
  const answer = new AgentAnswer(endsWithArtifact);
  const shown = new GrowingText();
  let text = '';
  for (const chunk of chunks) {
    reader.feed(chunk);
    for (const frame of reader.take()) answer.add(frame);
    text += shown.grow(answer.text);
  }
  reader.end();
  for (const frame of reader.take()) answer.add(frame);
  text += shown.grow(answer.text);
  return { reader, answer, text };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('a stream', () => {
  it.each([
    ['of GOV', GOV_V2],
    ['of 0.3, with all that the format allows', VERSION_03],
    ['with \\r\\n', VERSION_03.replaceAll('\n', '\r\n')],
    ['without its last blank line', GOV_V2.trimEnd()],
  ])('%s reads the same wherever it is cut', (_, stream) => {
    const bytes = bytesOf(stream);
    for (let at = 0; at <= bytes.length; at += 1) {
      const { reader, answer, text } = read([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(reader).toMatchObject({ result: 'settled', failure: undefined });
      expect(answer.content().text).toBe('수수료는 5만 원입니다.');
      expect(text).toBe('수수료는 5만 원입니다.');
    }
  });

  it('that ends early is broken', () => {
    const { reader } = read([bytesOf(GOV_V2.slice(0, GOV_V2.lastIndexOf('data:')))]);
    expect(reader.failure).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  });

  it('that breaks off after its end is whole', () => {
    expect(read([bytesOf(`${GOV_V2}data: {"jsonrpc`)]).reader.failure).toBeUndefined();
  });

  it.each([
    [
      'an error as an event',
      'event: error\ndata: {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"홍길동"}}\n\n',
      'ENGINE_FAILED',
    ],
    ['an event that is no JSON', 'data: {"jsonrpc":\n\n', 'ENGINE_STREAM_BROKEN'],
    ['nothing', '', 'ENGINE_STREAM_BROKEN'],
    ['a page', '<html>점검 중</html>', 'ENGINE_STREAM_BROKEN'],
  ])('with %s fails', (_, stream, code) => {
    const { failure } = read([bytesOf(stream)]).reader;
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toMatch(/홍길동|점검/);
  });

  it('with an event of no size is given up before it fills the memory', () => {
    const reader = new AgentStreamReader({ endsWithArtifact: true, followsTask: false });
    const megabyte = bytesOf('x'.repeat(1_048_576));
    reader.feed(bytesOf('data: '));
    for (let i = 0; i < 8 && reader.failure === undefined; i += 1) reader.feed(megabyte);
    expect(reader.failure).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  });

  it('of many small events that never ends is given up as well', () => {
    const reader = new AgentStreamReader({ endsWithArtifact: true, followsTask: false });
    const comments = bytesOf(`: ${'x'.repeat(1_048_573)}\n`);
    for (let i = 0; i < 70 && reader.failure === undefined; i += 1) reader.feed(comments);
    expect(reader.failure).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  });
});

describe('a text that grows', () => {
  it('is shown once, and no more after it was rewritten', () => {
    const text = new GrowingText();
    expect(['수수', '수수료', '수수료'].map((so) => text.grow(so))).toEqual(['수수', '료', '']);
    expect(['요금', '요금은'].map((so) => text.grow(so))).toEqual(['', '']);
  });

  it('shows what was said, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (pieces) => {
        const text = new GrowingText();
        let soFar = '';
        let shown = '';
        for (const piece of pieces) {
          soFar += piece;
          shown += text.grow(soFar);
        }
        expect(shown).toBe(soFar);
      }),
    );
  });
});

describe('a response that comes as a whole', () => {
  const respond =
    (text: string, httpStatus = 200) =>
    () =>
      readWholeResponse({ httpStatus, headers: {}, text, receivedAt: 0 });

  it.each<[string, number, string, object]>([
    ['{"jsonrpc":"2.0","error":{"code":-32601,"message":"no"}}', 200, 'ENGINE_BAD_REQUEST', { rpcCode: -32601 }],
    ['{"jsonrpc":"2.0","error":{"code":-32603,"data":{"detail":"홍길동"}}}', 500, 'ENGINE_FAILED', { rpcCode: -32603 }],
    ['{"jsonrpc":"2.0","error":{"code":-32099}}', 200, 'ENGINE_FAILED', { rpcCode: -32099 }],
    [
      '{"status":{"code":"42900","message":"Too Many Requests"}}',
      429,
      'ENGINE_RATE_LIMITED',
      { upstreamCode: '42900' },
    ],
    [
      '{"error":{"message":"홍길동","code":"invalid_api_key"}}',
      401,
      'ENGINE_UNAUTHORIZED',
      { upstreamCode: 'invalid_api_key' },
    ],
    ['{"detail":[{"msg":"홍길동"}]}', 422, 'ENGINE_BAD_REQUEST', { httpStatus: 422 }],
    ['{"jsonrpc":"2.0","id":1}', 200, 'ENGINE_FAILED', { httpStatus: 200 }],
    ['[]', 200, 'ENGINE_FAILED', { httpStatus: 200 }],
    ['<html>홍길동</html>', 502, 'ENGINE_FAILED', { httpStatus: 502 }],
    ['', 503, 'ENGINE_OVERLOADED', { httpStatus: 503 }],
  ])('%s with HTTP %i is %s', (text, httpStatus, code, details) => {
    const run = respond(text, httpStatus);
    expect(run).toThrow(expect.objectContaining({ code, details: expect.objectContaining(details) }));
    expect(run).not.toThrow(/홍길동/);
  });

  it('names the setting when the agent knows no such call, or not this version', () => {
    for (const code of [-32601, -32009]) {
      expect(respond(JSON.stringify({ jsonrpc: '2.0', error: { code } }))).toThrow(/A2A_DIALECT/);
    }
  });
});
