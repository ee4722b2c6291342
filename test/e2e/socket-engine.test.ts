/** The older chatbot engines, through the real process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketEngineDemo } from '../../simulator/socket.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';

let demo: SocketEngineDemo;
let gateway: GatewayProcess;

beforeAll(async () => {
  demo = new SocketEngineDemo({ delayMs: 0, pieceBytes: 7, keepOpen: true });
  gateway = await GatewayProcess.start({
    ENGINE: 'socket,faq',
    SOCKET_ENGINE: `127.0.0.1:${await demo.start()}`,
  });
});

afterAll(() => Promise.all([demo?.close(), gateway?.stop()]));

async function ask(query: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

describe('a chatbot engine on a TCP port', () => {
  it('answers, and what else it says reaches the developer', async () => {
    expect(await ask('영업시간이 어떻게 되나요?')).toMatchObject({
      Query: '영업시간이 어떻게 되나요?',
      Answer: '평일 오전 9시부터 오후 6시까지 열려 있습니다.',
      AnswerImageUrl: null,
      Intent: '영업시간',
      NER: [],
      engine: 'socket',
    });
  });

  it('that is gone leaves the answer to the next engine', async () => {
    await demo.close();
    expect(await ask('반품 배송비는 얼마예요?')).toMatchObject({ engine: 'faq' });
  });
});
