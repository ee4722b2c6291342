import { decodeTap } from '../../src/message.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import { type Choice, textOf } from '../bubble.ts';
import { fieldOf } from '../json-reading.ts';
import type { KakaoSimulator, SkillExchange } from '../kakao.ts';
import type { TalkTalkSimulator } from '../talktalk.ts';
import { readPhoto } from './photo-turn.ts';

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
  const { callback, ...exchange } = await saidOnKakao(kakao, text);
  const result = await callback;
  // What is late or long waits behind a button, and a customer touches it.
  const taps: SkillExchange[] = [];
  const pages: string[] = [];
  let shown: Pick<SkillExchange, 'bubbles' | 'quickReplies'> = result ?? exchange;
  let button = wayOn(shown);
  let touched: string | undefined;
  while (button !== undefined && clock.now() < endsAt) {
    // The same button again: there was nothing new yet.
    if (button.readsOn && button.code !== touched) pages.push(textOf(shown.bubbles));
    touched = button.code;
    const tapped = await kakao.tap(USER, button.choice);
    taps.push(tapped);
    shown = (await tapped.callback) ?? tapped;
    button = wayOn(shown);
  }
  const answer = [...pages, textOf(shown.bubbles)].join('\n\n');
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

const PHOTO_TURN = /^\/photo(?:\s+(.*))?$/s;

async function saidOnKakao(kakao: KakaoSimulator, text: string): Promise<SkillExchange> {
  const photo = PHOTO_TURN.exec(text.trim());
  return photo === null ? kakao.say(USER, text) : kakao.sendPhoto(USER, await readPhoto(photo[1] ?? ''));
}

interface WayOn {
  readonly choice: Choice;
  readonly code: string;
  /** To the rest; else to the answer itself. */
  readonly readsOn: boolean;
}

/** The button under what is not the whole answer. */
function wayOn({ quickReplies = [] }: { readonly quickReplies?: readonly Choice[] }): WayOn | undefined {
  for (const choice of quickReplies) {
    const code = fieldOf(choice.extra, 'malgil');
    const kind = decodeTap(code)?.kind;
    if (kind === 'pickup' || kind === 'continue') return { choice, code: String(code), readsOn: kind === 'continue' };
  }
  return undefined;
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
