import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { createChannel } from '../../src/wiring/channels.ts';

it('Kakao speaks in the words that the bot has now', () => {
  const [bot] = loadSettings({}, () => '').bots;
  if (bot === undefined) throw new Error('There is no bot');
  let words = { waitingText: '잠시만요.', contact: '' };
  const hooks = {
    reserveSend: async () => {},
    tryReserveSend: () => true,
    onCallbackSpent: () => {},
    words: () => words,
  };
  const channel = createChannel('kakao', bot, silentLogger, hooks);
  const promise = () => JSON.stringify(channel.respond({ kind: 'promised', text: '' }).body);
  expect(promise()).toContain('잠시만요.');
  words = { waitingText: '곧 알려 드릴게요.', contact: '' };
  expect(promise()).toContain('곧 알려 드릴게요.');
});
