import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestBody } from '../../../src/engine/clova-chatbot/request.ts';
import { signBody } from '../../../src/engine/clova-chatbot/signature.ts';

const SECRET = 'unit-test-secret-1234';
const AT = 1_763_740_800_000;

describe('the signed request', () => {
  it.each([
    [
      'words',
      { event: 'send', text: '영업시간 알려줘' } as const,
      '{"version":"v2","userId":"u-1","timestamp":1763740800000,"bubbles":[{"type":"text","data":{"description":"영업시간 알려줘"}}],"event":"send"}',
      'MCKBTU8LGg4NokwNR8+nS+1t4AuOOqeSKREApQILD1k=',
    ],
    [
      'an entered room',
      { event: 'open' } as const,
      '{"version":"v2","userId":"u-1","timestamp":1763740800000,"bubbles":[],"event":"open"}',
      '0L0DpLgNI9XFCTiQuHuRAtddmKN+24WZtpJWy0iKTIQ=',
    ],
  ])('of %s is the one of the documents', (_, question, body, signature) => {
    expect(requestBody(question, 'u-1', AT)).toBe(body);
    expect(signBody(SECRET, body)).toBe(signature);
  });

  it('is signed over its UTF-8 bytes, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (text, secret) => {
        const body = requestBody({ event: 'send', text }, 'u', AT);
        const sent = Buffer.from(body, 'utf8');
        expect(signBody(secret, body)).toBe(createHmac('sha256', Buffer.from(secret)).update(sent).digest('base64'));
        expect(JSON.parse(sent.toString('utf8')).bubbles[0].data.description).toBe(text);
      }),
    );
  });

  it('takes a key that looks like base64 as it is', () => {
    expect(signBody('QUJD', '{}')).not.toBe(signBody('ABC', '{}'));
  });
});
