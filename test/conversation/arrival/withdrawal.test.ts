import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/conversation/bot.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { InboundEvent } from '../../../src/message.ts';
import { createSeal, SEAL_KEY_BYTES } from '../../../src/privacy/seal.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { ScriptedHook } from '../../helpers/scripted-hook.ts';

const USER = 'key-of-the-customer-who-leaves-nothing';
const MARK = '아무것도 남지 않을 말';
const conversation = { botId: 'default', channel: 'naver', user: USER } as const;

let rig: GatewayRig;
let hook: ScriptedHook;
let bot: Bot;

beforeEach(async () => {
  rig = await GatewayRig.open();
  hook = new ScriptedHook();
  bot = { ...rig.bot, hook };
});

afterEach(() => rig.close());

const say = (text: string, user = USER) =>
  rig.send(rig.message('naver', text, { conversation: { ...conversation, user } }));

async function answer(text: string): Promise<void> {
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
  await rig.settle();
}

async function withdraw() {
  const base = { id: 'w1', conversation, requestId: 'r', receivedAt: rig.clock.now(), replyWindows: [] };
  const event: InboundEvent = { ...base, type: 'profile-withdrawn', fields: ['phone'] };
  const handled = rig.gateway.handle(bot, rig.channel('naver'), event);
  // The disk keeps a time of its own: the clock moves on until the event is handled, and not before the store had its chance.
  let isHandled = false;
  void handled.finally(() => {
    isHandled = true;
  });
  while (!isHandled) {
    await rig.settle();
    await rig.clock.advance(250);
  }
  return handled;
}

/** Everything that this process has on the disk. */
async function onDisk(): Promise<Buffer> {
  const directory = dirname(rig.spoolFile);
  const names = await readdir(directory);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

async function expectNoTrace(): Promise<void> {
  const bytes = await onDisk();
  expect([USER, MARK].filter((trace) => bytes.includes(trace))).toEqual([]);
}

const accepted = { kind: 'respond', outcome: { kind: 'accepted' } };

describe('consent that was taken back', () => {
  it('deletes every byte of the conversation, and of no other, and the operator hears of it', async () => {
    // Somebody else, whose pages lie between.
    await say('남는 말', '다른 손님');
    await answer('답변');
    await rig.store.claimGreeting(conversation, rig.clock.now(), 0);
    await rig.store.savePersonalField(conversation, 'phone', { sealed: USER, expiresAt: Number.MAX_SAFE_INTEGER }, 0);
    for (let round = 0; round < 3; round += 1) {
      await say(`${MARK} ${round}`);
      await rig.settle();
      await answer(`${MARK}에 대한 답변`);
    }
    // One is refused and waits for its next attempt, one is being answered, one waits behind it.
    rig.channel('naver').receipts.push({ outcome: 'refused', code: '99', retryable: true });
    await say(`${MARK} 나중에`);
    await rig.settle();
    await answer(`${MARK} 다시 보낼 답변`);
    await say(`${MARK} 답변 중`);
    await rig.settle();
    await say(`${MARK} 기다림`);
    await rig.settle();
    expect((await onDisk()).includes(MARK)).toBe(true);

    const sent = rig.channel('naver').sent.length;
    expect(await withdraw()).toMatchObject(accepted);
    await expectNoTrace();
    await rig.clock.advance(120_000);
    await rig.settle();
    await expectNoTrace();
    expect(rig.channel('naver').sent).toHaveLength(sent);
    expect(rig.gateway.openTurns).toBe(0);
    expect((await onDisk()).includes('남는 말')).toBe(true);
    expect(hook.calls).toMatchObject([{ type: 'profile-withdrawn', id: 'w1', conversation, fields: ['phone'] }]);
  });

  it('reaches what waits in the spool, and the store as soon as it is back', async () => {
    await say(`${MARK} 0`);
    await rig.settle();
    await answer('답변');
    const { acceptTurn, eraseConversation } = rig.store;
    const locked = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
    Object.assign(rig.store, { acceptTurn: locked, eraseConversation: locked });
    const waiting = say(`${MARK} 1`);
    await rig.clock.advance(999);
    await waiting;
    expect((await readFile(rig.spoolFile)).includes(MARK)).toBe(true);
    expect(await withdraw()).toMatchObject(accepted);
    expect((await readFile(rig.spoolFile)).includes(MARK)).toBe(false);
    Object.assign(rig.store, { acceptTurn, eraseConversation });
    for (let passed = 0; passed < 5_000; passed += 250) {
      await rig.clock.advance(250);
      await rig.settle();
    }
    await rig.spool.flushed();
    await expectNoTrace();
    expect(rig.spool.size).toBe(0);
  });

  it('leaves nothing in the spool when the store takes it late after all', async () => {
    await say(`${MARK} 0`);
    await rig.settle();
    await answer('답변');
    // Somebody else's event keeps the file from being emptied.
    rig.spool.add({ conversationKey: 'other', receivedAt: 0, event: rig.message('naver', '남는 말', { id: 'other' }) });
    const { eraseConversation } = rig.store;
    const { promise: moves, resolve: moveOn } = Promise.withResolvers<void>();
    const stalled: typeof eraseConversation = async (...args) => {
      await moves;
      return eraseConversation.apply(rig.store, args);
    };
    const locked = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
    Object.assign(rig.store, { eraseConversation: stalled, acceptTurn: locked });
    expect(await withdraw()).toMatchObject(accepted);
    expect((await readFile(rig.spoolFile)).includes(USER)).toBe(true);
    moveOn();
    await rig.settle();
    await rig.spool.flushed();
    await expectNoTrace();
    expect((await readFile(rig.spoolFile)).includes('남는 말')).toBe(true);
  });

  it('starts afresh: the next question is the first one', async () => {
    await say(`${MARK} 0`);
    await rig.settle();
    await answer('답변');
    await withdraw();
    await say('새 질문');
    await rig.settle();
    expect(rig.engine.calls.at(-1)?.request).toMatchObject({ question: '새 질문', history: [] });
  });

  describe('and a process that dies', () => {
    const waitsForEver = new Promise<never>(() => {});
    const bringBack = async () => {
      Object.assign(rig.bot, { hook });
      await rig.restart();
      for (let passed = 0; passed < 3_000; passed += 250) {
        await rig.settle();
        await rig.clock.advance(250);
      }
    };

    it('while the hook is called: the next one tells it, once, and keeps nothing of it', async () => {
      await say(`${MARK} 0`);
      await rig.settle();
      await answer('답변');
      hook.answers.push(waitsForEver);
      await withdraw();
      await expectNoTrace();
      rig.die();
      await bringBack();
      expect(hook.calls.map(({ id, conversation: whose }) => [id, whose])).toEqual([
        ['w1', conversation],
        ['w1', conversation],
      ]);
      expect(await rig.store.readNotes('')).toEqual(new Map());
      await expectNoTrace();
    });

    it('while the store is down: the next one forgets the customer before it goes on with anything of theirs', async () => {
      rig.channel('naver').receipts.push({ outcome: 'refused', code: '99', retryable: true });
      await say(`${MARK} 0`);
      await rig.settle();
      await answer(`${MARK} 다시 보낼 답변`);
      await say(`${MARK} 답변 중`);
      await rig.settle();
      const { eraseConversation } = rig.store;
      rig.store.eraseConversation = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
      expect(await withdraw()).toMatchObject(accepted);
      const [sent, asked] = [rig.channel('naver').sent.length, rig.engine.calls.length];
      rig.die();
      rig.store.eraseConversation = eraseConversation;
      await bringBack();
      await rig.spool.flushed();
      await expectNoTrace();
      expect([rig.channel('naver').sent.length, rig.engine.calls.length]).toEqual([sent, asked]);
      expect(hook.calls).toMatchObject([{ id: 'w1' }]);
    });

    it('forgets a notice that nobody can read any more', async () => {
      hook.answers.push(waitsForEver);
      await withdraw();
      rig.die();
      rig.seal = createSeal(new Uint8Array(SEAL_KEY_BYTES).fill(1));
      await bringBack();
      expect(hook.calls).toHaveLength(1);
      expect(await rig.store.readNotes('')).toEqual(new Map());
    });
  });

  describe('and money that moved before', () => {
    const RESULT = { isSuccess: true, id: 'order-1', serviceId: 'p1' };
    const settle = () => {
      const payment = { ...RESULT, customerId: USER, reason: MARK, details: { name: MARK } };
      const base = { id: 's1', conversation, requestId: 'r', receivedAt: rig.clock.now(), replyWindows: [] };
      return rig.gateway.handle(bot, rig.channel('naver'), { ...base, type: 'payment-settled', payment });
    };
    const settlements = () => hook.calls.filter(({ type }) => type === 'payment-settled');
    const nameless = {
      id: 'payment-settled:p1',
      conversation: { botId: 'default', channel: 'naver' },
      payment: RESULT,
    };
    const pass = async (totalMs: number) => {
      for (let passed = 0; passed < totalMs; passed += 250) {
        await rig.clock.advance(250);
        await rig.settle();
      }
    };
    const expectTold = async () => {
      expect(settlements().at(-1)).toMatchObject({ payment: RESULT });
      expect(await rig.store.untoldPayments()).toEqual([]);
      await rig.spool.flushed();
      await expectNoTrace();
    };

    it('is told to the hook later, without naming anybody, and then forgotten too', async () => {
      hook.answers.push('fails');
      rig.gateway.tellHooks(new Map([[bot.id, bot]]));
      await settle();
      await rig.settle();
      hook.answers.push({ approve: true, text: '' }, { approve: true, text: `${MARK}: 결제되었습니다` });
      await withdraw();
      await rig.settle();
      await expectNoTrace();
      expect(await rig.store.untoldPayments()).toHaveLength(1);
      await pass(60_000);
      expect(settlements()).toHaveLength(2);
      expect(settlements().at(-1)).toEqual({
        type: 'payment-settled',
        ...nameless,
        at: expect.anything(),
        timeoutMs: 10_000,
      });
      await expectTold();
      expect(rig.channel('naver').sent).toEqual([]);
    });

    it('says nothing to the customer when the hook was thinking meanwhile', async () => {
      const { promise, resolve } = Promise.withResolvers<{ approve: boolean; text: string }>();
      hook.answers.push(promise);
      await settle();
      await rig.settle();
      await withdraw();
      resolve({ approve: true, text: `${MARK}: 결제되었습니다` });
      await rig.settle();
      await expectTold();
      expect(rig.channel('naver').sent).toEqual([]);
    });

    it.each(['goes on', 'is started again'])(
      'is not lost while it waits in the spool, and the process %s',
      async (end) => {
        const { settlePayment, eraseConversation } = rig.store;
        const locked = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
        Object.assign(rig.store, { settlePayment: locked, eraseConversation: locked });
        rig.gateway.tellHooks(new Map([[bot.id, bot]]));
        const settling = settle();
        await rig.clock.advance(999);
        await settling;
        expect(await withdraw()).toMatchObject(accepted);
        hook.answers.push('fails');
        if (end === 'is started again') rig.die();
        Object.assign(rig.store, { settlePayment, eraseConversation });
        Object.assign(rig.bot, { hook });
        if (end === 'is started again') await rig.restart();
        await pass(70_000);
        await expectTold();
      },
    );
  });

  it('is told again when the hook does not take it', async () => {
    hook.answers.push('fails', 'fails');
    await withdraw();
    await rig.settle();
    expect(rig.alerts.map(({ code }) => code)).toContain('withdrawal-untold');
    await rig.clock.advance(11_000);
    await rig.settle();
    expect(hook.calls).toHaveLength(3);
    await rig.clock.advance(4_000_000);
    expect(hook.calls).toHaveLength(3);
  });
});
