/** Function calling behind the real process: the simulated model, and the shop's order status as its tool. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClovaSimulator } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { createOrderTool, orderToolSettings } from '../../simulator/order-tool.ts';
import { GatewayProcess, runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

const KEY = 'nv-e2e-key';
const TOOL_KEY = 'e2e-order-key';
const ORDER = '202611220001';

let clova: ClovaSimulator;
let kakao: KakaoSimulator;
let gateway: GatewayProcess;
let clovaUrl: string;
let toolSettings: Readonly<Record<string, string>>;
let orders: ReturnType<typeof createOrderTool>;
/** What the model asks for instead of the first tool. */
let script: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[] | undefined;

beforeAll(async () => {
  clova = createClovaSimulator({ apiKeys: [KEY], toolCalls: () => script });
  orders = createOrderTool({ apiKey: TOOL_KEY });
  const [{ url }, origin] = await Promise.all([clova.start(), orders.start()]);
  clovaUrl = url;
  toolSettings = { KNOWLEDGE_FILE: 'none', ...orderToolSettings(origin, TOOL_KEY) };
  gateway = await GatewayProcess.start({ ...toolSettings, CLOVA_BASE_URL: url, CLOVA_API_KEY: KEY });
  kakao = createKakaoSimulator({ seed: 'tools', callback: false, skillUrl: `${gateway.url}/query/KAKAO` });
  await kakao.start();
});

afterAll(async () => {
  await Promise.all([clova?.close(), kakao?.close(), gateway?.stop(), orders?.close()]);
});

beforeEach(() => {
  clova.clear();
  script = undefined;
});

async function ask(query: string, asked = gateway) {
  const response = await fetch(`${asked.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as {
    readonly Answer: string;
    readonly engine: string;
    readonly turn: string;
    readonly source: { readonly tools?: readonly { readonly name: string; readonly outcome: string }[] };
  };
}

describe('a question about an order', () => {
  it('is answered from the tool, with its numbers and links, and leaves a trace without values', async () => {
    const answer = await ask(`주문번호 ${ORDER} 언제 와요?`);
    expect(answer.Answer).toContain('배송 중');
    expect(answer.Answer).toContain('1588-0000');
    expect(answer.Answer).toContain('https://parcel.example.com/track/550012345678');
    expect(answer.source.tools).toMatchObject([{ name: 'order_status', outcome: 'done', round: 1 }]);
    const bodies = clova.requests.map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toContain('배송 중');
    expect(bodies.join()).not.toMatch(/1588-0000|parcel\.example|e2e-order-key/);
    const logged = () => gateway.logged.find(({ msg, turn }) => msg === 'answered' && turn === answer.turn);
    await vi.waitFor(() => expect(logged()).toBeDefined(), WAIT);
    expect(logged()?.tools).toMatchObject([{ name: 'order_status', outcome: 'done' }]);
    expect(gateway.lines.join('\n')).not.toMatch(new RegExp(`${TOOL_KEY}|${ORDER}|parcel`));
  });

  it('is answered on KakaoTalk, in the response itself', async () => {
    const { response } = await kakao.say('customer-1', `주문번호 ${ORDER} 언제 와요?`);
    const text = JSON.stringify(response);
    expect(text).toContain('배송 중');
    expect(text).toContain('1588-0000');
  });

  it("is answered by a model that is asked in OpenAI's words", async () => {
    const compatible = await GatewayProcess.start({
      ...toolSettings,
      ENGINE: 'openai',
      OPENAI_BASE_URL: `${clovaUrl}/v1/openai`,
      OPENAI_API_KEY: KEY,
      OPENAI_MODEL: 'HCX-007',
    });
    onTestFinished(() => compatible.stop());
    const answer = await ask(`주문번호 ${ORDER} 언제 와요?`, compatible);
    expect(answer.engine).toBe('openai');
    expect(answer.Answer).toContain('1588-0000');
    expect(answer.source.tools).toMatchObject([{ name: 'order_status', outcome: 'done', round: 1 }]);
  });

  it('is answered when the model makes up arguments first', async () => {
    script = [
      { name: 'order_status', arguments: { orderNumber: '../../admin' } },
      { name: 'order_status', arguments: { orderNumber: ORDER, admin: true } },
      { name: 'drop_tables', arguments: {} },
    ];
    const answer = await ask(`주문번호 ${ORDER} 언제 와요?`);
    // It insists for three rounds, is then offered nothing more and has to speak.
    expect(clova.requests.map(({ body }) => Object.hasOwn(body as object, 'tools'))).toEqual([true, true, true, false]);
    expect(answer.engine).toBe('clova');
    expect(answer.source.tools?.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
      Array(3).fill(['order_status bad-arguments', 'order_status bad-arguments', '(unknown) unknown-tool']).flat(),
    );
  });
});

describe('at the start', () => {
  const declared = JSON.stringify([
    {
      name: 'order_status',
      description: '주문 조회',
      parameters: { type: 'object', properties: {} },
      url: 'https://api.example.com/orders',
    },
  ]);
  it.each<[Record<string, string>, RegExp]>([
    [{ CLOVA_MODEL: 'HCX-003' }, /TOOLS: cannot be called by item 1 of ENGINE: they cannot be used with this model/],
    [
      { CLOVA_THINKING: 'low' },
      /TOOLS: cannot be called by item 1 of ENGINE: they cannot be combined with CLOVA_THINKING/,
    ],
    [{ ENGINE: 'faq' }, /TOOLS: can be called by no engine/],
  ])('%o is refused with the reason', async (env, reason) => {
    const ended = await runGatewayToItsEnd({
      CLOVA_API_KEY: KEY,
      TOOLS: declared,
      TOOL_ORIGINS: 'https://api.example.com',
      ...env,
    });
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(reason);
  });
});
