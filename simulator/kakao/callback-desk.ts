/** The other end of a callback URL: `POST /v1/bots/<botId>/callback/cbtoken:<32 hex>`, one accepted POST each.
 *  Source of the error texts: https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/ai_chatbot_callback_guide */
import type { Verdict } from '../../src/channels/json-spot.ts';
import { type SkillResponseRules, validateSkillResponse } from '../../src/channels/kakao/validate.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import type { Bubble, Choice } from '../bubble.ts';
import { FaultSchedule, type FaultTiming } from '../fault-schedule.ts';
import { fieldOf, optional, parseJson } from '../json-reading.ts';
import type { ServedReply, ServedRequest } from '../loopback-server.ts';
import type { SeededIds } from '../seeded-ids.ts';
import { bubblesOfTemplate, quickRepliesOfTemplate } from './bubbles.ts';

/** Prefixes of what Kakao says; which one comes when is in {@link CallbackDesk}. */
const CALLBACK_MESSAGES = {
  testing: 'Invalid callback token for testing purposes.',
  token: 'Invalid callback token. Check your callback token.',
  settings: 'The skill server settings are incorrect. Use callback true setting required.',
  bot: 'Invalid bot ID. Check your Bot ID.',
  json: 'Invalid json response from bot-skill.',
  advertising: 'Invalid skill-json format. This talk bubble is not suitable for advertising.',
  internal: 'Internal server error occured. Please contact technical support.',
} as const;

export type CallbackFault =
  /** Answers instead of looking at the body; the URL stays good. */
  | {
      readonly kind: 'refuse';
      readonly message: string;
      readonly status?: 'FAIL' | 'ERROR';
      readonly httpStatus?: number;
    }
  /** Looks at the body only after a while, as a busy platform does. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Reads the request and closes the connection: the sender cannot know whether it was `accepted`. */
  | { readonly kind: 'cut'; readonly accepted: boolean };

/** One POST to a callback URL, accepted or not. */
export interface CallbackPost {
  readonly at: number;
  readonly path: string;
  readonly body: unknown;
  readonly accepted: boolean;
  /** What was answered; `cut` when the connection was closed instead. */
  readonly reply: ServedReply;
  readonly findings: Verdict;
  /** What was asked to go wrong here. */
  readonly fault?: CallbackFault;
}

/** How the callback of one exchange ended. */
export interface CallbackResult {
  readonly outcome: 'delivered' | 'expired' | 'closed';
  /** From sending the skill call. */
  readonly elapsedMs: number;
  readonly response: unknown;
  readonly findings: Verdict;
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly Choice[];
}

export interface CallbackDeskOptions {
  readonly clock: Clock;
  readonly ids: SeededIds;
  readonly botId: string;
  /** HTTP status that goes with FAIL and ERROR; the documents name none. */
  readonly failHttpStatus: number;
  /** A POST this soon after the acknowledgement still races it. */
  readonly settleMs: number;
  /** Whether a body that breaks the format uses the URL up; the documents do not say. */
  readonly badBodySpendsToken: boolean;
  readonly rules: SkillResponseRules;
}

/** The right to one callback, from the moment the skill call is sent. */
export interface CallbackTicket {
  readonly path: string;
  readonly result: Promise<CallbackResult>;
  /** The skill response was read to its end; whether it said `useCallback: true`. */
  acknowledge(promised: boolean): void;
}

interface Ticket {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly testing: boolean;
  readonly rules: SkillResponseRules;
  readonly cancelExpiry: () => void;
  readonly settle: (result: CallbackResult) => void;
  promisedAt: number | undefined;
  spent: boolean;
}

const NOTHING: Verdict = { faults: [], warnings: [] };

export class CallbackDesk {
  readonly #options: CallbackDeskOptions;
  readonly #tickets = new Map<string, Ticket>();
  readonly #posts: CallbackPost[] = [];
  readonly #faults: FaultSchedule<CallbackFault>;
  readonly #closing = new AbortController();

  constructor(options: CallbackDeskOptions) {
    this.#options = options;
    this.#faults = new FaultSchedule(options.ids.named('faults').fraction);
  }

  get posts(): readonly CallbackPost[] {
    return this.#posts;
  }

  injectFault(fault: CallbackFault, timing: FaultTiming): void {
    this.#faults.add(fault, timing);
  }

  issue(validityMs: number, rules: SkillResponseRules, testing: boolean): CallbackTicket {
    const { clock, ids, botId } = this.#options;
    const token = `cbtoken:${ids.hex(32)}`;
    const { promise, resolve } = Promise.withResolvers<CallbackResult>();
    const issuedAt = clock.now();
    const ticket: Ticket = {
      issuedAt,
      expiresAt: issuedAt + validityMs,
      testing,
      rules,
      settle: resolve,
      cancelExpiry: clock.schedule(validityMs, () => resolve(this.#withoutAnswer('expired', issuedAt))),
      promisedAt: undefined,
      spent: false,
    };
    this.#tickets.set(token, ticket);
    return {
      path: `/v1/bots/${botId}/callback/${token}`,
      result: promise,
      acknowledge: (promised) => {
        if (promised) ticket.promisedAt = clock.now();
        else ticket.cancelExpiry(); // nobody waits for it
      },
    };
  }

  async serve(request: ServedRequest): Promise<ServedReply> {
    const fault = this.#faults.take();
    if (fault?.kind === 'delay') await delay(this.#options.clock, fault.delayMs, this.#closing.signal);
    const body = parseJson(request.body);
    let judged: Omit<CallbackPost, 'at' | 'path' | 'body'>;
    if (fault?.kind === 'refuse') {
      const { message, status = 'FAIL', httpStatus = this.#options.failHttpStatus } = fault;
      judged = { accepted: false, reply: this.#reply(httpStatus, status, message), findings: NOTHING };
    } else if (fault?.kind === 'cut') {
      const { accepted, findings } = fault.accepted
        ? this.#judge(request, body)
        : { accepted: false, findings: NOTHING };
      judged = { accepted, findings, reply: 'cut' };
    } else judged = this.#judge(request, body);
    const at = this.#options.clock.now();
    this.#posts.push({ ...judged, at, path: request.path, body: body?.value, ...optional('fault', fault) });
    return judged.reply;
  }

  /** Nobody will call back any more. */
  close(): void {
    this.#closing.abort();
    for (const ticket of this.#tickets.values()) {
      ticket.cancelExpiry();
      ticket.settle(this.#withoutAnswer('closed', ticket.issuedAt));
    }
  }

  /** Synchronous from the look at the ticket to its being spent: two POSTs at once must not both be accepted. */
  #judge(
    request: ServedRequest,
    body: { readonly value: unknown } | undefined,
  ): Omit<CallbackPost, 'at' | 'path' | 'body'> {
    const { clock, botId, settleMs, badBodySpendsToken, rules } = this.#options;
    const refuse = (message: string, findings = NOTHING) => ({
      accepted: false,
      findings,
      reply: this.#reply(this.#options.failHttpStatus, 'FAIL', message),
    });

    const [, bot, token = ''] = /^\/v1\/bots\/([^/]+)\/callback\/(.+)$/.exec(request.path) ?? [];
    if (bot === undefined) return { accepted: false, findings: NOTHING, reply: { status: 404, body: {} } };
    if (request.method !== 'POST') return { accepted: false, findings: NOTHING, reply: { status: 405, body: {} } };
    // Compared byte for byte: a client library that re-encodes `!` or `:` gets what it gets from Kakao.
    if (bot !== botId) return refuse(CALLBACK_MESSAGES.bot);
    const ticket = this.#tickets.get(token);
    if (ticket === undefined) return refuse(CALLBACK_MESSAGES.token);
    if (ticket.testing) return refuse(CALLBACK_MESSAGES.testing);
    if (ticket.spent || clock.now() >= ticket.expiresAt) return refuse(CALLBACK_MESSAGES.token);
    if (ticket.promisedAt === undefined || clock.now() < ticket.promisedAt + settleMs) {
      return refuse(CALLBACK_MESSAGES.settings);
    }

    const findings = validateSkillResponse(body?.value, {
      ...rules,
      ...ticket.rules,
      place: 'callback',
      advertising: false,
    });
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    if (body === undefined || !isJson || findings.faults.length > 0) {
      ticket.spent = badBodySpendsToken;
      return refuse(CALLBACK_MESSAGES.json, findings);
    }
    if (rules.advertising === true && validateSkillResponse(body.value, rules).faults.length > 0) {
      ticket.spent = badBodySpendsToken;
      return refuse(CALLBACK_MESSAGES.advertising, findings);
    }

    ticket.spent = true;
    ticket.cancelExpiry();
    const template = fieldOf(body.value, 'template');
    ticket.settle({
      outcome: 'delivered',
      elapsedMs: clock.now() - ticket.issuedAt,
      response: body.value,
      findings,
      bubbles: bubblesOfTemplate(template),
      quickReplies: quickRepliesOfTemplate(template),
    });
    return { accepted: true, findings, reply: this.#reply(200, 'SUCCESS', 'success') };
  }

  #reply(httpStatus: number, status: string, message: string): ServedReply {
    const { ids, clock } = this.#options;
    return { status: httpStatus, body: { taskId: ids.uuid(), status, message, timestamp: clock.now() } };
  }

  #withoutAnswer(outcome: 'expired' | 'closed', issuedAt: number): CallbackResult {
    const elapsedMs = this.#options.clock.now() - issuedAt;
    return { outcome, elapsedMs, response: undefined, findings: NOTHING, bubbles: [], quickReplies: [] };
  }
}
