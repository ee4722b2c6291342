import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Payments } from '../../../src/conversation/arrival/payments.ts';
import type { Bot } from '../../../src/conversation/bot.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { PaymentResult } from '../../../src/message.ts';
import type { HookAnswer } from '../../../src/operator-hook/operator-hook.ts';
import { type Logger, silentLogger } from '../../../src/platform/logger.ts';
import type { Store } from '../../../src/storage/store.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { ScriptedHook } from '../../helpers/scripted-hook.ts';

const PAYMENT: PaymentResult = { isSuccess: true, id: 'order-1', serviceId: 'p1' };
const conversation = { botId: 'default', channel: 'naver', user: 'user' } as const;

let rig: GatewayRig;
let hook: ScriptedHook;
let bot: Bot;

beforeEach(async () => {
  rig = await GatewayRig.open();
  hook = new ScriptedHook();
  bot = { ...rig.bot, hook };
});

afterEach(() => rig.close());

function paymentsOn(store: Store, logger: Logger = silentLogger): Payments {
  const { clock, queue } = rig;
  const alerts = { raise: () => {} };
  return new Payments({ store, clock, queue, alerts, logger, newId: () => 'd', ownerId: 'first' });
}

const base = () => ({ id: 'e1', conversation, requestId: 'r', receivedAt: rig.clock.now(), replyWindows: [] });

async function outcomeOf(payment: PaymentResult | undefined, at: Bot = bot) {
  const event = { ...base(), type: 'payment-requested', ...(payment === undefined ? {} : { payment }) } as const;
  const handled = await rig.gateway.handle(at, rig.channel('naver'), event);
  return handled.kind === 'respond' ? handled.outcome : expect.unreachable();
}

describe('a payment request', () => {
  it('is approved by a yes of the hook, which has what it needs and less than 4 s', async () => {
    expect(await outcomeOf(PAYMENT)).toEqual({ kind: 'payment-approved' });
    expect(hook.calls).toEqual([
      {
        type: 'payment-requested',
        id: 'payment-requested:p1',
        at: rig.clock.now(),
        conversation,
        payment: PAYMENT,
        timeoutMs: 3_700,
      },
    ]);
  });

  it('is refused in the words of the hook, masked', async () => {
    hook.answers.push({ approve: false, text: '품절입니다. 010-1234-5678로 연락드릴게요.' });
    expect(await outcomeOf(PAYMENT)).toEqual({
      kind: 'payment-refused',
      text: '품절입니다. [전화번호]로 연락드릴게요.',
    });
  });

  it.each<[string, PaymentResult | undefined]>([
    ['nothing that could be read', undefined],
    ['a payment that failed', { ...PAYMENT, isSuccess: false }],
    ['no number', { isSuccess: true }],
  ])('with %s is refused without asking', async (_, payment) => {
    expect(await outcomeOf(payment)).toEqual({ kind: 'payment-refused' });
    expect(hook.calls).toEqual([]);
  });

  it('is refused without a hook, by a failing one, and the second time', async () => {
    expect(await outcomeOf(PAYMENT, rig.bot)).toEqual({ kind: 'payment-refused' });
    hook.answers.push('fails');
    expect(await outcomeOf(PAYMENT)).toEqual({ kind: 'payment-refused' });
    expect(await outcomeOf(PAYMENT)).toEqual({ kind: 'payment-refused' });
    expect(hook.calls).toHaveLength(1);
  });

  it('says nothing false when it is asked for again after its approval', async () => {
    expect(await outcomeOf(PAYMENT)).toEqual({ kind: 'payment-approved' });
    const again = await outcomeOf(PAYMENT);
    expect(again).toMatchObject({ kind: 'payment-refused', text: expect.stringContaining('이미 승인된') });
    expect(JSON.stringify(again)).not.toContain('청구되지 않');
    expect(hook.calls).toHaveLength(1);
  });

  it('says so also the third time', async () => {
    await outcomeOf(PAYMENT);
    await outcomeOf(PAYMENT);
    expect(await outcomeOf(PAYMENT)).toMatchObject({ text: expect.stringContaining('이미 승인된') });
  });

  describe('that is refused', () => {
    const failed = (details: Record<string, string>) =>
      Promise.reject(new GatewayError('OPERATOR_HOOK_FAILED', 'no answer', { details }));

    async function reasonOf(
      {
        answer,
        payment = PAYMENT,
        store,
      }: { answer?: () => HookAnswer | Promise<HookAnswer>; payment?: PaymentResult; store?: Partial<Store> },
      waitsMs = 0,
    ): Promise<unknown> {
      const reasons: unknown[] = [];
      const warn = (fields: object) => void reasons.push('reason' in fields ? fields.reason : fields);
      hook.call = async () => answer?.() ?? { approve: false, text: '' };
      const payments = paymentsOn({ ...rig.store, ...store }, { ...silentLogger, warn });
      const decided = payments.decide(bot, { ...base(), type: 'payment-requested', payment });
      if (waitsMs > 0) {
        await rig.settle();
        await rig.clock.advance(waitsMs);
      }
      await decided;
      return reasons.length === 1 ? reasons[0] : reasons;
    }

    it('is logged with its cause', async () => {
      expect(await reasonOf({})).toBe('the hook said no');
      expect(await reasonOf({})).toBe('it was asked for before');
      const next = (n: number) => ({ ...PAYMENT, serviceId: `p${n}` });
      const unclear = 'it has no `approve`';
      expect(await reasonOf({ payment: next(2), answer: () => ({ approve: false, text: '', unclear }) })).toBe(
        'the answer of the hook was not usable: it has no `approve`',
      );
      const reason = 'its status is not 200 or 204';
      expect(await reasonOf({ payment: next(3), answer: () => failed({ reason }) })).toBe(
        'the answer of the hook was not usable: its status is not 200 or 204',
      );
      const code = 'UND_ERR_SOCKET';
      expect(await reasonOf({ payment: next(4), answer: () => failed({ code }) })).toBe('the hook did not answer');
      const timeout = { code: 'TimeoutError', reason: 'it took too long' };
      expect(await reasonOf({ payment: next(5), answer: () => failed(timeout) })).toBe('the hook took too long');
      expect(await reasonOf({ payment: next(6), answer: () => new Promise(() => {}) }, 4_000)).toBe(
        'the hook took too long',
      );
      const hangs = () => new Promise<never>(() => {});
      expect(await reasonOf({ payment: next(7), store: { openPayment: hangs } }, 4_000)).toBe(
        'the store took too long',
      );
      const fails = () => Promise.reject(new GatewayError('STORE_FAILED', 'disk full'));
      expect(await reasonOf({ payment: next(8), store: { openPayment: fails } })).toBe('the store failed');
      expect(await reasonOf({ payment: { ...PAYMENT, isSuccess: false } })).toBe('it did not succeed at the platform');
      expect(await reasonOf({ payment: { isSuccess: true } })).toBe('it is no complete request');
    });
  });

  it('is refused when the yes comes too late', async () => {
    const { promise, resolve } = Promise.withResolvers<{ approve: boolean; text: string }>();
    hook.answers.push(promise);
    const outcome = outcomeOf(PAYMENT);
    await rig.clock.advance(0);
    await rig.store.counts();
    await rig.clock.advance(3_999);
    resolve({ approve: true, text: '' });
    rig.clock.stall(1);
    expect(await outcome).toEqual({ kind: 'payment-refused' });
  });

  it('is asked about once, although the customer withdrew all consent in between', async () => {
    await outcomeOf(PAYMENT);
    await rig.gateway.handle(bot, rig.channel('naver'), { ...base(), type: 'profile-withdrawn', fields: ['nickname'] });
    await rig.settle();
    expect(await outcomeOf(PAYMENT)).toMatchObject({
      kind: 'payment-refused',
      text: expect.stringContaining('이미 승인된 결제'),
    });
    expect(hook.calls.filter(({ type }) => type === 'payment-requested')).toHaveLength(1);
  });

  it('is refused when it was 4 s old on arrival', async () => {
    const event = {
      ...base(),
      type: 'payment-requested',
      payment: PAYMENT,
      receivedAt: rig.clock.now() - 4_000,
    } as const;
    const handled = await rig.gateway.handle(bot, rig.channel('naver'), event);
    expect(handled).toMatchObject({ outcome: { kind: 'payment-refused' } });
    expect(hook.calls).toEqual([]);
  });

  it.each(['openPayment', 'decidePayment'] as const)('is refused when the store fails in %s', async (name) => {
    const failing: Store = {
      ...rig.store,
      [name]: async () => Promise.reject(new GatewayError('STORE_FAILED', 'disk full')),
    };
    const payments = paymentsOn(failing);
    const event = { ...base(), type: 'payment-requested', payment: PAYMENT } as const;
    expect(await payments.decide(bot, event)).toMatchObject({ approve: false });
  });

  it('is refused when the store hangs', async () => {
    const hanging: Store = { ...rig.store, decidePayment: () => new Promise(() => {}) };
    const payments = paymentsOn(hanging);
    const decided = payments.decide(bot, { ...base(), type: 'payment-requested', payment: PAYMENT });
    await rig.settle();
    await rig.clock.advance(4_000);
    expect(await decided).toEqual({ approve: false, text: '' });
  });
});

describe('a settled payment', () => {
  const settled = () => ({ ...base(), type: 'payment-settled', payment: { ...PAYMENT, details: { a: 1 } } }) as const;

  it('is acknowledged at once and told to the hook, with its details', async () => {
    const handled = await rig.gateway.handle(bot, rig.channel('naver'), settled());
    expect(handled).toMatchObject({ outcome: { kind: 'accepted' } });
    await rig.settle();
    expect(hook.calls).toMatchObject([
      { type: 'payment-settled', id: 'payment-settled:p1', payment: { details: { a: 1 } } },
    ]);
    expect(await rig.store.untoldPayments()).toEqual([]);
  });

  it('is told again every minute until the hook takes it, and the operator is alerted', async () => {
    hook.answers.push('fails', 'fails');
    rig.gateway.tellHooks(new Map([[bot.id, bot]]));
    await rig.gateway.handle(bot, rig.channel('naver'), settled());
    await rig.settle();
    expect(rig.alerts).toMatchObject([{ code: 'payment-untold', botId: 'default' }]);
    for (const callCount of [2, 3, 3]) {
      await rig.clock.advance(60_000);
      await rig.settle();
      expect(hook.calls).toHaveLength(callCount);
    }
    expect(hook.calls.at(-1)).toMatchObject({ id: 'payment-settled:p1', payment: PAYMENT });
    expect(await rig.store.untoldPayments()).toEqual([]);
  });

  it('is told by the next process when this one dies', async () => {
    hook.answers.push('fails');
    await rig.gateway.handle(bot, rig.channel('naver'), settled());
    await rig.settle();
    await rig.restart();
    rig.gateway.tellHooks(new Map([[bot.id, bot]]));
    await rig.settle();
    expect(hook.calls).toHaveLength(2);
    expect(await rig.store.untoldPayments()).toEqual([]);
  });

  describe('whose hook has words for the customer', () => {
    const sent = () => rig.channel('naver').sent.map(({ message, target }) => [target.conversation.user, message.text]);
    const thanks = { approve: false, text: '결제가 끝났어요. 010-1234-5678로 안내드릴게요.' };

    it('sends them, masked, and remembers them', async () => {
      hook.answers.push(thanks);
      await rig.gateway.handle(bot, rig.channel('naver'), settled());
      await rig.settle();
      expect(sent()).toEqual([['user', '결제가 끝났어요. [전화번호]로 안내드릴게요.']]);
      await rig.send(rig.message('naver', '언제 오나요?'));
      const { request } = await rig.engine.nextCall();
      expect(request.history).toEqual([{ role: 'assistant', text: '결제가 끝났어요. [전화번호]로 안내드릴게요.' }]);
    });

    it('sends them once when the hook is told twice, and when a process dies in between', async () => {
      hook.answers.push(thanks, thanks);
      const { paymentTold } = rig.store;
      rig.store.paymentTold = () => new Promise(() => {});
      await rig.gateway.handle(bot, rig.channel('naver'), settled());
      await rig.settle();
      rig.die();
      rig.store.paymentTold = paymentTold;
      Object.assign(rig.bot, { hook });
      await rig.restart();
      await rig.settle();
      expect(hook.calls.map(({ id }) => id)).toEqual(['payment-settled:p1', 'payment-settled:p1']);
      expect(sent()).toHaveLength(1);
      expect(await rig.store.untoldPayments()).toEqual([]);
    });

    it('says nothing while an agent has the room', async () => {
      hook.answers.push(thanks);
      const echo = { ...base(), type: 'message-echoed', author: 'agent', text: '네' } as const;
      await rig.gateway.handle(bot, rig.channel('naver'), echo);
      await rig.gateway.handle(bot, rig.channel('naver'), settled());
      await rig.settle();
      expect(sent()).toEqual([]);
    });

    it('cannot send them where the channel only answers', async () => {
      hook.answers.push(thanks);
      Object.assign(rig.channel('naver'), { deliver: undefined });
      await rig.gateway.handle(bot, rig.channel('naver'), settled());
      await rig.settle();
      expect(await rig.store.untoldPayments()).toEqual([]);
    });
  });
});
