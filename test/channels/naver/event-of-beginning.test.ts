import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginsHarmlessly } from '../../../src/channels/naver/event-of-beginning.ts';

const isHarmless = (text: string) => beginsHarmlessly(Buffer.from(text));

describe('the beginning of a body', () => {
  it.each([
    '{"event":"send","user":"AAE',
    '{ "standby": true, "event" : "send" , "textContent": {"text": "결제가 \\"안',
    '{"user":"u","event":"leave","options":{"mobile":tr',
    '{"event":"handover","options":{"control":"passThread","metadata":"{\\"event\\":\\"x\\"}',
  ])('%s is harmless', (text) => {
    expect(isHarmless(text)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['without its event', '{"user":"u","options":{"event":"send"}'],
    ['with half an event', '{"event":"sen'],
    ['with an event that is no text', '{"event":{"event":"send"},'],
    ['with a payment', '{"event":"pay_complete","user":'],
    ['with what came of a payment', '{"event":"pay_confirm","user":'],
    ['with an event that we do not know', '{"event":"charge","user":'],
    ['with two events', '{"event":"send","event":"open",'],
    ['with a payment inside', '{"event":"send","options":{"event":"pay_complete"'],
    ['with a name in escapes', '{"event":"send","\\u0065vent":"x"'],
    ['with an event in escapes', '{"event":"s\\u0065nd",'],
    ['that is a list', '[{"event":"send",'],
    ['that is over', '{"event":"send"}'],
    ['that goes on behind its end', '{"event":"send"}{"event":"pay_complete"'],
    ['with another value in front', '1{"event":"send",'],
    ['without a colon', '{"event" "send",'],
    ['without a comma', '{"event":"send" "user":'],
    ['with mismatched brackets', '{"options":[}, "event":"send",'],
    ['with words of no JSON', '{"event":"send", user: "u"'],
    ['with an unknown escape', '{"event":"send","a":"\\x'],
    ['in UTF-16', Buffer.from('{"event":"send",', 'utf16le').toString('latin1')],
  ])('%s is not', (_, text) => {
    expect(isHarmless(text)).toBe(false);
  });

  it('of a payment never is, however long it is and wherever its name stands', () => {
    const payment = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
      .map(([before, after]) => {
        const { event: _, ...rest } = before;
        return JSON.stringify({ ...rest, ...after, event: 'pay_complete', options: { paymentResult: {} } });
      });
    fc.assert(
      fc.property(payment, fc.nat(), (text, cut) => {
        expect(isHarmless(text.slice(0, cut % (text.length + 1)))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a message is, once its event has come, and never before', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (before, words) => {
        const { event: _, ...rest } = before;
        const text = JSON.stringify({ ...rest, event: 'send', textContent: { text: words } });
        const said = text.lastIndexOf('"event":"send"') + '"event":"send"'.length;
        const mayBeAboutMoney = /pay|event/i.test(JSON.stringify(rest)) || JSON.stringify(rest).includes('\\');
        for (let end = 0; end < text.length; end += 1) {
          if (end < said) expect(isHarmless(text.slice(0, end))).toBe(false);
          else if (!mayBeAboutMoney && isHarmless(text.slice(0, said))) {
            expect(isHarmless(text.slice(0, end)), text.slice(0, end)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
