import { decodeTap } from '../../src/message.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import { type Choice, textOf } from '../bubble.ts';
import { fieldOf } from '../json-reading.ts';
import type { KakaoSimulator, SkillExchange } from '../kakao.ts';
import type { TalkTalkSimulator } from '../talktalk.ts';

const USER = '손님';
/** TalkTalk answers may come in several messages; this long after the last one nothing more is expected. */
const QUIET_MS = 500;
const POLL_MS = 50;

/** What one exchange looked like, for a script to read. */
export interface ExchangeReport {
  readonly ok: boolean;
  /** The words that the customer read in the end. */
  readonly answer: string;
  readonly [part: string]: unknown;
}

/** `ok` when the customer got something to read and nothing broke a rule of the platform. */
export async function exchangeOnKakao(
  kakao: KakaoSimulator,
  text: string,
  clock: Clock,
  timeoutMs: number,
): Promise<ExchangeReport> {
  const endsAt = clock.now() + timeoutMs;
  const { callback, ...exchange } = await kakao.say(USER, text);
  const result = await callback;
  // Without a callback a late answer waits behind a button, and a customer touches it.
  const taps: SkillExchange[] = [];
  let shown: Pick<SkillExchange, 'bubbles' | 'quickReplies'> = result ?? exchange;
  let button = pickUpButton(shown);
  while (button !== undefined && clock.now() < endsAt) {
    const tapped = await kakao.tap(USER, button);
    taps.push(tapped);
    shown = (await tapped.callback) ?? tapped;
    button = pickUpButton(shown);
  }
  const answer = textOf(shown.bubbles);
  const faults = [exchange, ...(result === undefined ? [] : [result]), ...taps].flatMap(
    ({ findings }) => findings.faults,
  );
  const isDelivered = (result?.outcome ?? 'delivered') === 'delivered' && button === undefined;
  return {
    ok: faults.length === 0 && isDelivered && answer !== '',
    channel: 'kakao',
    answer,
    status: exchange.status,
    elapsedMs: exchange.elapsedMs,
    request: exchange.request,
    response: exchange.response,
    findings: exchange.findings,
    ...(result === undefined ? {} : { callback: result }),
    ...(taps.length === 0
      ? {}
      : {
          taps: taps.map(({ status, elapsedMs, request, response, findings }) => ({
            status,
            elapsedMs,
            request,
            response,
            findings,
          })),
        }),
  };
}

/** Of a waiting text: the answer itself is not there yet. */
function pickUpButton({ quickReplies }: { readonly quickReplies?: readonly Choice[] }): Choice | undefined {
  return quickReplies?.find(({ extra }) => decodeTap(fieldOf(extra, 'malgil'))?.kind === 'pickup');
}

export async function exchangeOnTalkTalk(
  talktalk: TalkTalkSimulator,
  text: string,
  clock: Clock,
  timeoutMs: number,
): Promise<ExchangeReport> {
  const delivery = await talktalk.say(USER, text);
  const endsAt = clock.now() + timeoutMs;
  const messages = () => talktalk.messages(USER);
  while (delivery.outcome === 'accepted' && clock.now() < endsAt) {
    const last = messages().at(-1);
    if (last !== undefined && clock.now() - last.at >= QUIET_MS && !talktalk.isTyping(USER)) break;
    await delay(clock, POLL_MS);
  }
  const answer = messages()
    .map((message) => textOf(message.bubbles))
    .filter((words) => words !== '') // a picture
    .join('\n');
  const refused = talktalk.apiCalls.filter((call) => !call.accepted);
  return {
    ok:
      delivery.outcome === 'accepted' && delivery.findings.faults.length === 0 && refused.length === 0 && answer !== '',
    channel: 'talktalk',
    answer,
    status: delivery.status,
    elapsedMs: delivery.elapsedMs,
    request: delivery.event,
    response: delivery.response,
    findings: delivery.findings,
    messages: messages().map(({ via, event, findings }) => ({ via, event, findings })),
    refused: refused.map(({ body, reply, findings }) => ({ body, reply, findings })),
  };
}
