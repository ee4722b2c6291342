/** The menu that always stands in the room (고정 메뉴). One for each partner, set by the send API; customers see a change after they reload
 *  the room. Source: README of navertalk/chatbot-api; issues 88, 125 */
import { encodeTap, type MenuItem } from '../../message.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ChannelMemory, DeliveryReceipt } from '../channel.ts';
import { encodeSpoken } from './spoken-code.ts';
import { oneLine } from './titles.ts';

export interface PersistentMenuEvent {
  readonly event: 'persistentMenu';
  /** Only the first entry counts; none takes the menu away. */
  readonly menuContent: readonly { readonly menus: readonly Menu[] }[];
}

type Menu =
  | { readonly type: 'TEXT'; readonly data: { readonly title: string; readonly code: string } }
  | {
      readonly type: 'LINK';
      readonly data: { readonly title: string; readonly url: string; readonly mobileUrl?: string };
    }
  | { readonly type: 'NESTED'; readonly data: { readonly title: string; readonly menus: readonly Menu[] } };

export interface MenuParts {
  readonly botId: string;
  readonly post: (event: PersistentMenuEvent, signal: AbortSignal) => Promise<DeliveryReceipt>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const NOTE = 'naver-menu';
const MAX_ATTEMPTS = 3;
const RETRY_MS = 5_000;

/** @param items checked: at most four a level, three levels */
export function menuEvent(items: readonly MenuItem[]): PersistentMenuEvent {
  return { event: 'persistentMenu', menuContent: items.length === 0 ? [] : [{ menus: items.map(toMenu) }] };
}

/** Sets the menu at every start, because a manager or another bot may have changed it meanwhile, and takes it away once its setting is
 *  gone. A menu that we never set is left alone. Never throws. */
export async function setUpMenu(
  items: readonly MenuItem[],
  { botId, post, clock, logger }: MenuParts,
  memory: ChannelMemory,
  signal: AbortSignal,
): Promise<void> {
  const fields = { bot: botId, channel: 'naver', items: items.length };
  try {
    const wasSet = (await memory.read(NOTE)) !== undefined;
    if (items.length === 0 && !wasSet) return;
    // Noted before it is set: a process that dies in between leaves a note without a menu, which costs one call, and not the reverse.
    if (items.length > 0) await memory.write(NOTE, 'set');
    const receipt = await postPatiently(menuEvent(items));
    if (signal.aborted && receipt.outcome !== 'delivered') return;
    if (receipt.outcome !== 'delivered') {
      const { code, advice } = receipt;
      logger.error({ ...fields, code, advice }, 'the menu of the chat could not be set; the next start tries again');
      return;
    }
    if (items.length === 0) await memory.write(NOTE, undefined);
    logger.info(fields, items.length === 0 ? 'the menu of the chat was removed' : 'the menu of the chat was set');
  } catch (err) {
    logger.error({ ...fields, err }, 'the menu of the chat could not be set; the next start tries again');
  }

  /** Setting a menu twice is setting it once, so a call whose fate is unknown is made again. */
  async function postPatiently(event: PersistentMenuEvent): Promise<DeliveryReceipt> {
    for (let attempts = 1; ; attempts += 1) {
      const receipt = await post(event, signal);
      const mayRetry = receipt.retryable || receipt.outcome === 'unknown';
      if (!mayRetry || attempts === MAX_ATTEMPTS || signal.aborted) return receipt;
      await delay(clock, receipt.retryAfterMs ?? RETRY_MS, signal);
      if (signal.aborted) return receipt;
    }
  }
}

function toMenu(item: MenuItem): Menu {
  const title = oneLine(item.label);
  if ('menu' in item) return { type: 'NESTED', data: { title, menus: item.menu.map(toMenu) } };
  if ('url' in item) {
    const { url, mobileUrl } = item;
    return { type: 'LINK', data: { title, url, ...(mobileUrl === undefined ? {} : { mobileUrl }) } };
  }
  // A code is required here, also where the title says it all.
  const code = item.action === undefined ? encodeSpoken(oneLine(item.text ?? title)) : encodeTap({ kind: item.action });
  return { type: 'TEXT', data: { title, code: code ?? title } };
}
