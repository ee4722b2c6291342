/** "Where is my order?": the platform does not tell which of the shop's customers writes. So the customer is asked for a phone number
 *  through the platform's own consent dialog, and the operator's hook looks up what belongs to it. A dialog that runs into its time limit
 *  tells nobody: nothing here waits for an answer. */
import { toGatewayError } from '../../errors.ts';
import {
  type ConversationRef,
  conversationKey,
  type InboundEvent,
  type MessageReceived,
  type Profile,
  type ProfileField,
} from '../../message.ts';
import type { OperatorHook } from '../../operator-hook/operator-hook.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { RememberedTurn, Store } from '../../storage/store.ts';
import type { PersonalFields } from '../arrival/personal-fields.ts';
import type { Bot } from '../bot.ts';
import { systemAnswer } from '../fixed-answer.ts';
import {
  consentDeclinedReply,
  consentLostReply,
  consentNeededReply,
  lookUpFailedReply,
  lookUpReply,
  tooYoungReply,
} from '../texts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import type { LookUpPolicy } from './look-up-policy.ts';
import type { Answer } from './respond.ts';

export interface LookUpsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent: there is no key to seal them with, so nothing is looked up. */
  readonly personalFields?: PersonalFields;
}

export type ConsentEvent = Extract<InboundEvent, { type: 'profile-received' | 'profile-declined' }>;

interface Ready {
  readonly hook: OperatorHook;
  readonly policy: LookUpPolicy;
  readonly personalFields: PersonalFields;
}

/** What the open dialog is about. */
interface LastRequest {
  readonly turnId: string;
  readonly field: ProfileField;
}

const LOOK_UP_MS = 10_000;
/** Longer ones tell a story. */
const MAX_REQUEST_CHARS = 60;
/** A dialog stays open while the customer does something in it; later than this nobody remembers what it was for. */
const ASKED_WITHIN_MS = 60 * 60_000;
/** Between the request and its result nothing can be said in the room, but agents may have. */
const ASKED_WITHIN_TURNS = 10;

export class LookUps {
  readonly #parts: LookUpsParts;

  constructor(parts: LookUpsParts) {
    this.#parts = parts;
  }

  /** What the customer did in the consent dialog, as a message without the data, which is sealed and stored. Undefined when the bot did
   *  not ask: then nothing is kept. Never rejects. */
  async hear(bot: Bot, event: ConsentEvent): Promise<MessageReceived | undefined> {
    const { logger } = this.#parts;
    const ready = this.#ready(bot);
    if (ready === undefined) return undefined;
    const { conversation } = event;
    const given = event.type === 'profile-received' ? (Object.keys(event.profile) as ProfileField[]) : [];
    const { type: _, ...base } = withoutProfile(event);
    const consent = event.type === 'profile-received' ? ({ given } as const) : ('declined' as const);
    const message = { ...base, type: 'message-received', text: '', input: 'consent', consent } as const;
    try {
      const request = await this.#lastRequest(conversation);
      if (request === undefined) {
        logger.info({ bot: bot.id, event: event.type }, 'personal data that nobody asked for is not kept');
        return undefined;
      }
      // The platform was seen to repeat a result five times and more: also behind the request for the next field, which it says nothing of.
      if (given.length > 0 && !given.includes(request.field)) {
        logger.debug({ bot: bot.id, event: event.type }, 'an earlier consent was told again');
        return undefined;
      }
      const mayKeep = ready.policy.fromUnder14 || !(await ready.personalFields.read(conversation)).isUnder14;
      if (event.type === 'profile-received' && mayKeep) await ready.personalFields.keep(conversation, event.profile);
      return { ...message, dedupeKey: `consent:${request.turnId}:${given.join()}` };
    } catch (thrown) {
      const error = toGatewayError(thrown);
      logger.error({ err: error, code: error.code, bot: bot.id }, 'personal data could not be kept');
      return { ...message, dedupeKey: `consent:${given.join()}` };
    }
  }

  /** Undefined for a turn that asks for no look-up. Failures are answers. */
  async answer(turn: ActiveTurn, text: string): Promise<Answer | undefined> {
    const { bot, channel, event } = turn;
    const { consent } = event;
    if (event.action?.kind === 'engine') return undefined;
    if (consent === undefined && !asksForLookUp(bot, text)) return undefined;
    if (consent === 'declined') return systemAnswer(consentDeclinedReply(bot.contact), true);
    const ready = this.#ready(bot);
    const canAsk = turn.window('push') !== undefined && channel.requestsProfile === true;
    if (ready === undefined || !canAsk) {
      return consent === undefined ? undefined : systemAnswer(lookUpFailedReply(bot.contact), false);
    }
    const { policy, personalFields } = ready;
    const { isUnder14, profile } = await personalFields.read(event.conversation);
    if (isUnder14 && !policy.fromUnder14) return systemAnswer(tooYoungReply(bot.contact), true);
    const [missing, ...alsoMissing] = policy.fields.filter((field) => profile[field] === undefined);
    if (missing !== undefined) {
      const wasGiven = consent !== undefined && (consent.given.length === 0 || consent.given.includes(missing));
      if (wasGiven) return systemAnswer(consentLostReply(), false);
      const reply = consentNeededReply(missing, consent !== undefined);
      // The dialog opens behind the words that explain it: two messages, where a response has room for one.
      turn.mode = 'push';
      return systemAnswer({ ...reply, profileRequest: { field: missing, alsoNeeded: alsoMissing } }, true);
    }
    const question = consent === undefined ? text : wordsOf(requestIn(turn.memory.recentTurns));
    return this.#lookUp(turn, ready.hook, question, pick(profile, policy.fields));
  }

  async #lookUp(turn: ActiveTurn, hook: OperatorHook, question: string, profile: Profile): Promise<Answer> {
    const { clock, logger } = this.#parts;
    const { bot, event } = turn;
    try {
      const { text } = await hook.call(
        { type: 'look-up', id: turn.id, at: clock.now(), conversation: event.conversation, question, profile },
        LOOK_UP_MS,
      );
      const answer = systemAnswer(lookUpReply(maskPersonalData(text).text, bot.contact), true);
      return { ...answer, source: { ...answer.source, engine: 'operator-hook' } };
    } catch (thrown) {
      const error = toGatewayError(thrown);
      logger.error({ err: error, code: error.code, bot: bot.id, ...error.details }, 'an order could not be looked up');
      return systemAnswer(lookUpFailedReply(bot.contact), false);
    }
  }

  #ready({ hook, lookUp: policy }: Bot): Ready | undefined {
    const { personalFields } = this.#parts;
    if (hook === undefined || policy === undefined || personalFields === undefined) return undefined;
    return { hook, policy, personalFields };
  }

  async #lastRequest(conversation: ConversationRef): Promise<LastRequest | undefined> {
    const { store, clock } = this.#parts;
    const key = conversationKey(conversation);
    const { recentTurns } = await store.readMemory(key, Number.MAX_SAFE_INTEGER, ASKED_WITHIN_TURNS);
    const since = clock.now() - ASKED_WITHIN_MS;
    for (const { id: turnId, profileRequest, receivedAt } of recentTurns) {
      const field = profileRequest?.field;
      if (field !== undefined && receivedAt > since) return { turnId, field };
    }
    return undefined;
  }
}

function asksForLookUp({ lookUp }: Bot, text: string): boolean {
  if (lookUp === undefined || text.length > MAX_REQUEST_CHARS) return false;
  const bare = withoutSpaces(text);
  return lookUp.words.some((word) => bare.includes(withoutSpaces(word)));
}

function withoutSpaces(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '');
}

/** The words that began it; the turns after them only brought what was needed. */
function requestIn(newestFirst: readonly RememberedTurn[]): RememberedTurn | undefined {
  return newestFirst.find(
    ({ event, profileRequest }) =>
      event.type === 'message-received' && event.consent === undefined && profileRequest !== undefined,
  );
}

function wordsOf(turn: RememberedTurn | undefined): string {
  return turn?.event.type === 'message-received' ? turn.event.text : '';
}

function pick(profile: Profile, fields: readonly ProfileField[]): Profile {
  return Object.fromEntries(fields.map((field) => [field, profile[field]])) as Profile;
}

function withoutProfile(event: ConsentEvent) {
  if (event.type === 'profile-declined') return event;
  const { profile: _, ...rest } = event;
  return rest;
}
