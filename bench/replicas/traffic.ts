/** Customers who ask at a steady rate whatever becomes of it: every other on TalkTalk, the others on KakaoTalk. */
import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from '../../simulator/bubble.ts';
import { questionId } from '../../test/e2e/gated-model.ts';
import type { House } from './house.ts';

const CUSTOMERS = 200;
/** Kakao drops a call after 5 s, TalkTalk suspends a webhook that does not answer within 1 s. */
const KAKAO_LIMIT_MS = 5_000;

export interface TrafficReport {
  readonly asked: number;
  /** TalkTalk events without a 200 in time. */
  readonly talktalkRefused: number;
  readonly talktalkSlowestMs: number;
  /** Skill calls without a 200 in time. */
  readonly kakaoMissed: number;
  readonly kakaoSlowestMs: number;
  /** TalkTalk questions that nothing came to within a minute after the traffic, or twice. */
  readonly lost: number;
  readonly doubled: number;
}

const SETTLE_MS = 60_000;

/** @param meanwhile what happens to the house while they ask; they go on until it has happened */
export async function runTraffic(
  { kakao, talktalk }: House,
  perSecond: number,
  meanwhile: () => Promise<void>,
): Promise<TrafficReport> {
  let isOver = false;
  const happening = meanwhile().finally(() => {
    isOver = true;
  });
  const onTalkTalk: { readonly who: string; readonly id: string; readonly status: number; readonly ms: number }[] = [];
  const onKakao: { readonly status: number; readonly ms: number }[] = [];
  const calls: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let count = 0; !isOver; count += 1) {
    await delay(Math.max(0, startedMs + (count * 1_000) / perSecond - performance.now()));
    const index = count % CUSTOMERS;
    const id = `질문-r${index}-${count}`;
    const who = `고객 ${index}`;
    calls.push(
      index % 2 === 0
        ? talktalk.say(who, `${id} 알려 주세요`).then(({ status, elapsedMs: ms }) => {
            onTalkTalk.push({ who, id, status, ms });
          })
        : kakao.say(who, `${id} 알려 주세요`).then(({ status, elapsedMs: ms }) => {
            onKakao.push({ status, ms });
          }),
    );
  }
  await happening;
  await Promise.all(calls);
  const told = () =>
    new Map(
      onTalkTalk.map(({ who }) => [
        who,
        talktalk.messages(who).flatMap(({ bubbles }) => [...new Set(questionId(textOf(bubbles)))]),
      ]),
    );
  const missing = () => {
    const heard = told();
    return onTalkTalk.filter(({ who, id, status }) => status === 200 && heard.get(who)?.includes(id) !== true).length;
  };
  const givesUpAt = Date.now() + SETTLE_MS;
  while (missing() > 0 && Date.now() < givesUpAt) await delay(250);
  const slowest = (answers: readonly { readonly ms: number }[]) => Math.max(0, ...answers.map(({ ms }) => ms));
  return {
    asked: calls.length,
    talktalkRefused: onTalkTalk.filter(({ status }) => status !== 200).length,
    talktalkSlowestMs: slowest(onTalkTalk),
    kakaoMissed: onKakao.filter(({ status, ms }) => status !== 200 || ms > KAKAO_LIMIT_MS).length,
    kakaoSlowestMs: slowest(onKakao),
    lost: missing(),
    doubled: [...told().values()].flatMap((ids) => ids.filter((id, at) => ids.indexOf(id) !== at)).length,
  };
}
