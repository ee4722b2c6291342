/** The channels of a bot from its settings. */
import type { Channel } from '../channels/channel.ts';
import type { EventSender } from '../channels/event-sender.ts';
import {
  createEventApi,
  createKakaoChannel,
  createNaverChannel,
  createTestChannel,
  createWebChannel,
  type PersonButton,
} from '../channels/index.ts';
import type { BotSettings } from '../config.ts';
import { createPictureInspector } from '../images/inspect-picture.ts';
import type { ChannelName } from '../message.ts';
import { systemClock } from '../platform/clock.ts';
import { timeOrderedIds } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';

/** TalkTalk has its 200 after 900 ms, whatever the core does by then; before that comes the last moment of the commit, of the store, of a spool
 *  and of a timer that a busy process fires late. With all 900 a waiting text lost that race on a busy machine. */
const SYNCHRONOUS_BUDGET_MS = 600;

/** What TalkTalk says of pictures in messages. */
const NAVER_PICTURE_LIMITS = { maxSizeBytes: 20_000_000, timeoutMs: 10_000 };

/** What channels need of parts that are made after them. */
export interface ChannelHooks {
  readonly reserveSend: () => Promise<void>;
  readonly tryReserveSend: () => boolean;
  readonly onCallbackSpent: () => void;
  /** Of the bot, as they are now. */
  readonly words: () => { readonly waitingText: string; readonly contact: string };
}

export function createChannel(name: ChannelName, bot: BotSettings, logger: Logger, hooks: ChannelHooks): Channel {
  const common = { botId: bot.id, newId: timeOrderedIds(systemClock) };
  switch (name) {
    case 'kakao':
      return createKakaoChannel({
        ...common,
        logger,
        botName: bot.name,
        secrets: bot.kakaoSecret,
        sourceAddresses: bot.kakaoSourceAddresses,
        kakaoBotIds: bot.kakaoBotId,
        onBotIdMismatch: bot.kakaoBotIdCheck,
        callbackOrigins: bot.kakaoCallbackOrigins,
        inlineBudgetMs: bot.kakaoInlineBudgetMs,
        callbackBudgetMs: bot.kakaoCallbackBudgetMs,
        personButton: toPersonButton(bot.kakaoPersonButton),
        onCallbackSpent: hooks.onCallbackSpent,
        get waitingText() {
          return hooks.words().waitingText;
        },
        get contact() {
          return hooks.words().contact;
        },
      });
    case 'naver':
      return createNaverChannel({
        ...common,
        logger,
        secrets: bot.naverSecret,
        checksAddress: bot.naverCheckAddress,
        baseUrl: bot.naverBaseUrl,
        typing: bot.naverTyping,
        synchronousBudgetMs: SYNCHRONOUS_BUDGET_MS,
        pictures: {
          inspector: createPictureInspector({ platformUrl: bot.naverBaseUrl, ...NAVER_PICTURE_LIMITS }),
          reserveCall: hooks.reserveSend,
          tryReserveCall: hooks.tryReserveSend,
        },
        synchronous: bot.naverSync,
        ...(bot.naverAuthorization === undefined ? {} : { authorization: bot.naverAuthorization }),
        ...(bot.naverMenu === undefined ? {} : { menu: bot.naverMenu }),
      });
    case 'web':
      return createWebChannel({ ...common, secrets: [] });
    case 'test':
      return createTestChannel({ ...common, secrets: bot.testSecret, budgetMs: bot.engineTotalMs + 5_000 });
  }
}

/** None without both settings: the Event API is off by default. */
export function openEventSender(bot: BotSettings): readonly (readonly [botId: string, sender: EventSender])[] {
  const { kakaoRestApiKey: restApiKey, kakaoEventBotId: kakaoBotId } = bot;
  if (restApiKey === undefined || kakaoBotId === undefined) return [];
  return [[bot.id, createEventApi({ baseUrl: bot.kakaoBaseUrl, kakaoBotId, restApiKey, keyKind: bot.kakaoKeyKind })]];
}

function toPersonButton(setting: string): PersonButton {
  return setting === 'none' || setting === 'operator' ? setting : { blockId: setting };
}
