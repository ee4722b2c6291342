/** What the gateway is compared with: Fastify, one POST to the model, the answer back. No store, no knowledge, no limits, no log. */
import fastify from 'fastify';
import { Pool } from 'undici';
import type { Listening } from './child.ts';

const upstream = new Pool(process.env.CLOVA_BASE_URL ?? '', { connections: 64 });
const app = fastify();

app.post('/query', async (request) => {
  const { query } = request.body as { readonly query: string };
  const { body } = await upstream.request({
    method: 'POST',
    path: '/v3/chat-completions/HCX-007',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer nv-bench' },
    body: JSON.stringify({
      messages: [
        { role: 'system', content: '짧고 공손한 한국어 존댓말로 답하세요.' },
        { role: 'user', content: query },
      ],
      maxTokens: 1024,
      thinking: { effort: 'none' },
    }),
  });
  return { Query: query, Answer: wholeAnswer(await body.text()) };
});

/** The last frame repeats the whole answer: the least that a server can read of a stream. */
function wholeAnswer(stream: string): string {
  const from = stream.indexOf('data:', stream.lastIndexOf('event:result')) + 'data:'.length;
  const result = JSON.parse(stream.slice(from, stream.indexOf('\n', from)));
  return result.message.content;
}

const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: Number(new URL(address).port) } satisfies Listening);
