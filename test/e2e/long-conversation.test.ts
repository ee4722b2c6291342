/** A conversation that outgrows its history, behind the real process and against the simulated services of CLOVA Studio. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClovaSimulator } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { GatewayProcess, runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

const KEY = 'nv-e2e-key';
const SUMMARY = '[지난 대화 요약]';

describe.each(['api', 'model'])('HISTORY_SUMMARY=%s', (way) => {
  let clova: ClovaSimulator;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    clova = createClovaSimulator({ apiKeys: [KEY] });
    gateway = await GatewayProcess.start({
      CLOVA_BASE_URL: (await clova.start()).url,
      CLOVA_API_KEY: KEY,
      CLOVA_TOKEN_CALCULATOR: 'on',
      KNOWLEDGE_FILE: 'none',
      HISTORY_SUMMARY: way,
      HISTORY_TURNS: '4',
    });
  });

  afterAll(async () => {
    await Promise.all([clova?.close(), gateway?.stop()]);
  });

  const calls = (path: RegExp) => clova.requests.filter((request) => path.test(request.path));
  const systemPrompts = () =>
    calls(/chat-completions/).map(({ body }) =>
      String((body as { messages: { content: unknown }[] }).messages[0]?.content),
    );
  const isSummaryCall = (prompt: string) => prompt.includes('열 줄 이내로 요약하세요');

  async function ask(query: string): Promise<void> {
    const response = await fetch(`${gateway.url}/query/TEST`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, conversation: 'long' }),
    });
    expect(await response.json()).toMatchObject({ engine: 'clova' });
  }

  it('counts at the start, sums up behind an answer and tells the model of it', async () => {
    await vi.waitFor(() => expect(calls(/chat-tokenize/)).toHaveLength(1), WAIT);
    for (let i = 1; i <= 4; i += 1) await ask(`질문 ${i}`);
    const summaries = () => (way === 'api' ? calls(/summarization\/v2/) : systemPrompts().filter(isSummaryCall));
    await vi.waitFor(() => expect(summaries()).toHaveLength(1), WAIT);
    await vi.waitFor(async () => {
      await ask('다음 질문');
      expect(systemPrompts().at(-1)).toContain(SUMMARY);
    }, WAIT);
    const first = systemPrompts().filter((prompt) => !isSummaryCall(prompt));
    expect(first.slice(0, 4).filter((prompt) => prompt.includes(SUMMARY))).toEqual([]);
  });
});

it.each<[Record<string, string>, string]>([
  [{ HISTORY_SUMMARY: 'api' }, 'is api, but CLOVA_API_KEY is not set'],
  [{ HISTORY_SUMMARY: 'model' }, 'none of its engines is one'],
])('%o is refused where nobody can do it', async (env, reason) => {
  const ended = await runGatewayToItsEnd(env);
  expect(ended.code).not.toBe(0);
  expect(ended.output).toContain(reason);
});
