import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LookUpPolicy } from '../../../src/conversation/answering/look-up-policy.ts';
import type { Bot } from '../../../src/conversation/bot.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { InboundEvent, MessageReceived, Profile } from '../../../src/message.ts';
import { createSeal } from '../../../src/privacy/seal.ts';
import type { FakeWire } from '../../helpers/fake-channel.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { ScriptedHook } from '../../helpers/scripted-hook.ts';

const conversation = { botId: 'default', channel: 'naver', user: 'user' } as const;
const PHONE = '01012345678';

let rig: GatewayRig;
let hook: ScriptedHook;

beforeEach(async () => {
  rig = await GatewayRig.open();
  hook = new ScriptedHook();
  setUp({});
});

afterEach(() => rig.close());

function setUp(policy: Partial<LookUpPolicy>): void {
  const lookUp: LookUpPolicy = { words: ['주문조회', '배송 조회'], fields: ['phone'], fromUnder14: false, ...policy };
  Object.assign(rig.bot, { hook, lookUp } satisfies Partial<Bot>);
}

const handle = async (event: InboundEvent) => {
  const handled = await rig.gateway.handle(rig.bot, rig.channel('naver'), event);
  await rig.settle();
  return handled;
};
const say = (text: string, fields: Partial<MessageReceived> = {}) => handle(rig.message('naver', text, fields));
const base = () => {
  const { text: _, input: __, type: ___, ...rest } = rig.message('naver', '');
  return rest;
};
const agree = (profile: Profile) => handle({ ...base(), type: 'profile-received', profile });
const decline = () => handle({ ...base(), type: 'profile-declined' });
const open = (isUnder14: boolean) => handle({ ...base(), type: 'conversation-opened', isUnder14 });

/** What the customer sees since the last look. */
let looked = 0;
function seen(): readonly string[] {
  const all = rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);
  const news = all.slice(looked);
  looked = all.length;
  return news;
}

beforeEach(() => {
  looked = 0;
});

async function onDisk(): Promise<Buffer> {
  const directory = dirname(rig.spoolFile);
  const names = await readdir(directory);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

const found = (text: string) => hook.answers.push({ approve: false, text });

describe('a look-up', () => {
  it('asks for the phone number, hands it to the hook and gives its answer back, masked', async () => {
    await say('제 주문 조회 부탁드려요');
    expect(seen()).toEqual([expect.stringContaining('동의 창'), '(asks for phone)']);
    expect(hook.calls).toEqual([]);
    found('오늘 출발했어요. 010-1234-5678로 연락드릴게요.');
    await agree({ phone: PHONE });
    expect(seen()).toEqual(['오늘 출발했어요. [전화번호]로 연락드릴게요.']);
    expect(hook.calls).toMatchObject([
      { type: 'look-up', conversation, question: '제 주문 조회 부탁드려요', profile: { phone: PHONE } },
    ]);
    expect((await onDisk()).includes(PHONE)).toBe(false);
    expect(rig.engine.calls).toEqual([]);
  });

  it('opens its dialog through the send API also where answers go into the webhook response', async () => {
    const replyWindows = () => [
      { mode: 'inline', closesAt: rig.clock.now() + 900 } as const,
      { mode: 'push' } as const,
    ];
    expect(await say('주문조회', { replyWindows: replyWindows() })).toMatchObject({ outcome: { kind: 'accepted' } });
    expect(seen()).toEqual([expect.stringContaining('동의 창'), '(asks for phone)']);
    found('오늘 출발했어요.');
    const told = await handle({
      ...base(),
      replyWindows: replyWindows(),
      type: 'profile-received',
      profile: { phone: PHONE },
    });
    expect(told).toMatchObject({ outcome: { messages: [{ text: '오늘 출발했어요.' }] } });
    expect(seen()).toEqual([]);
  });

  it('needs no second consent until the number has expired', async () => {
    await say('배송조회');
    await agree({ phone: PHONE });
    seen();
    found('내일 도착해요.');
    await say('배송 조회 다시요');
    expect(seen()).toEqual(['내일 도착해요.']);
    await rig.clock.advance(3_600_000);
    await say('배송 조회');
    expect(seen().at(-1)).toBe('(asks for phone)');
  });

  it('asks for one thing after the other, and the hook only once it has all', async () => {
    setUp({ fields: ['phone', 'address'] });
    await say('주문조회');
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 1);
    expect(turns[0]?.reply?.profileRequest).toEqual({ field: 'phone', alsoNeeded: ['address'] });
    seen();
    await agree({ phone: PHONE });
    expect(seen()).toEqual([expect.stringContaining('이어서'), '(asks for address)']);
    found('찾았어요.');
    await agree({ address: { street: '불정로 6' } });
    expect(seen()).toEqual(['찾았어요.']);
    expect(hook.calls).toMatchObject([
      { question: '주문조회', profile: { phone: PHONE, address: { street: '불정로 6' } } },
    ]);
  });

  it('is answered once, however often the platform repeats the result', async () => {
    await say('주문조회');
    for (let times = 0; times < 6; times += 1) {
      await agree({ phone: PHONE });
      await rig.clock.advance(2_500);
    }
    expect(hook.calls).toHaveLength(1);
  });

  it.each([
    ['one after the other', ['phone', 'phone', 'phone', 'address', 'address']],
    ['late', ['phone', 'address', 'phone', 'address', 'phone']],
    ['mixed up', ['phone', 'phone', 'address', 'phone', 'phone', 'address', 'phone']],
  ] as const)('asks for each thing once, with results that are repeated %s', async (_, results) => {
    setUp({ fields: ['phone', 'address'] });
    found('찾았어요.');
    await say('주문조회');
    for (const field of results) {
      await agree(field === 'phone' ? { phone: PHONE } : { address: { street: '불정로 6' } });
      await rig.clock.advance(2_500);
    }
    const asked = expect.stringContaining('동의');
    expect(seen()).toEqual([asked, '(asks for phone)', asked, '(asks for address)', '찾았어요.']);
    expect(hook.calls).toHaveLength(1);
  });

  it('does not take the repeated result of an earlier look-up for what it asks for itself', async () => {
    setUp({ fields: ['phone', 'address'] });
    await say('주문조회');
    await agree({ phone: PHONE });
    await decline();
    await say('주문조회');
    seen();
    await agree({ phone: PHONE });
    expect(seen()).toEqual([]);
  });

  it('asks for nothing again that was agreed to but did not come', async () => {
    await say('주문조회');
    seen();
    await agree({});
    expect(seen()).toEqual([expect.stringContaining('한 번 더 요청해 주세요')]);
  });

  it('that was declined is over, and everything else goes on', async () => {
    await say('주문조회');
    seen();
    await decline();
    expect(seen()).toEqual([expect.stringContaining('동의하지 않으셔서')]);
    await say('주문조회');
    expect(seen().at(-1)).toBe('(asks for phone)');
  });

  it('survives a dialog that ran into its time limit: nothing waits for it', async () => {
    await say('주문조회');
    await rig.clock.advance(180_000);
    await rig.settle();
    expect(rig.gateway.openTurns).toBe(0);
    const asked = say('안녕하세요');
    const call = await rig.engine.nextCall();
    call.say('네, 안녕하세요.');
    call.finish();
    await asked;
    await rig.settle();
    expect(seen().at(-1)).toBe('네, 안녕하세요.');
  });

  it('goes on after a crash between the request and the result', async () => {
    await say('주문조회');
    await rig.restart();
    found('찾았어요.');
    await agree({ phone: PHONE });
    expect(seen().at(-1)).toBe('찾았어요.');
    expect(hook.calls).toMatchObject([{ question: '주문조회' }]);
  });

  it('is explained when the hook fails, finds nothing, or the store was not there', async () => {
    await say('주문조회');
    seen();
    hook.answers.push('fails');
    await agree({ phone: PHONE });
    found('');
    await say('주문조회');
    expect(seen()).toEqual([
      expect.stringContaining('지금은 주문을 조회할 수 없어요'),
      expect.stringContaining('없어요'),
    ]);

    await rig.clock.advance(3_600_000);
    await say('주문조회');
    seen();
    rig.store.savePersonalField = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
    await agree({ phone: PHONE });
    expect(seen()).toEqual([expect.stringContaining('한 번 더 요청해 주세요')]);
  });

  it('asks again for what was sealed with another key', async () => {
    await say('주문조회');
    await agree({ phone: PHONE });
    rig.seal = createSeal(randomBytes(32));
    await rig.restart();
    seen();
    await say('주문조회');
    expect(seen().at(-1)).toBe('(asks for phone)');
  });

  it('is not what a button of an engine means, whatever is written on it', async () => {
    await say('주문조회', { input: 'tap', action: { kind: 'engine', engine: 'scripted', data: 'form' } });
    const call = await rig.engine.nextCall();
    expect(call.request.tapData).toBe('form');
    call.say('양식입니다.');
    call.finish();
  });

  it('is nothing that other channels can do, nor a bot without a hook', async () => {
    const answered = async (asked: Promise<unknown>) => {
      const call = await rig.engine.nextCall();
      call.say('네');
      call.finish();
      await asked;
      return call.request.question;
    };
    expect(await answered(rig.send(rig.message('kakao', '주문조회')))).toBe('주문조회');
    Object.assign(rig.bot, { hook: undefined });
    expect(await answered(say('주문조회'))).toBe('주문조회');
  });
});

describe('personal data', () => {
  it('that nobody asked for is neither kept nor answered', async () => {
    await agree({ phone: PHONE });
    await decline();
    await say('주문조회');
    seen();
    await rig.clock.advance(3_600_001);
    await agree({ phone: PHONE });
    expect(seen()).toEqual([]);
    expect((await rig.store.readPersonalData(rig.key('naver'), rig.clock.now())).fields.size).toBe(0);
    expect(hook.calls).toEqual([]);
  });

  it('of a customer under 14 is not collected, unless the operator has the consent of a guardian', async () => {
    await open(true);
    await say('주문조회');
    expect(seen()).toEqual([expect.stringContaining('만 14세 미만')]);
    setUp({ fromUnder14: true });
    await say('주문조회');
    expect(seen().at(-1)).toBe('(asks for phone)');
    setUp({ fromUnder14: false });
    await agree({ phone: PHONE });
    expect(seen()).toEqual([expect.stringContaining('만 14세 미만')]);
    expect((await rig.store.readPersonalData(rig.key('naver'), rig.clock.now())).fields.size).toBe(0);
    await open(false);
    await say('주문조회');
    expect(seen().at(-1)).toBe('(asks for phone)');
  });

  it('of a customer under 14 is not collected after a withdrawal either', async () => {
    await open(true);
    await handle({ ...base(), type: 'profile-withdrawn', fields: ['phone'] });
    await say('주문조회');
    expect(seen()).toEqual([expect.stringContaining('만 14세 미만')]);
  });

  it('is not answered while human agents own the room', async () => {
    await say('주문조회');
    await handle({ ...base(), type: 'message-echoed', author: 'agent', text: '제가 도와드릴게요' });
    seen();
    await agree({ phone: PHONE });
    expect(seen()).toEqual([]);
    expect(hook.calls).toEqual([]);
  });
});
