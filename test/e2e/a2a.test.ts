/** An agent of CLOVA Studio GOV, through the real process. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { A2aSimulator, SIMULATED_KEY } from '../../simulator/a2a.ts';
import { textOf } from '../../simulator/bubble.ts';
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';

let agent: A2aSimulator;
let kakao: KakaoSimulator;
let gateway: GatewayProcess;

beforeAll(async () => {
  agent = new A2aSimulator({ dialect: 'v0.3' });
  kakao = createKakaoSimulator({ seed: 'a2a', callback: false });
  gateway = await GatewayProcess.start({
    ENGINE: 'a2a,faq',
    A2A_URL: await agent.start(),
    A2A_API_KEY: SIMULATED_KEY,
    KAKAO_CALLBACK_ORIGINS: (await kakao.start()).url,
  });
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
});

afterAll(() => Promise.all([agent?.close(), kakao?.close(), gateway?.stop()]));

beforeEach(() => {
  agent.questions.length = 0;
});

async function ask(query: string, conversation: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, conversation }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

describe('an agent that speaks A2A', () => {
  it('answers TEST with its own phone numbers, and its session is shown to nobody', async () => {
    agent.script = () => ({ pieces: ['여권과 전화는 ', '02-2148-1234', '입니다. https://www.passport.example.go.kr'] });
    const answer = await ask('여권과 전화번호 알려 주세요', 'a2a-1');
    expect(answer).toMatchObject({
      Answer: expect.stringMatching(/02-2148-1234.*https:\/\/www\.passport\.example\.go\.kr/s),
      engine: 'a2a',
    });
    expect(JSON.stringify(answer)).not.toContain('context-');
  });

  it('keeps the conversation until the customer begins anew', async () => {
    agent.script = ({ text }) => ({ pieces: [`${text}: 네`] });
    await ask('여권 사진 규격은?', 'a2a-2');
    await ask('수수료는?', 'a2a-2');
    await ask('처음부터', 'a2a-2');
    await ask('운영 시간은?', 'a2a-2');
    const [first, second, third] = agent.questions;
    expect(first?.contextId).toBeUndefined();
    expect(second?.contextId).toMatch(/^context-/);
    expect(third?.contextId).toBeUndefined();
    expect(agent.questions.map(({ text }) => text)).toEqual(['여권 사진 규격은?', '수수료는?', '운영 시간은?']);
  });

  it('asks back on KakaoTalk, and hears what the customer says to that', async () => {
    agent.script = () => ({ shape: 'status', pieces: ['어느 구청을 찾으시나요?'], end: 'input-required' });
    const asked = await kakao.say('민원인', '여권 만드는 곳');
    expect(textOf(asked.bubbles)).toContain('어느 구청을 찾으시나요?');
    agent.script = ({ text }) => ({ pieces: [`${text} 2층 여권과로 오시면 됩니다.`] });
    const answered = await kakao.say('민원인', '종로구청');
    expect(textOf(answered.bubbles)).toContain('종로구청 2층 여권과');
    expect(answered.findings).toEqual({ faults: [], warnings: [] });
    expect(agent.questions[1]?.taskId).toMatch(/^task-/);
  });

  it('that is gone leaves the answer to the next engine', async () => {
    await agent.close();
    expect(await ask('반품 배송비는 얼마예요?', 'a2a-3')).toMatchObject({ engine: 'faq' });
  });
});
