import { type Clock, delay } from '../../src/platform/clock.ts';
import { textOf } from '../bubble.ts';
import type { KakaoSimulator } from '../kakao.ts';
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
export async function exchangeOnKakao(kakao: KakaoSimulator, text: string): Promise<ExchangeReport> {
  const { callback, ...exchange } = await kakao.say(USER, text);
  const result = await callback;
  const answer = textOf(result?.bubbles ?? exchange.bubbles);
  const faults = exchange.findings.faults.length + (result?.findings.faults.length ?? 0);
  return {
    ok: faults === 0 && (result?.outcome ?? 'delivered') === 'delivered' && answer !== '',
    channel: 'kakao',
    answer,
    status: exchange.status,
    elapsedMs: exchange.elapsedMs,
    request: exchange.request,
    response: exchange.response,
    findings: exchange.findings,
    ...(result === undefined ? {} : { callback: result }),
  };
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
