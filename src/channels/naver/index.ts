import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Channel } from '../channel.ts';
import { createSecretCheck, verifySecret } from '../secret.ts';
import { createSendClient } from './client.ts';
import { withFallback } from './deliver.ts';
import { createHandover } from './handover.ts';
import { parseTalkEvent } from './parse.ts';
import { namesPaymentRequest } from './payment-request.ts';
import { renderReply } from './render.ts';
import { respondToWebhook } from './respond.ts';
import { verifySourceAddress } from './source-address.ts';

export interface NaverChannelOptions {
  readonly botId: string;
  /** As a path segment of the webhook URL: TalkTalk cannot send headers of ours. */
  readonly secrets: readonly string[];
  /** Whether callers outside the platform's published networks are strangers. */
  readonly checksAddress?: boolean;
  /** Key of the send API; without it answers go into the webhook response. */
  readonly authorization?: string;
  readonly baseUrl: string;
  /** Whether "… is typing" is shown while an answer is worked on. */
  readonly typing: boolean;
  readonly synchronousBudgetMs: number;
  readonly newId: NewId;
  readonly logger: Logger;
  /** Longest wait for the result of a send. */
  readonly totalTimeoutMs?: number;
}

/** Naver TalkTalk, chatbot API v1. */
export function createNaverChannel(options: NaverChannelOptions): Channel {
  const check = createSecretCheck(options.secrets);
  const { authorization, typing } = options;
  const client = authorization === undefined ? undefined : createSendClient({ ...options, authorization });
  return {
    name: 'naver',
    mergesWaitingMessages: true,
    greetsOncePerCooldown: true,
    // Everything in a webhook response is merged into its one event; a held answer and a new one fit together.
    maxBubblesPerResponse: 3,
    asksForPayment: namesPaymentRequest,
    verify(request) {
      verifySecret(request, check);
      if (options.checksAddress) verifySourceAddress(request.remoteAddress);
    },
    parse: (request) => parseTalkEvent(request, { ...options, canPush: client !== undefined }),
    render: (reply, context) =>
      renderReply(reply, context, {
        onDegraded: (degradations) =>
          options.logger.info({ turn: context.turnId, degradations }, 'reply shown simpler'),
      }),
    respond: respondToWebhook,
    ...(client === undefined ? {} : { deliver: withFallback(client.deliver), ...createHandover(client.deliver) }),
    ...(client === undefined || !typing ? {} : { showTyping: client.showTyping }),
    close: async () => client?.close(),
  };
}
