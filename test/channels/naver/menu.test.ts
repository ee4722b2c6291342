import { describe, expect, it } from 'vitest';
import type { ChannelMemory, DeliveryReceipt } from '../../../src/channels/channel.ts';
import { menuEvent, setUpMenu } from '../../../src/channels/naver/menu.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import type { MenuItem } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const menu: readonly MenuItem[] = [
  { label: '배송 조회' },
  { label: '반품 신청', text: '반품하려면 어떻게 하나요?' },
  { label: '고객센터 전화', url: 'tel:0212345678' },
  {
    label: '더 보기',
    menu: [
      { label: '상담사 연결', action: 'person' },
      { label: '쇼핑몰', url: 'https://shop.example', mobileUrl: 'https://m.shop.example' },
    ],
  },
];
const delivered: DeliveryReceipt = { outcome: 'delivered', code: '00', retryable: false };
const busy: DeliveryReceipt = { outcome: 'refused', code: '99', retryable: true, retryAfterMs: 2_000 };
const cut: DeliveryReceipt = { outcome: 'unknown', code: 'CUT', retryable: false };
const refused: DeliveryReceipt = { outcome: 'refused', code: '01', retryable: false, advice: '키를 확인해 주세요.' };

/** One account, with a memory that outlives the starts. */
function account() {
  const notes = new Map<string, string>();
  const memory: ChannelMemory = {
    read: async (key) => notes.get(key),
    write: async (key, text) => void (text === undefined ? notes.delete(key) : notes.set(key, text)),
  };
  const clock = new ManualClock();
  const posted: unknown[] = [];
  const logged: unknown[] = [];
  const note = (fields: unknown) => void logged.push(fields);
  const logger = { ...silentLogger, info: note, error: note };
  const start = (
    items: readonly MenuItem[],
    receipts: readonly DeliveryReceipt[] = [],
    signal = new AbortController().signal,
  ) => {
    const left = [...receipts];
    const post = async (event: unknown) => {
      posted.push(event);
      return left.shift() ?? delivered;
    };
    return setUpMenu(items, { botId: 'default', post, clock, logger }, memory, signal);
  };
  return { start, posted, logged, clock, notes, memory, logger };
}

describe('the standing menu', () => {
  it('is what the operator wrote, as TalkTalk takes it', () => {
    const event = menuEvent(menu);
    expect(validateOutboundEvent(event)).toEqual({ faults: [], warnings: [] });
    expect(event.menuContent).toEqual([
      {
        menus: [
          { type: 'TEXT', data: { title: '배송 조회', code: 'malgil:say:배송 조회' } },
          { type: 'TEXT', data: { title: '반품 신청', code: 'malgil:say:반품하려면 어떻게 하나요?' } },
          { type: 'LINK', data: { title: '고객센터 전화', url: 'tel:0212345678' } },
          {
            type: 'NESTED',
            data: {
              title: '더 보기',
              menus: [
                { type: 'TEXT', data: { title: '상담사 연결', code: 'malgil:person' } },
                {
                  type: 'LINK',
                  data: { title: '쇼핑몰', url: 'https://shop.example', mobileUrl: 'https://m.shop.example' },
                },
              ],
            },
          },
        ],
      },
    ]);
  });

  it('is set at every start, and taken away once when its setting is gone', async () => {
    const { start, posted } = account();
    await start(menu);
    await start(menu);
    await start([]);
    await start([]);
    expect(posted).toEqual([menuEvent(menu), menuEvent(menu), { event: 'persistentMenu', menuContent: [] }]);
  });

  it('that we never set is left alone', async () => {
    const { start, posted } = account();
    await start([]);
    expect(posted).toEqual([]);
  });

  it('is tried again where that may help, also when nobody knows whether it was set', async () => {
    const { start, posted, clock } = account();
    const setting = start(menu, [busy, cut]);
    await clock.advance(2_000);
    expect(posted).toHaveLength(2);
    await clock.advance(5_000);
    await setting;
    expect(posted).toHaveLength(3);
  });

  it('that is refused costs a line in the log with advice, and is tried again at the next start', async () => {
    const { start, posted, logged } = account();
    await start(menu, [refused]);
    expect(logged).toEqual([expect.objectContaining({ code: '01', advice: refused.advice })]);
    await start([], [refused]);
    await start([]);
    expect(posted).toHaveLength(3);
  });

  it('never stops a start, whatever fails', async () => {
    const { start, logged, memory, clock, logger } = account();
    const broken: ChannelMemory = { ...memory, read: () => Promise.reject(new Error('no store')) };
    const post = async () => delivered;
    await setUpMenu(menu, { botId: 'default', post, clock, logger }, broken, new AbortController().signal);
    expect(logged).toEqual([expect.objectContaining({ err: expect.any(Error) })]);
    await start(menu, [busy], AbortSignal.abort());
    expect(logged).toHaveLength(1);
  });
});
