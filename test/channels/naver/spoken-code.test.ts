import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTalkEvent } from '../../../src/channels/naver/parse.ts';
import { decodeSpoken, encodeSpoken } from '../../../src/channels/naver/spoken-code.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { webhookRequest } from '../../helpers/channel-requests.ts';

describe('words in the code of a button', () => {
  it('come back as they went, if there is room for them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 1_200 }), (text) => {
        const code = encodeSpoken(text);
        if (code === undefined) expect(text.length).toBeGreaterThan(980);
        else {
          expect(code.length).toBeLessThanOrEqual(1_000);
          expect(decodeSpoken(code)).toBe(text);
        }
      }),
    );
  });

  it.each([undefined, '', 'malgil:person', 7, { code: 'malgil:say:a' }])('are not in %j', (code) => {
    expect(decodeSpoken(code)).toBeUndefined();
  });

  it('are what the customer said, not the title that was cut', () => {
    const textContent = {
      text: '배송비와 배송…',
      code: 'malgil:say:배송비와 배송 기간이 궁금해요',
      inputType: 'button',
    };
    const body = Buffer.from(JSON.stringify({ event: 'send', user: 'AAECAwQFBgcICQoLDA0ODw', textContent }));
    const settings = {
      botId: 'default',
      canPush: true,
      synchronousBudgetMs: 900,
      newId: () => 'id',
      logger: silentLogger,
    };
    expect(parseTalkEvent(webhookRequest(body), settings)).toMatchObject({
      type: 'message-received',
      text: '배송비와 배송 기간이 궁금해요',
      input: 'tap',
    });
  });
});
