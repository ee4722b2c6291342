/** An answer that comes with another tap or message than its own says whose question it is, and does not wait for others. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageReceived } from '../../src/message.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { GatewayRig, seen } from '../helpers/gateway-rig.ts';
import { askAllLate, finish, tap } from '../helpers/late-questions.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
  rig.channel('kakao').preface = (message, text) => {
    const { texts, choices } = message.wire as FakeWire;
    const wire: FakeWire = { texts: [`${text} ${texts[0] ?? ''}`, ...texts.slice(1)], choices };
    return { ...message, wire };
  };
});

afterEach(async () => {
  await rig.close();
});

const pickup = (event: MessageReceived | undefined) => ({ kind: 'pickup', turnId: event?.id ?? '' }) as const;

describe('"답변 보기" of the second question', () => {
  it('brings the first answer at once, with its question, and offers the second', async () => {
    const [, second] = await askAllLate(rig, ['환불은 언제 되나요?', '배송은 언제 되나요?']);
    await finish(rig, await rig.engine.nextCall(), '사흘 안에 돼요.');
    // No time passes: the second is not ready, and would take the whole window.
    expect(await tap(rig, pickup(second))).toEqual({
      texts: ['“환불은 언제 되나요?” 질문의 답변이에요. 사흘 안에 돼요.'],
      choices: ['답변 보기'],
    });
    await finish(rig, await rig.engine.nextCall(), '내일 도착해요.');
    expect(await tap(rig, pickup(second))).toEqual({ texts: ['내일 도착해요.'], choices: [] });
  });

  it('brings the first answer as soon as that is there', async () => {
    const [, second] = await askAllLate(rig, ['환불은 언제 되나요?', '배송은 언제 되나요?']);
    const first = await rig.engine.nextCall();
    const tapping = tap(rig, pickup(second));
    await rig.settle();
    await finish(rig, first, '사흘 안에 돼요.');
    expect((await tapping).texts).toEqual(['“환불은 언제 되나요?” 질문의 답변이에요. 사흘 안에 돼요.']);
  });

  it('names both questions where both answers come', async () => {
    const [, second] = await askAllLate(rig, ['환불은 언제 되나요?', '배송은 언제 되나요?']);
    await finish(rig, await rig.engine.nextCall(), '사흘 안에 돼요.');
    await finish(rig, await rig.engine.nextCall(), '내일 도착해요.');
    expect((await tap(rig, pickup(second))).texts).toEqual([
      '“환불은 언제 되나요?” 질문의 답변이에요. 사흘 안에 돼요.',
      '“배송은 언제 되나요?” 질문의 답변이에요. 내일 도착해요.',
    ]);
  });

  it('waits on when the first question came to nothing', async () => {
    const [first, second] = await askAllLate(rig, ['환불은 언제 되나요?', '배송은 언제 되나요?']);
    await finish(rig, await rig.engine.nextCall(), '사흘 안에 돼요.');
    expect((await tap(rig, pickup(first))).texts).toEqual(['사흘 안에 돼요.']);
    const tapping = tap(rig, pickup(second));
    await rig.settle();
    await finish(rig, await rig.engine.nextCall(), '내일 도착해요.');
    expect((await tapping).texts).toEqual(['내일 도착해요.']);
  });
});

describe('another message', () => {
  it('brings the held answer with its question, shortened', async () => {
    await askAllLate(rig, [`환불은 언제 되나요? ${'정말 궁금해요. '.repeat(10)}`]);
    await finish(rig, await rig.engine.nextCall(), '사흘 안에 돼요.');
    const handling = rig.send(rig.message('kakao', '교환은요?'));
    await rig.settle();
    await finish(rig, await rig.engine.nextCall(), '교환도 돼요.');
    expect(seen(await handling).texts).toEqual([
      '“환불은 언제 되나요? 정말 궁금해요. 정말 궁금해요. 정말 궁금해요. …” 질문의 답변이에요. 사흘 안에 돼요.',
      '교환도 돼요.',
    ]);
  });
});

it('"이어서 보기" that leads to another answer names its question', async () => {
  const events = await askAllLate(rig, ['가 질문이에요', '나 질문이에요', '다 질문이에요', '라 질문이에요']);
  for (const word of '가나다라') await finish(rig, await rig.engine.nextCall(), word);
  await tap(rig, pickup(events[3]));
  const last = await tap(rig, { kind: 'continue', turnId: events[3]?.id ?? '', position: 0 });
  expect(last.texts).toEqual(['“라 질문이에요” 질문의 답변이에요. 라']);
});
