/** What a tap on "답변 보기" and "이어서 보기" brings, as Kakao shows it: the same button, the same page. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TapAction } from '../../src/message.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';
import { KakaoReader, numbered, type Screen, sentencesIn } from '../helpers/kakao-reader.ts';

let rig: GatewayRig;
let customer: KakaoReader;

beforeEach(async () => {
  rig = await GatewayRig.open();
  customer = new KakaoReader(rig);
});

afterEach(async () => {
  await rig.close();
});

const labels = ({ buttons }: Screen) => buttons.map(({ label }) => label);

function button(screen: Screen, label: string): TapAction {
  const found = screen.buttons.find((one) => one.label === label);
  if (found === undefined) throw new Error(`no ${label} among ${labels(screen).join()}`);
  return found.action;
}

async function tapOn(screen: Screen, label: string): Promise<Screen> {
  const [shown] = await customer.tap(button(screen, label));
  if (shown === undefined) throw new Error('no response');
  return shown;
}

const names = (name: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${name}${from + i}`);

describe('a waiting text that came as the callback', () => {
  it('is not shown again in place of the answer', async () => {
    await customer.askSlowly('오래 걸리는 질문이에요', true);
    const waiting = await customer.readCallback('', '다 됐어요.');
    expect(waiting.texts).toEqual([rig.bot.waitingText]);
    const taps = [...(await customer.tap(button(waiting, '답변 보기'), 2)), await tapOn(waiting, '답변 보기')];
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
    expect(shown).toEqual(names('A', 1, shown.length));
    expect(shown.length).toBeGreaterThan(30);
    expect(labels(partial)).toEqual(['이어서 보기']);
    const next = await tapOn(partial, '이어서 보기');
    expect(sentencesIn(next)[0]).toBe(`A${shown.length + 1}`);
    expect(labels(next)).toEqual(['이어서 보기']);
    const last = await tapOn(next, '이어서 보기');
    expect([...shown, ...sentencesIn(next), ...sentencesIn(last)]).toEqual(names('A', 1, 100));
    expect(labels(last)).toEqual([]);
    expect(await tapOn(partial, '이어서 보기')).toEqual(next);
  });
});

describe('a long answer', () => {
  it('shows the same page for the same button, at the same moment and later', async () => {
    const first = await customer.askQuickly('긴 질문이에요', numbered('A', 150));
    const [one, other] = await customer.tap(button(first, '이어서 보기'), 2);
    expect(one).toEqual(other);
    expect(await tapOn(first, '이어서 보기')).toEqual(one);
    expect(sentencesIn(one ?? first)[0]).toBe(`A${sentencesIn(first).length + 1}`);
  });

  it('that is held shows its beginning for "답변 보기", however often', async () => {
    const waiting = await customer.askSlowly('긴 질문이에요');
    await customer.finish(numbered('A', 150));
    const [one, other] = await customer.tap(button(waiting, '답변 보기'), 2);
    expect(one).toEqual(other);
    expect(await tapOn(waiting, '답변 보기')).toEqual(one);
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
    expect(labels(shown)).toEqual(['이어서 보기']);
    const count = sentencesIn(shown).length - 1;
    expect(sentencesIn(await tapOn(shown, '이어서 보기'))[0]).toBe(`A${count + 1}`);
  });

  it('that is held comes first with a waiting text, whose button brings the new answer', async () => {
    await customer.askSlowly('긴 질문이에요');
    await customer.finish(numbered('A', 60));
    const shown = await customer.askSlowly('또 긴 질문이에요');
    expect(sentencesIn(shown)[0]).toBe('A1');
    expect(shown.texts.at(-1)).toBe(rig.bot.waitingText);
    expect(labels(shown).toSorted()).toEqual(['답변 보기', '이어서 보기']);
    const count = sentencesIn(shown).length;
    const more = await tapOn(shown, '이어서 보기');
    expect(sentencesIn(more)[0]).toBe(`A${count + 1}`);
    expect(labels(more)).toContain('답변 보기');
    await customer.finish(numbered('B', 60));
    const answer = await tapOn(shown, '답변 보기');
    expect(sentencesIn(answer)[0]).toBe('B1');
    expect(sentencesIn(answer).every((name) => name.startsWith('B'))).toBe(true);
  });
});

it('an answer whose fate is unknown in the middle is offered and shown from there', async () => {
  const first = await customer.askQuickly('긴 질문이에요', numbered('A', 60));
  const action = button(first, '이어서 보기');
  if (action.kind !== 'continue') throw new Error(action.kind);
  const [, second] = await rig.store.readDeliveries(action.turnId);
  await rig.store.moveDelivery(second?.id ?? '', ['held'], 'sending', rig.clock.now());
  await rig.store.moveDelivery(second?.id ?? '', ['sending'], 'unknown', rig.clock.now());
  const next = await customer.askQuickly('짧은 질문이에요', numbered('B', 1));
  expect(sentencesIn(next)).toEqual(['B1']);
  const again = await tapOn(next, '답변 다시 보기');
  expect(sentencesIn(again)[0]).toBe(`A${sentencesIn(first).length + 1}`);
  expect((await rig.store.readDeliveries(action.turnId)).map(({ state }) => state)).toEqual(['delivered', 'picked-up']);
});
