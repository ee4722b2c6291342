import { expect, it } from 'vitest';
import { withPreparedPictures } from '../../../src/channels/naver/deliver.ts';
import { keepTyping } from '../../../src/channels/naver/keep-typing.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const conversation = { botId: 'default', channel: 'naver', user: 'u' } as const;

/** A picture takes its time; typing answers when told to, or not at all. */
async function sendSlowly(pictureMs: number, { hasBudget = true, typingMs = 0 } = {}) {
  const clock = new ManualClock(0);
  const log: string[] = [];
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.schedule(ms, resolve));
  const parts = {
    clock,
    tryReserveCall: () => hasBudget,
    show: async () => {
      log.push(`typing ${clock.now()}`);
      await wait(typingMs);
    },
  };
  const desk = {
    prepare: async () => {
      await wait(pictureMs);
      return { imageContent: { imageId: 'id-1' } };
    },
  };
  const deliver = withPreparedPictures(
    async () => {
      log.push(`message ${clock.now()}`);
      return { outcome: 'delivered', code: '00', retryable: false };
    },
    desk,
    (whose) => keepTyping(whose, parts),
  );
  const wire = { event: 'send', imageContent: { imageUrl: 'https://shop.example/a.png' } };
  const sent = deliver({ wire, text: '', bubbles: 1 }, { conversation, mode: 'push' }, new AbortController().signal);
  await clock.advance(40_000);
  await sent;
  return log;
}

it('shows that an answer comes until the picture is ready, and not a moment longer', async () => {
  expect(await sendSlowly(18_000)).toEqual(['typing 1500', 'typing 9500', 'typing 17500', 'message 18000']);
  expect(await sendSlowly(1_000)).toEqual(['message 1000']);
});

it('keeps the message a moment for an indicator that is on its way', async () => {
  expect(await sendSlowly(1_600, { typingMs: 200 })).toEqual(['typing 1500', 'message 1700']);
  expect(await sendSlowly(1_600, { typingMs: 9_000 })).toEqual(['typing 1500', 'message 1900']);
});

it('gives way where answers need the budget', async () => {
  expect(await sendSlowly(18_000, { hasBudget: false })).toEqual(['message 18000']);
});
