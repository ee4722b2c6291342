import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NaverApi } from '../../../src/channels/naver/api.ts';
import { createSendClient } from '../../../src/channels/naver/client.ts';
import { withFallback, withPreparedPictures } from '../../../src/channels/naver/deliver.ts';
import { keepTyping } from '../../../src/channels/naver/keep-typing.ts';
import { createPictureDesk } from '../../../src/channels/naver/pictures.ts';
import { createUploadClient } from '../../../src/channels/naver/upload.ts';
import { PacedRequests } from '../../../src/conversation/delivery/paced-requests.ts';
import { LocalSendBudget } from '../../../src/jobs/local/send-budget.ts';
import type { ConversationRef } from '../../../src/message.ts';
import { delay } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const never = new AbortController().signal;
const conversation: ConversationRef = { botId: 'shop', channel: 'naver', user: 'u' };

const step = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_500 })),
  kind: fc.constantFrom('words', 'picture', 'refused card', 'rest', 'typing'),
  /** Between leave and call, for the store; and for the platform, or whoever has the picture. */
  storeMs: fc.integer({ min: 0, max: 1_500 }),
  upstreamMs: fc.integer({ min: 0, max: 2_500 }),
});

it('no second sees more calls than the limit, whatever is uploaded, answered, said more plainly and shown as typing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 30 }), async (perSecond, steps) => {
      const clock = new ManualClock();
      const budget = new LocalSendBudget(new Map([['shop', perSecond]]), clock);
      const calledAt: number[] = [];
      let upstreamMs = 0;
      const call = async (body: object) => {
        calledAt.push(clock.now());
        await delay(clock, upstreamMs);
        return { kind: 'answered' as const, status: 200, text: JSON.stringify(body), retryAfter: undefined };
      };
      const api: NaverApi = {
        postEvent: (event) => call({ resultCode: 'compositeContent' in event ? '99' : '00' }),
        uploadImage: (url) =>
          call(url.endsWith('slow') ? { resultCode: 'IMG-02' } : { resultCode: '00', imageId: url }),
        close: async () => {},
      };
      const client = createSendClient({ botId: 'shop', api, logger: silentLogger });
      const reserveCall = async () => (await budget.reserveRest('shop')).use();
      const desk = createPictureDesk({
        botId: 'shop',
        inspector: {
          reachOf: () => 'platform',
          inspect: () => delay(clock, upstreamMs).then(() => ({ kind: 'unseen' })),
          close: async () => {},
        },
        client: createUploadClient({ api, reserveCall }),
        clock,
        logger: silentLogger,
      });
      const tryReserveCall = () => budget.tryReserve('shop');
      const deliver = withPreparedPictures(withFallback(client.deliver), desk, (whose) =>
        keepTyping(whose, { clock, show: client.showTyping, tryReserveCall }),
      );
      const composite = { compositeContent: { compositeList: [{ title: '제목', description: '설명' }] } };
      const contentOf = (kind: string, index: number) =>
        kind === 'picture'
          ? { imageContent: { imageUrl: `https://shop.example/${index}${index % 3 === 0 ? 'slow' : ''}` } }
          : kind === 'refused card'
            ? composite
            : { textContent: { text: '안녕하세요' } };
      let open = 0;
      const answer = async (kind: string, index: number, storeMs: number) => {
        open += 1;
        const first = await (kind === 'rest' ? budget.reserveRest('shop') : budget.reserve('shop'));
        const pacing = new PacedRequests(budget, 'shop', first, never, async () => true);
        await delay(clock, storeMs);
        const wire = { event: 'send', ...contentOf(kind, index) };
        await deliver({ wire, text: '말', bubbles: 1 }, { conversation, mode: 'push', pacing }, never);
        pacing.letOthersGo();
        open -= 1;
      };
      for (const [index, { afterMs, kind, storeMs, upstreamMs: ms }] of steps.entries()) {
        await clock.advance(afterMs);
        upstreamMs = ms;
        if (kind !== 'typing') void answer(kind, index, storeMs);
        else if (tryReserveCall()) void client.showTyping(conversation, never);
      }
      for (let seconds = 0; open > 0 && seconds < 400; seconds += 1) await clock.advance(1_000);
      expect(open).toBe(0);
      for (const [index, at] of calledAt.entries()) {
        expect((calledAt[index + perSecond] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(1_000);
      }
    }),
    { numRuns: 60 },
  );
});
