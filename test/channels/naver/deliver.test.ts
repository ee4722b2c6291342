import { describe, expect, it } from 'vitest';
import type { DeliveryReceipt, OutboundMessage } from '../../../src/channels/channel.ts';
import { withFallback, withPreparedPictures } from '../../../src/channels/naver/deliver.ts';
import { echoKeysOf } from '../../../src/channels/naver/echo-key.ts';
import type { PictureDesk } from '../../../src/channels/naver/pictures.ts';

const target = { conversation: { botId: 'default', channel: 'naver', user: 'u' }, mode: 'push' } as const;
const product: OutboundMessage = { wire: 'product', fallback: 'card', text: '코트', bubbles: 1 };
const delivered: DeliveryReceipt = { outcome: 'delivered', code: '00', retryable: false };
const refused: DeliveryReceipt = { outcome: 'refused', code: '99', retryable: true };

async function sendWith(
  receipts: readonly DeliveryReceipt[],
  message = product,
  signal = new AbortController().signal,
) {
  const sent: unknown[] = [];
  const deliver = withFallback(async ({ wire, ...rest }) => {
    expect(rest).toMatchObject({ text: message.text, bubbles: message.bubbles });
    expect('fallback' in rest).toBe(sent.length === 0 && message.fallback !== undefined);
    sent.push(wire);
    return receipts[sent.length - 1] ?? refused;
  });
  return { receipt: await deliver(message, target, signal), sent };
}

describe('a message with a fallback', () => {
  it('goes out as it is where the platform takes it, or may have taken it', async () => {
    expect(await sendWith([delivered])).toEqual({ receipt: delivered, sent: ['product'] });
    const unknown: DeliveryReceipt = { outcome: 'unknown', code: 'CUT', retryable: false };
    expect(await sendWith([unknown])).toEqual({ receipt: unknown, sent: ['product'] });
  });

  it('goes out as the fallback where it is refused, whose result counts', async () => {
    expect(await sendWith([refused, delivered])).toEqual({ receipt: delivered, sent: ['product', 'card'] });
    expect((await sendWith([refused, refused])).receipt).toEqual(refused);
  });

  it('says how its echo will look before it is written, unless that is as before', async () => {
    const card = { event: 'send', textContent: { text: '코트' } };
    const log: string[] = [];
    const fallBack = async (message: OutboundMessage) => {
      const deliver = withFallback(async ({ wire }) => {
        log.push(JSON.stringify(wire) === JSON.stringify(card) ? 'card' : 'product');
        return log.length % 3 === 1 ? refused : delivered;
      });
      const beforeFallback = async (echoKey: string) => void log.push(echoKey);
      await deliver(message, { ...target, beforeFallback }, new AbortController().signal);
      return log.splice(0);
    };
    const [echoKey = ''] = echoKeysOf(card);
    const shown = { ...product, fallback: card, echoKey: 'product' };
    expect(await fallBack(shown)).toEqual(['product', echoKey, 'card']);
    expect(await fallBack({ ...shown, echoKey })).toEqual(['product', 'card']);
  });

  it('does not go out again where its form cannot be the reason', async () => {
    const paused: DeliveryReceipt = { outcome: 'refused', code: '01', retryable: true };
    expect(await sendWith([paused])).toEqual({ receipt: paused, sent: ['product'] });
  });

  it('tells what was wrong with the better form', async () => {
    const advice = '이미지를 처리하지 못했습니다.';
    const { receipt } = await sendWith([{ ...refused, code: 'IMG-01', advice }, delivered]);
    expect(receipt).toEqual({ ...delivered, advice });
  });

  it.each(['02', '99', 'IMG-01'])('is said in words alone where cards are refused too, as with %s', async (code) => {
    const card = {
      title: '교환 안내',
      description: '7일 안에 가능합니다.',
      image: { imageId: 'id-1' },
      buttonList: [
        {
          type: 'LINK',
          data: { title: '신청하기', url: 'https://shop.example/x', mobileUrl: 'https://shop.example/x' },
        },
        { type: 'TEXT', data: { title: '처음으로' } },
      ],
    };
    const cards = (image: object) => ({
      event: 'send',
      compositeContent: { compositeList: [{ ...card, image }], quickReply: { buttonList: card.buttonList } },
    });
    const wire = cards({ imageId: 'id-1' });
    const fallback = cards({ imageUrl: 'https://shop.example/a.png' });
    const words = (...lines: readonly string[]) => ({ event: 'send', textContent: { text: lines.join('\n') } });
    const tail = ['신청하기: https://shop.example/x', '처음으로'];
    const head = ['교환 안내', '7일 안에 가능합니다.'];
    const bad = { ...refused, code, advice: '규격' };
    expect(await sendWith([bad, delivered], { wire, text: '', bubbles: 1 })).toEqual({
      receipt: { ...delivered, advice: '규격' },
      sent: [wire, words(...head, ...tail)],
    });
    expect((await sendWith([bad, bad, delivered], { wire, fallback, text: '', bubbles: 1 })).sent).toEqual([
      wire,
      fallback,
      words(...head, 'https://shop.example/a.png', ...tail),
    ]);
  });

  it('is the address of a picture that is refused, and nothing for a text', async () => {
    const imageUrl = 'https://shop.example/a.png';
    const image = { event: 'send', imageContent: { imageUrl } };
    const text = { event: 'send', textContent: { text: '안녕' } };
    expect((await sendWith([refused, delivered], { wire: image, text: '', bubbles: 1 })).sent).toEqual([
      image,
      { event: 'send', textContent: { text: imageUrl } },
    ]);
    expect((await sendWith([refused], { wire: text, text: '안녕', bubbles: 1 })).sent).toEqual([text]);
  });

  it('does not go out again when the process is closing, or when there is no fallback', async () => {
    expect((await sendWith([refused], product, AbortSignal.abort())).sent).toEqual(['product']);
    expect((await sendWith([refused], { wire: 'a', text: 'a', bubbles: 1 })).sent).toEqual(['a']);
  });
});

describe('a message with a picture', () => {
  const image: OutboundMessage = {
    wire: { event: 'send', imageContent: { imageUrl: 'https://shop.example/a.png' } },
    text: '',
    bubbles: 1,
  };
  const desk: PictureDesk = { prepare: async () => ({ imageContent: { imageId: 'id-1' } }) };
  const prepared = { event: 'send', imageContent: { imageId: 'id-1' } };

  it('names the id, with the address to fall back on', async () => {
    const sent: OutboundMessage[] = [];
    const deliver = withPreparedPictures(async (message) => {
      sent.push(message);
      return delivered;
    }, desk);
    expect(await deliver(image, target, new AbortController().signal)).toEqual(delivered);
    expect(sent).toEqual([{ ...image, wire: prepared, fallback: image.wire }]);
  });

  it('is not sent when the process began to close meanwhile', async () => {
    const deliver = withPreparedPictures(async () => delivered, desk);
    expect(await deliver(image, target, AbortSignal.abort())).toMatchObject({ outcome: 'refused', retryable: true });
  });

  it('has nothing to prepare when the shop draws it', async () => {
    const deliver = withPreparedPictures(async ({ wire }) => ({ ...delivered, code: JSON.stringify(wire) }), desk);
    const wire = { event: 'product', options: { ids: [1], displayType: 'single' } };
    const receipt = await deliver({ ...image, wire }, target, new AbortController().signal);
    expect(receipt.code).toBe(JSON.stringify(wire));
  });
});
