/** Naver's side of the send API: errors come with HTTP 200, the code is in the body, and codes mean several things.
 *  Source: https://github.com/navertalk/chatbot-api and its issues 24, 52, 66, 94, 96, 268, 295, 307 */
import type { Verdict } from '../../src/channels/json-spot.ts';
import { validateOutboundEvent } from '../../src/channels/naver/validate.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import { FaultSchedule, type FaultTiming } from '../fault-schedule.ts';
import { optional, parseJson, textField } from '../json-reading.ts';
import type { ServedReply, ServedRequest } from '../loopback-server.ts';
import type { SeededIds } from '../seeded-ids.ts';
import type { Room } from './room.ts';
import { UploadDesk } from './upload-desk.ts';

/** Too many requests are blocked for a while. The look of a block is published nowhere, so it is off unless set. */
export interface RateBlock {
  /** About 30 in 3 s, by Naver's words. */
  readonly requests?: number;
  readonly windowMs?: number;
  readonly blockedForMs?: number;
  readonly httpStatus?: number;
  readonly resultCode?: string;
}

/** One request to the send API. */
export interface ApiCall {
  readonly at: number;
  readonly path: string;
  /** Name of the event, or `imageUpload`. */
  readonly name: string;
  /** Name of the customer, when the key is known. */
  readonly user: string | undefined;
  readonly body: unknown;
  readonly accepted: boolean;
  readonly reply: ServedReply;
  readonly findings: Verdict;
  /** What was asked to go wrong here. */
  readonly fault?: SendFault;
}

/** `of` is the event that it waits for: `send` unless named; `imageUpload` for pictures. */
export type SendFault = { readonly of?: string } & (
  | {
      readonly kind: 'result';
      readonly resultCode: string;
      readonly resultMessage?: string;
      /** Maintenance is a 5xx; every other error comes with 200. */
      readonly httpStatus?: number;
    }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Reads the request and closes the connection: the sender cannot know whether it was `accepted`. */
  | { readonly kind: 'cut'; readonly accepted: boolean }
);

export interface SendApiOptions {
  readonly clock: Clock;
  readonly ids: SeededIds;
  readonly authorization: string;
  readonly handover: boolean;
  readonly rateBlock?: RateBlock;
  /** Only people who were in the room once can be written to. */
  readonly findRoom: (userKey: string) => Room | undefined;
  readonly applyMenu: (event: unknown) => void;
  readonly apply: (room: Room, event: unknown, findings: Verdict) => void;
}

interface Judged {
  readonly reply: ServedReply;
  readonly accepted: boolean;
  readonly findings: Verdict;
}

interface Incoming {
  readonly authorization: string | undefined;
  readonly body: { readonly value: unknown } | undefined;
  readonly name: string;
  readonly room: Room | undefined;
}

const NOTHING: Verdict = { faults: [], warnings: [] };
const CLOSED_FOR_CONSENT = '현재 이 사용자에게 메시지를 보낼 수 없음';

export class SendApi {
  readonly #options: SendApiOptions;
  readonly #calls: ApiCall[] = [];
  readonly #requestedAt: number[] = [];
  readonly #faults: FaultSchedule<SendFault>;
  readonly #uploads: UploadDesk;
  readonly #closing = new AbortController();
  #blockedUntil = 0;

  constructor(options: SendApiOptions) {
    this.#options = options;
    this.#uploads = new UploadDesk(options.ids);
    this.#faults = new FaultSchedule(options.ids.named('faults').fraction);
  }

  get calls(): readonly ApiCall[] {
    return this.#calls;
  }

  peakRequests(windowMs: number): number {
    let peak = 0;
    let first = 0;
    for (const [last, at] of this.#requestedAt.entries()) {
      while ((this.#requestedAt[first] ?? at) <= at - windowMs) first += 1;
      peak = Math.max(peak, last - first + 1);
    }
    return peak;
  }

  /** The address behind the id of an uploaded picture. */
  pictureUrl(imageId: string): string | undefined {
    return this.#uploads.urlOf(imageId);
  }

  injectFault(fault: SendFault, timing: FaultTiming): void {
    this.#faults.add(fault, timing);
  }

  close(): void {
    this.#closing.abort();
  }

  async serve(request: ServedRequest): Promise<ServedReply> {
    const { path } = request;
    if (path !== '/chatbot/v1/event' && path !== '/chatbot/v1/imageUpload') return { status: 404, body: {} };
    if (request.method !== 'POST') return { status: 405, body: {} };
    if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(request.headers['content-type'] ?? '')) {
      return { status: 415, body: {} };
    }
    const at = this.#options.clock.now();
    this.#requestedAt.push(at);
    const body = parseJson(request.body);
    const name = path.endsWith('imageUpload') ? 'imageUpload' : (textField(body?.value, 'event') ?? '');
    const room = this.#options.findRoom(textField(body?.value, 'user') ?? '');
    const ordered = name === 'action' ? undefined : room; // a typing indicator may overtake
    if (ordered !== undefined) {
      ordered.inFlight += 1;
      ordered.maxInFlight = Math.max(ordered.maxInFlight, ordered.inFlight);
    }
    try {
      const fault = this.#faults.take((waiting) => (waiting.of ?? 'send') === name);
      const { authorization } = request.headers;
      const judged = await this.#judgeWithFault({ authorization, body, name, room }, fault);
      this.#calls.push({ ...judged, at, path, name, user: room?.name, body: body?.value, ...optional('fault', fault) });
      return judged.reply;
    } finally {
      if (ordered !== undefined) ordered.inFlight -= 1;
    }
  }

  async #judgeWithFault(incoming: Incoming, fault: SendFault | undefined): Promise<Judged> {
    if (fault?.kind === 'delay') await delay(this.#options.clock, fault.delayMs, this.#closing.signal);
    const blocked = this.#rateBlocked();
    if (blocked !== undefined) return blocked;
    if (fault?.kind === 'result') {
      const { resultCode, resultMessage, httpStatus = 200 } = fault;
      return refusal(resultCode, resultMessage, NOTHING, httpStatus);
    }
    if (fault?.kind === 'cut') {
      const { accepted, findings } = fault.accepted
        ? await this.#judge(incoming)
        : { accepted: false, findings: NOTHING };
      return { accepted, findings, reply: 'cut' };
    }
    return this.#judge(incoming);
  }

  #rateBlocked(): Judged | undefined {
    const block = this.#options.rateBlock;
    if (block === undefined) return undefined;
    const { requests = 30, windowMs = 3_000, blockedForMs = 3_000, httpStatus = 200, resultCode = '99' } = block;
    const now = this.#options.clock.now();
    if (now >= this.#blockedUntil) {
      const earliest = this.#requestedAt.at(-requests);
      if (earliest === undefined || earliest <= now - windowMs) return undefined;
      this.#blockedUntil = now + blockedForMs;
    }
    return refusal(resultCode, '요청이 너무 많음', NOTHING, httpStatus);
  }

  /** At once for all but pictures: whoever waits for a message finds its call on record. */
  #judge({ authorization, body, name, room }: Incoming): Judged | Promise<Judged> {
    if (authorization !== this.#options.authorization) return refusal('01', 'Authorization 정보 오류');
    if (body === undefined) return refusal('02', 'request json 문자열 파싱 오류');
    if (name === 'imageUpload') return this.#uploadImage(body.value);
    if (textField(body.value, 'partner') !== undefined) return refusal('03', '권한 없는 파트너에 대한 요청');

    const findings = validateOutboundEvent(body.value);
    const faults = findings.faults.filter((fault) => !fault.path.includes('.paymentInfo'));
    if (faults.length > 0) return refusal('02', 'request json 문자열 파싱 오류', findings);
    if (name === 'persistentMenu') {
      this.#options.applyMenu(body.value);
      return acceptance(findings);
    }
    if (room === undefined) {
      const key = textField(body.value, 'user') ?? '';
      if (!/^[\w-]{22}$/.test(key)) return refusal('99', `잘못된 user 값 : ${key}`, findings);
      return refusal('01', '권한없는 파트너에 대한 요청', findings);
    }
    // The consent dialog fills the room: nothing else gets in.
    if (room.dialog !== undefined && name !== 'action') return refusal('01', CLOSED_FOR_CONSENT, findings);
    if (name === 'handover' && !this.#options.handover) return refusal('01', undefined, findings);
    if (imageIdsIn(body.value).some((imageId) => this.#uploads.urlOf(imageId) === undefined)) {
      return refusal('99', '알 수 없는 imageId', findings);
    }
    // A message with an impossible payment is accepted and then never appears.
    if (findings.faults.length === 0) this.#options.apply(room, body.value, findings);
    return acceptance(findings);
  }

  async #uploadImage(body: unknown): Promise<Judged> {
    const uploaded = await this.#uploads.upload(body, this.#closing.signal);
    if ('resultCode' in uploaded) return refusal(uploaded.resultCode, uploaded.resultMessage);
    return { ...acceptance(NOTHING), reply: { status: 200, body: { success: true, resultCode: '00', ...uploaded } } };
  }
}

/** Of every picture in a message. */
function imageIdsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'imageId' && typeof inner === 'string' ? [inner] : imageIdsIn(inner),
  );
}

function acceptance(findings: Verdict): Judged {
  return { accepted: true, findings, reply: { status: 200, body: { success: true, resultCode: '00' } } };
}

function refusal(resultCode: string, resultMessage?: string, findings: Verdict = NOTHING, status = 200): Judged {
  const body = { success: false, resultCode, ...optional('resultMessage', resultMessage) };
  return { accepted: false, findings, reply: { status, body } };
}
