/** CLOVA Studio at its fastest: one answer as a v3 stream in a single write, 0 ms after the question, or ANSWER_AFTER_MS. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Listening } from './child.ts';

const ANSWER =
  '네, 제주와 섬 지역도 배송됩니다. 추가 배송비 3,000원이 붙고 출고 후 3~5일쯤 걸려요. 더 궁금한 점이 있으시면 편하게 말씀해 주세요.';
/** A model streams Hangul in tokens of one to three characters. */
const TOKENS = ANSWER.match(/.{1,2}/gu) ?? [];

function frame(number: number, event: string, data: object): string {
  const id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  return `id:${id}\nevent:${event}\ndata:${JSON.stringify(data)}\n\n`;
}

const common = { created: 1_790_000_000, seed: 42 };
const stream = Buffer.from(
  [
    ...TOKENS.map((content, index) =>
      frame(index, 'token', {
        message: { role: 'assistant', content },
        finishReason: null,
        ...common,
        usage: null,
      }),
    ),
    frame(TOKENS.length, 'result', {
      message: { role: 'assistant', content: ANSWER },
      finishReason: 'stop',
      ...common,
      usage: { promptTokens: 412, completionTokens: TOKENS.length, totalTokens: 412 + TOKENS.length },
    }),
    frame(TOKENS.length + 1, 'signal', { data: '[DONE]' }),
  ].join(''),
);

const afterMs = Number(process.env.ANSWER_AFTER_MS ?? 0);

const server = createServer((request, response) => {
  const answer = () => {
    response.writeHead(200, { 'content-type': 'text/event-stream;charset=UTF-8', 'content-length': stream.length });
    response.end(stream);
  };
  request.resume();
  request.on('end', () => {
    if (afterMs === 0) answer();
    else setTimeout(answer, afterMs);
  });
});
server.keepAliveTimeout = 60_000;
// Ten thousand may come within a few seconds.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening);
});
