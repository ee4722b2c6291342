import { describe, expect, it } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import { type Reply, textReply } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { countingIds } from '../../helpers/channel-requests.ts';

const common = {
  botId: 'shop',
  secrets: [],
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: countingIds(),
  logger: silentLogger,
};
const conversation = { botId: 'shop', channel: 'naver', user: 'AAECAwQFBgcICQoLDA0ODw' } as const;
const reply: Reply = { ...textReply('동의해 주세요.'), profileRequest: { field: 'phone', alsoNeeded: ['address'] } };

describe('asking for personal data', () => {
  it('is a message behind the words: one field, with the others to agree to', () => {
    const channel = createNaverChannel({ ...common, authorization: 'key' });
    const [words, request, ...more] = channel.render(reply, { turnId: 't', conversation, maxBubbles: 3, mode: 'push' });
    expect(channel.requestsProfile).toBe(true);
    expect(words?.text).toBe('동의해 주세요.');
    const wire = { event: 'profile', options: { field: 'cellphone', agreements: ['address'] } };
    expect(request).toMatchObject({ wire, bubbles: 1 });
    expect(request).not.toHaveProperty('echoKey');
    expect(more).toEqual([]);
    for (const body of [request?.wire, request?.fallback]) {
      expect(validateOutboundEvent({ ...(body as object), user: conversation.user }).faults).toEqual([]);
    }
  });

  it('is no part of a webhook response, which has room for one event', () => {
    const channel = createNaverChannel(common);
    expect(channel.requestsProfile).toBe(false);
    expect(channel.render(reply, { turnId: 't', conversation, maxBubbles: 3, mode: 'inline' })).toHaveLength(1);
  });
});
