/** What a tap on "답변 보기" and "이어서 보기" brings, as Kakao shows it: the same button, the same page. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { buttonOf, KakaoReader, labelsOf, numbered, numberedNames, sentencesIn } from '../../helpers/kakao-reader.ts';

let rig: GatewayRig;
let customer: KakaoReader;

beforeEach(async () => {
  rig = await GatewayRig.open();
  customer = new KakaoReader(rig);
});

afterEach(async () => {
  await rig.close();
});

describe('a waiting text that came as the callback', () => {
  it('is not shown again in place of the answer', async () => {
    await customer.askSlowly('오래 걸리는 질문이에요', true);
    const waiting = await customer.readCallback('', '다 됐어요.');
    expect(waiting.texts).toEqual([rig.bot.waitingText]);
    const taps = [
      ...(await customer.tap(buttonOf(waiting, '답변 보기'), 2)),
      await customer.tapOn(waiting, '답변 보기'),
    ];
    expect(taps.map(({ texts }) => texts)).toEqual([['다 됐어요.'], ['다 됐어요.'], ['다 됐어요.']]);
  });

  it('is not held when the platform refuses it', async () => {
    rig.channel('kakao').receipts.push({ outcome: 'refused', code: 'invalid-token', retryable: false });
    await customer.askSlowly('오래 걸리는 질문이에요', true);
    await customer.readCallback('', '다 됐어요.');
    const next = await customer.askQuickly('다른 질문이에요', '다른 답변');
    expect(next.texts).toEqual(['“오래 걸리는 질문이에요” 질문의 답변이에요.\n\n다 됐어요.', '다른 답변']);
  });
});

describe('"이어서 보기" after a callback of half an answer', () => {
  it('goes on where that ends, also when more had come than one message holds', async () => {
    await customer.askSlowly('긴 질문이에요', true);
    const partial = await customer.readCallback(numbered('A', 80), ` ${numbered('A', 20, 81)}`);
    const shown = sentencesIn(partial);
    expect(shown).toEqual(numberedNames('A', 1, shown.length));
    expect(shown.length).toBeGreaterThan(30);
    expect(labelsOf(partial)).toEqual(['이어서 보기']);
    const next = await customer.tapOn(partial, '이어서 보기');
    expect(sentencesIn(next)[0]).toBe(`A${shown.length + 1}`);
    expect(labelsOf(next)).toEqual(['이어서 보기']);
    const last = await customer.tapOn(next, '이어서 보기');
    expect([...shown, ...sentencesIn(next), ...sentencesIn(last)]).toEqual(numberedNames('A', 1, 100));
    expect(labelsOf(last)).toEqual([]);
    expect(await customer.tapOn(partial, '이어서 보기')).toEqual(next);
  });
});

describe('a long answer', () => {
  it('shows the same page for the same button, at the same moment and later', async () => {
    const first = await customer.askQuickly('긴 질문이에요', numbered('A', 150));
    const [one, other] = await customer.tap(buttonOf(first, '이어서 보기'), 2);
    expect(one).toEqual(other);
    expect(await customer.tapOn(first, '이어서 보기')).toEqual(one);
    expect(sentencesIn(one ?? first)[0]).toBe(`A${sentencesIn(first).length + 1}`);
  });

  it('that is held shows its beginning for "답변 보기", however often', async () => {
    const waiting = await customer.askSlowly('긴 질문이에요');
    await customer.finish(numbered('A', 150));
    const [one, other] = await customer.tap(buttonOf(waiting, '답변 보기'), 2);
    expect(one).toEqual(other);
    expect(await customer.tapOn(waiting, '답변 보기')).toEqual(one);
    expect(sentencesIn(one ?? waiting)[0]).toBe('A1');
  });

  it('that is held comes first with a quick answer, and goes on behind the one button', async () => {
    await customer.askSlowly('긴 질문이에요');
    await customer.finish(numbered('A', 60));
    const shown = await customer.askQuickly('짧은 질문이에요', numbered('B', 1));
    expect(shown.texts).toHaveLength(3);
    expect(shown.texts[0]).toMatch(/^“긴 질문이에요” 질문의 답변이에요\.\n\n문장A1번은/);
    for (const text of shown.texts) expect(text.length).toBeLessThanOrEqual(500);
    expect(sentencesIn(shown).at(-1)).toBe('B1');
    expect(labelsOf(shown)).toEqual(['이어서 보기']);
    const count = sentencesIn(shown).length - 1;
    expect(sentencesIn(await customer.tapOn(shown, '이어서 보기'))[0]).toBe(`A${count + 1}`);
  });

  it('that is held comes first with a waiting text, whose button brings the new answer', async () => {
    await customer.askSlowly('긴 질문이에요');
    await customer.finish(numbered('A', 60));
    const shown = await customer.askSlowly('또 긴 질문이에요');
    expect(sentencesIn(shown)[0]).toBe('A1');
    expect(shown.texts.at(-1)).toBe(rig.bot.waitingText);
    expect(labelsOf(shown).toSorted()).toEqual(['답변 보기', '이어서 보기']);
    const count = sentencesIn(shown).length;
    const more = await customer.tapOn(shown, '이어서 보기');
    expect(sentencesIn(more)[0]).toBe(`A${count + 1}`);
    expect(labelsOf(more)).toContain('답변 보기');
    await customer.finish(numbered('B', 60));
    const answer = await customer.tapOn(shown, '답변 보기');
    expect(sentencesIn(answer)[0]).toBe('B1');
    expect(sentencesIn(answer).every((name) => name.startsWith('B'))).toBe(true);
  });
});

it('an answer whose fate is unknown in the middle is offered and shown from there', async () => {
  const first = await customer.askQuickly('긴 질문이에요', numbered('A', 60));
  const action = buttonOf(first, '이어서 보기');
  if (action.kind !== 'continue') throw new Error(action.kind);
  const [, second] = await rig.store.readDeliveries(action.turnId);
  await rig.store.moveDelivery(second?.id ?? '', ['held'], 'sending', rig.clock.now());
  await rig.store.moveDelivery(second?.id ?? '', ['sending'], 'unknown', rig.clock.now());
  const next = await customer.askQuickly('짧은 질문이에요', numbered('B', 1));
  expect(sentencesIn(next)).toEqual(['B1']);
  const again = await customer.tapOn(next, '답변 다시 보기');
  expect(sentencesIn(again)[0]).toBe(`A${sentencesIn(first).length + 1}`);
  expect((await rig.store.readDeliveries(action.turnId)).map(({ state }) => state)).toEqual(['delivered', 'picked-up']);
});
