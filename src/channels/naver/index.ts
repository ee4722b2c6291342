import type { ConversationRef, MenuItem } from '../../message.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Channel } from '../channel.ts';
import { createSecretCheck, verifySecret } from '../secret.ts';
import { withoutCalls } from '../without-calls.ts';
import { openNaverApi } from './api.ts';
import { createSendClient, type SendClient } from './client.ts';
import { withFallback, withPreparedPictures } from './deliver.ts';
import { withEchoKey } from './echo-key.ts';
import { createHandover } from './handover.ts';
import { keepTyping } from './keep-typing.ts';
import { MAX_BUBBLES } from './limits.ts';
import { setUpMenu } from './menu.ts';
import { parseTalkEvent } from './parse.ts';
import { createPictureDesk, type PictureDesk, type PictureInspector } from './pictures.ts';
import { profileRequestMessage } from './profile.ts';
import { renderReply } from './render.ts';
import { respondToWebhook } from './respond.ts';
import { verifySourceAddress } from './source-address.ts';
import { createUploadClient } from './upload.ts';

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
  /** Absent: pictures are named by their addresses, whatever is behind them. */
  readonly pictures?: {
    readonly inspector: PictureInspector;
    /** Resolves when one more request may go out. */
    readonly reserveCall: () => Promise<void>;
    /** Takes a request for what nobody waits for, if it may go out now. */
    readonly tryReserveCall: () => boolean;
  };
  /** What always stands in the room; absent: nothing, and what was set before is taken away. */
  readonly menu?: readonly MenuItem[];
  /** Answers go into the webhook response although there is a key, which then serves everything else. */
  readonly synchronous?: boolean;
  readonly clock?: Clock;
  /** Longest wait for the result of a send. */
  readonly totalTimeoutMs?: number;
}

/** Naver TalkTalk, chatbot API v1. */
export function createNaverChannel(options: NaverChannelOptions): Channel {
  const check = createSecretCheck(options.secrets);
  const { authorization, typing, pictures, menu = [], clock = systemClock } = options;
  const api = authorization === undefined ? undefined : openNaverApi({ ...options, authorization });
  const client = api === undefined ? undefined : createSendClient({ ...options, api });
  const desk =
    api === undefined || pictures === undefined
      ? undefined
      : createPictureDesk({ ...options, ...pictures, client: createUploadClient({ ...pictures, api }), clock });
  const canPush = client !== undefined;
  const startTyping =
    client === undefined || pictures === undefined || !typing
      ? undefined
      : (conversation: ConversationRef) => keepTyping(conversation, { ...pictures, clock, show: client.showTyping });
  return {
    name: 'naver',
    mergesWaitingMessages: true,
    greetsOncePerCooldown: true,
    // Everything in a webhook response is merged into its one event; a held answer and a new one fit together.
    maxBubblesPerResponse: MAX_BUBBLES,
    verify(request) {
      verifySecret(request, check);
      if (options.checksAddress) verifySourceAddress(request.remoteAddress);
    },
    parse: (request) => parseTalkEvent(request, { ...options, canPush }),
    requestsProfile: canPush,
    render: (reply, context) => [
      ...renderReply(canPush ? reply : withoutCalls(reply), context, {
        ...(pictures === undefined ? {} : { reachOf: pictures.inspector.reachOf }),
        onDegraded: (degradations) =>
          options.logger.info({ turn: context.turnId, degradations }, 'reply shown simpler'),
      }).map(withEchoKey),
      // A webhook response has room for one event.
      ...(reply.profileRequest === undefined || context.mode !== 'push'
        ? []
        : [profileRequestMessage(reply.profileRequest)]),
    ],
    respond: respondToWebhook,
    ...(canPush ? { deliver: toDeliver(client.deliver, desk, startTyping) } : {}),
    ...(canPush && typing ? { showTyping: client.showTyping } : {}),
    ...(client === undefined
      ? {}
      : {
          ...createHandover(client.deliver),
          async setUp(memory, signal) {
            const post: SendClient['post'] = async (event, stop) => {
              await pictures?.reserveCall();
              return client.post(event, stop);
            };
            await setUpMenu(menu, { ...options, clock, post }, memory, signal);
          },
        }),
    async close() {
      await Promise.all([api?.close(), pictures?.inspector.close()]);
    },
  };
}

type Deliver = NonNullable<Channel['deliver']>;

function toDeliver(
  send: Deliver,
  desk: PictureDesk | undefined,
  startTyping: Parameters<typeof withPreparedPictures>[2],
): Deliver {
  const deliver = withFallback(send);
  return desk === undefined ? deliver : withPreparedPictures(deliver, desk, startTyping);
}
