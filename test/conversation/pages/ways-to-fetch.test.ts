/** With every response the platform takes earlier buttons away, so each one must offer what is still to be fetched. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageReceived } from '../../../src/message.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import { askAllLate, finish, tap } from '../../helpers/late-questions.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

const idOf = (event: MessageReceived | undefined) => event?.id ?? '';

describe('a tap', () => {
  it('that brings an earlier answer offers the one that is still to come', async () => {
    const [, second] = await askAllLate(rig, ['첫째 질문이에요', '둘째 질문이에요']);
    await finish(rig, await rig.engine.nextCall(), '하나');
    const tapping = tap(rig, { kind: 'pickup', turnId: idOf(second) });
    const call = await rig.engine.nextCall();
    await rig.settle();
    await rig.clock.advance(4_000);
    expect(await tapping).toEqual({ texts: ['하나'], choices: ['답변 보기'] });
    await finish(rig, call, '둘');
    expect(await tap(rig, { kind: 'pickup', turnId: idOf(second) })).toEqual({ texts: ['둘'], choices: [] });
  });

  it('on "이어서 보기" goes on to the answers of later questions', async () => {
    const events = await askAllLate(
      rig,
      ['가', '나', '다', '라', '마', '바', '사'].map((word) => `${word} 질문이에요`),
    );
    for (const word of '가나다라마바사') await finish(rig, await rig.engine.nextCall(), word);
    expect(await tap(rig, { kind: 'pickup', turnId: idOf(events.at(-1)) })).toEqual({
      texts: ['가', '나', '다'],
      choices: ['이어서 보기'],
    });
    const rest: string[] = [];
    for (const event of events.slice(3)) {
      const shown = await tap(rig, { kind: 'continue', turnId: event.id, position: 0 });
      rest.push(...shown.texts);
      expect(shown.choices).toEqual(event === events.at(-1) ? [] : ['이어서 보기']);
    }
    expect(rest).toEqual(['라', '마', '바', '사']);
  });

  it('at the same moment as another one, or later, brings the same answers', async () => {
    const events = await askAllLate(
      rig,
      ['가', '나', '다', '라', '마'].map((word) => `${word} 질문이에요`),
    );
    for (const word of '가나다라마') await finish(rig, await rig.engine.nextCall(), word);
    const action = { kind: 'pickup', turnId: idOf(events.at(-1)) } as const;
    const taps = [...(await Promise.all([tap(rig, action), tap(rig, action)])), await tap(rig, action)];
    for (const shown of taps) expect(shown).toEqual({ texts: ['가', '나', '다'], choices: ['이어서 보기'] });
  });
});

describe('another question while an answer is still to come', () => {
  it('brings the button along with an answer of its own', async () => {
    const [slow] = await askAllLate(rig, ['오늘 서울 날씨에 어울리는 옷은?']);
    const call = await rig.engine.nextCall();
    const handled = await rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?'));
    expect(seen(handled).texts.at(-1)).toBe('반품 배송비는 편도 3,000원입니다.');
    expect(seen(handled).choices).toEqual(['답변 보기']);
    await flush(rig, handled);
    await finish(rig, call, '얇은 외투요.');
    expect((await tap(rig, { kind: 'pickup', turnId: idOf(slow) })).texts).toEqual(['얇은 외투요.']);
  });

  it('is fetched together with it: the promise of a callback could not carry the button', async () => {
    await askAllLate(rig, ['오늘 서울 날씨에 어울리는 옷은?']);
    const second = rig.message('kakao', '그럼 내일은요?', { hasCallback: true });
    const handling = rig.send(second);
    await rig.settle();
    await rig.clock.advance(4_000);
    const handled = await handling;
    expect(seen(handled).choices).toEqual(['답변 보기']);
    await flush(rig, handled);
    await finish(rig, await rig.engine.nextCall(), '얇은 외투요.');
    await finish(rig, await rig.engine.nextCall(), '두꺼운 외투요.');
    expect((await tap(rig, { kind: 'pickup', turnId: second.id })).texts).toEqual(['얇은 외투요.', '두꺼운 외투요.']);
    expect(rig.channel('kakao').sent).toEqual([]);
  });

  it('brings the button along with its callback, when that was promised before', async () => {
    const first = rig.message('kakao', '첫째 질문이에요', { hasCallback: true });
    const firstHandling = rig.send(first);
    const slow = await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    await flush(rig, await firstHandling);
    await rig.clock.advance(36_000);
    const second = rig.message('kakao', '둘째 질문이에요', { hasCallback: true });
    const secondHandling = rig.send(second);
    await rig.settle();
    await rig.clock.advance(4_000);
    await flush(rig, await secondHandling);
    // The callback of the first shows a button, that of the second would take it away.
    await rig.clock.advance(10_000);
    await rig.settle();
    await finish(rig, slow, '하나');
    await finish(rig, await rig.engine.nextCall(), '둘');
    expect(rig.channel('kakao').sent.map(({ message }) => message.wire)).toEqual([
      { texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] },
      { texts: ['둘'], choices: ['답변 보기'] },
    ]);
    expect(await tap(rig, { kind: 'pickup', turnId: second.id })).toEqual({ texts: ['하나'], choices: [] });
  });
});
