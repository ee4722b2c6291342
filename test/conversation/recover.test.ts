/** What a process has taken over is its own: if it let go of it, nobody would ever work on it again. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';
import { WAIT } from '../helpers/wait.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const sent = () => rig.channel('naver').sent.map(({ message }) => message.text);
const busy = async () => {
  throw new GatewayError('STORE_BUSY', 'The store is busy');
};

/** Dies with one answer that waits to be sent again, and one question that the engine still works on. */
async function dieWithWorkLeft(): Promise<void> {
  rig.channel('naver').receipts.push({ outcome: 'refused', code: '99', retryable: true, retryAfterMs: 2_000 });
  await rig.send(rig.message('naver', '첫 질문'));
  const first = await rig.engine.nextCall();
  first.say('첫 답변');
  first.finish();
  await rig.settle();
  await rig.send(rig.message('naver', '둘째 질문'));
  await rig.engine.nextCall();
  rig.die();
  rig.channel('naver').sent.length = 0;
}

async function restart(): Promise<void> {
  const restarted = rig.restart();
  for (let passed = 0; passed < 8_000; passed += 500) {
    await rig.settle();
    await rig.clock.advance(500);
  }
  await restarted;
}

it.each(['readTurn', 'readTurns', 'takeThreads'] as const)(
  'goes on although %s finds the store busy for a while afterwards',
  async (name) => {
    await dieWithWorkLeft();
    vi.spyOn(rig.store, name).mockImplementationOnce(busy).mockImplementationOnce(busy);
    await restart();
    const second = await rig.engine.nextCall();
    second.say('둘째 답변');
    second.finish();
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '둘째 답변']);
  },
);

it('goes on with the others where the message of one customer cannot be read at all', async () => {
  await dieWithWorkLeft();
  const conversation = { botId: 'default', channel: 'naver', user: 'other' } as const;
  const other = rig.message('naver', '다른 손님의 질문', { conversation });
  await rig.store.acceptTurn(
    {
      id: other.id,
      conversation,
      conversationKey: rig.key('naver', 'other'),
      ownerId: 'first',
      event: other,
      receivedAt: other.receivedAt,
      dedupeSince: 0,
      state: 'received',
    },
    0,
  );
  vi.spyOn(rig.store, 'readTurn').mockRejectedValue(new GatewayError('STORE_FAILED', 'The row is damaged'));
  await restart();
  const call = await rig.engine.nextCall();
  call.say('다른 답변');
  call.finish();
  // Rows are read when a message is sent, too; by now this one's can be. Who read it in vain before pauses.
  vi.restoreAllMocks();
  await vi.waitFor(async () => {
    await rig.clock.advance(500);
    await rig.settle();
    expect(sent()).toContain('다른 답변');
  }, WAIT);
});

it('what waits to be sent goes out before what is asked now, however slow the store is to read it', async () => {
  rig.channel('naver').receipts.push({ outcome: 'refused', code: '99', retryable: true, retryAfterMs: 2_000 });
  await rig.send(rig.message('naver', '첫 질문'));
  const first = await rig.engine.nextCall();
  first.say('첫 답변');
  first.finish();
  await rig.settle();
  rig.die();
  rig.channel('naver').sent.length = 0;
  const { readTurn } = rig.store;
  const { promise: moves, resolve: moveOn } = Promise.withResolvers<void>();
  vi.spyOn(rig.store, 'readTurn').mockImplementationOnce(async (id) => {
    await moves;
    return readTurn.call(rig.store, id);
  });
  await restart();
  await rig.send(rig.message('naver', '둘째 질문'));
  const second = await rig.engine.nextCall();
  second.say('둘째 답변');
  second.finish();
  await rig.settle();
  moveOn();
  await rig.settle();
  expect(sent()).toEqual(['첫 답변', '둘째 답변']);
});
