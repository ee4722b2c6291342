/** CLOVA Studio's OpenAI-compatible endpoint and CLOVA Studio GOV behind the real process. */
import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator } from '../../simulator/kakao.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';

const KEY = 'nv-e2e-key';
const ANSWER = '네, **가능합니다**. 평일에 처리해 드립니다.';
const WORDS = '네, 가능합니다. 평일에 처리해 드립니다.';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(path: string, env: Readonly<Record<string, string>>) {
  const model = createClovaSimulator({ apiKeys: [KEY], answer: ANSWER });
  const { url } = await model.start();
  const gateway = await GatewayProcess.start({
    ENGINE: 'openai,faq',
    OPENAI_BASE_URL: `${url}${path}`,
    OPENAI_API_KEY: KEY,
    KNOWLEDGE_FILE: 'none',
    ...env,
  });
  cleanups.push(() => Promise.all([gateway.stop(), model.close()]));
  return { model, gateway };
}

async function ask(gateway: GatewayProcess, query: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

describe.each([
  ['CLOVA Studio', '/v1/openai', { OPENAI_DIALECT: 'clova', OPENAI_MODEL: 'HCX-007' }],
  ['CLOVA Studio GOV', '/api/v1', { OPENAI_DIALECT: 'gov', OPENAI_MODEL: 'HCX-GOV-THINK' }],
])("%s in OpenAI's words", (_name, path, env) => {
  it('answers TEST and KAKAO, and leaves the question to the next engine when it is gone', async () => {
    const { model, gateway } = await start(path, env);
    expect(await ask(gateway, '교환할 수 있나요?')).toMatchObject({ engine: 'openai', Answer: WORDS });

    const kakao = createKakaoSimulator({ seed: 'openai', callback: false });
    await kakao.start();
    cleanups.push(() => kakao.close());
    kakao.skillUrl = `${gateway.url}/query/KAKAO`;
    const { findings, bubbles } = await kakao.say('손님', '교환할 수 있나요?');
    expect(findings.faults).toEqual([]);
    expect(textOf(bubbles)).toContain(WORDS);

    await model.close();
    expect(await ask(gateway, '환불도 되나요?')).toMatchObject({ engine: 'faq' });
  });
});

describe('at start-up', () => {
  it('a model that the service does not list is told with those that it does, and the gateway serves all the same', async () => {
    const { gateway } = await start('/v1/openai', { OPENAI_DIALECT: 'clova', OPENAI_MODEL: 'HCX-07' });
    await expect
      .poll(() => gateway.logged.find(({ known }) => known !== undefined))
      .toMatchObject({ model: 'HCX-07', known: expect.arrayContaining(['HCX-007']) });
    expect(gateway.lines.join()).not.toContain(KEY);
    expect(await ask(gateway, '교환할 수 있나요?')).toMatchObject({ engine: 'faq' });
  });
});
