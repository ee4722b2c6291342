/** A customer pays: the whole program between the simulator, which charges for a 200, and the operator's own system. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

let shop: JsonServer;
let talktalk: TalkTalkSimulator;
let program: TestProgram;
let orders = 0;

beforeAll(async () => {
  shop = await JsonServer.open();
  talktalk = createTalkTalkSimulator({ seed: 'payments', authorization: 'key' });
  const { url } = await talktalk.start();
  program = await startProgram({
    NAVER_AUTHORIZATION: 'key',
    NAVER_BASE_URL: url,
    OPERATOR_HOOK_URL: `${shop.origin}/hook`,
    OPERATOR_HOOK_SECRET: 'a secret of sixteen and more',
  });
  talktalk.webhookUrl = `${await program.app.listen({ port: 0, host: '127.0.0.1' })}/query/NAVER`;
});

afterAll(async () => {
  await talktalk?.close();
  await program?.end();
  await shop?.close();
});

beforeEach(() => {
  shop.received.length = 0;
});

async function pay() {
  orders += 1;
  const paymentInfo = { merchantPayKey: `order-${orders}`, totalPayAmount: 39_000 };
  return talktalk.pay('민지', {
    label: '결제하기',
    type: 'PAY',
    place: 'button',
    effect: 'other',
    payment: paymentInfo,
  });
}

it('charges when the shop says yes, and the shop hears of it', async () => {
  shop.reaction = { body: { approve: true } };
  expect(await pay()).toMatchObject({ charged: true, complete: { status: 200 }, confirm: { outcome: 'accepted' } });
  await vi.waitFor(() => expect(shop.received).toHaveLength(2), WAIT);
  const bodies = shop.received.map(({ body }) => JSON.parse(body));
  expect(bodies).toMatchObject([
    { type: 'payment-requested', bot: 'default', user: talktalk.userKey('민지'), payment: { id: 'order-1' } },
    {
      type: 'payment-settled',
      payment: {
        id: 'order-1',
        serviceId: bodies[0].payment.serviceId,
        isSuccess: true,
        details: { totalPayAmount: 39_000 },
      },
    },
  ]);
  expect(bodies[0].payment.serviceId).toBeTypeOf('string');
});

it('shows the customer what the shop says to the settled payment', async () => {
  shop.reaction = { body: { approve: true, text: '주문해 주셔서 감사합니다.' } };
  expect(await pay()).toMatchObject({ charged: true });
  await vi.waitFor(
    () =>
      expect(talktalk.messages('민지').map(({ bubbles }) => textOf(bubbles))).toEqual(['주문해 주셔서 감사합니다.']),
    WAIT,
  );
});

it.each<[string, JsonServer['reaction']]>([
  ['no', { body: { approve: false } }],
  ['nothing', { status: 204, body: '' }],
  ['an error', { status: 500, body: { approve: true } }],
  ['a redirect', { status: 302, headers: { location: '/yes' }, body: { approve: true } }],
  ['half a sentence', { body: '{"approve":tr' }],
  ['a cut line', 'cut'],
])('charges nobody when the shop says %s, and tells the customer', async (_, reaction) => {
  shop.reaction = reaction;
  const { charged, complete } = await pay();
  expect({ charged, status: complete.status }).toEqual({ charged: false, status: 404 });
  expect(complete.response).toMatchObject({ textContent: { text: expect.stringContaining('청구되지 않') } });
});

it('charges nobody when the shop says nothing in time', async () => {
  shop.reaction = 'silence';
  const { charged, complete } = await pay();
  expect({ charged, status: complete.status, timedOut: complete.timedOut }).toEqual({
    charged: false,
    status: 404,
    timedOut: false,
  });
});
