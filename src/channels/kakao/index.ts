import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Channel } from '../channel.ts';
import { logOddities } from '../oddities.ts';
import { createSecretCheck, verifySecret } from '../secret.ts';
import { withoutCalls } from '../without-calls.ts';
import { leadsToSomebody, type PersonButton } from './actions.ts';
import { createBotIdCheck } from './bot-id.ts';
import { createCallbackResolver } from './callback-url.ts';
import { createCallbackClient } from './client.ts';
import { MAX_OUTPUTS } from './limits.ts';
import { answerParameterValidation } from './parameter-validation.ts';
import { parseSkillRequest } from './parse.ts';
import { prefaceMessage } from './preface.ts';
import { rehearsalCall } from './rehearsal.ts';
import { renderReply } from './render.ts';
import { readCallIds } from './request-ids.ts';
import { respondToSkill } from './respond.ts';
import { createSourceCheck } from './source-address.ts';

export type { PersonButton } from './actions.ts';

export interface KakaoChannelOptions {
  readonly botId: string;
  /** By which members of a group room may call it, beside its name in the admin centre. */
  readonly botName?: string;
  readonly secrets: readonly string[];
  /** Addresses and networks that may call, beside the secret; empty = any. */
  readonly sourceAddresses?: readonly string[];
  /** Ids by which Kakao knows this bot; empty = any. */
  readonly kakaoBotIds?: readonly string[];
  readonly onBotIdMismatch?: 'warn' | 'refuse';
  /** The only places a callback may go to, such as `https://bot-api.kakao.com`. */
  readonly callbackOrigins: readonly string[];
  readonly inlineBudgetMs: number;
  readonly callbackBudgetMs: number;
  readonly waitingText: string;
  /** For apologies; may be empty. */
  readonly contact: string;
  /** What "talk to a person" is here; `none`, the default, leaves the choice out. */
  readonly personButton?: PersonButton;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly connectTimeoutMs?: number;
  /** Longest wait for the result of a callback. */
  readonly totalTimeoutMs?: number;
  /** Told of each callback that counts against the quota of the month. */
  readonly onCallbackSpent?: () => void;
}

/** KakaoTalk channel chatbots and group rooms, through the skill protocol 2.0. */
export function createKakaoChannel(options: KakaoChannelOptions): Channel {
  const check = createSecretCheck(options.secrets);
  const checkSource = createSourceCheck(options.sourceAddresses ?? []);
  const checkBotId = createBotIdCheck({
    botId: options.botId,
    expected: options.kakaoBotIds ?? [],
    onMismatch: options.onBotIdMismatch ?? 'warn',
    logger: options.logger,
  });
  const resolveCallback = createCallbackResolver(options.callbackOrigins);
  const parseSettings = { ...options, botName: options.botName ?? '', resolveCallback, checkBotId };
  const client = createCallbackClient({ ...options, resolveCallback });
  return {
    name: 'kakao',
    mergesWaitingMessages: false,
    greetsOncePerCooldown: false,
    maxBubblesPerResponse: MAX_OUTPUTS,
    callIds: readCallIds,
    verify: (request) => {
      verifySecret(request, check);
      checkSource(request);
    },
    checkValue: (request) =>
      answerParameterValidation(request, () => {
        const call = { channel: 'kakao', botId: options.botId, ...readCallIds(request) } as const;
        logOddities(options.logger, call, ['A parameter validation belongs to /validate/KAKAO, not to /query/KAKAO']);
      }),
    parse: (request) => parseSkillRequest(request, parseSettings),
    render: (reply, context) => {
      const { personButton = 'none' } = options;
      const isGroup = context.conversation.room !== undefined;
      return renderReply(leadsToSomebody(personButton, isGroup) ? reply : withoutCalls(reply), context, {
        personButton,
        onDegraded: (degradations) =>
          options.logger.info({ turn: context.turnId, degradations }, 'reply shown simpler'),
      });
    },
    rehearsal: (question, receivedAt) => rehearsalCall(question, receivedAt, options.kakaoBotIds?.[0]),
    preface: prefaceMessage,
    respond: (outcome) => respondToSkill(outcome, options),
    deliver: client.deliver,
    close: client.close,
  };
}
