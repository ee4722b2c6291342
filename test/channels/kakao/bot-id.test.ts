import { describe, expect, it } from 'vitest';
import { createBotIdCheck } from '../../../src/channels/kakao/bot-id.ts';

function check(expected: string[], onMismatch: 'warn' | 'refuse') {
  const warnings: object[] = [];
  const warn = (fields: object, message: string) => void warnings.push({ ...fields, message });
  const logger = { debug() {}, info() {}, error() {}, warn };
  return { warnings, verify: createBotIdCheck({ botId: 'shop', expected, onMismatch, logger }) };
}

describe('the id of the Kakao bot', () => {
  it('may be any where none is configured', () => {
    const { verify, warnings } = check([], 'refuse');
    for (const id of ['667e91c', undefined, '']) expect(() => verify(id)).not.toThrow();
    expect(warnings).toEqual([]);
  });

  it.each(['667e91c', '667e91c!', '667E91C!', 'other'])('%s is one of ours, on either channel', (id) => {
    const { verify, warnings } = check(['667e91c!', 'OTHER'], 'refuse');
    expect(() => verify(id)).not.toThrow();
    expect(warnings).toEqual([]);
  });

  it('of another bot is worth one warning, however often it calls', () => {
    const { verify, warnings } = check(['667e91c'], 'warn');
    for (const id of ['foreign', 'foreign', undefined, 'foreign']) verify(id);
    expect(warnings).toEqual([
      expect.objectContaining({ event: 'bot-id-mismatch', bot: 'shop', kakaoBotId: 'foreign' }),
      expect.objectContaining({ event: 'bot-id-missing', bot: 'shop' }),
    ]);
    for (let i = 0; i < 1_000; i += 1) verify(`made-up-${i}`);
    expect(warnings.length).toBeLessThanOrEqual(20);
  });

  it.each([undefined, '', ' '])('%j is no id, and the log does not call it one', (id) => {
    const { verify, warnings } = check(['667e91c'], 'warn');
    verify(id);
    verify(undefined);
    expect(warnings).toEqual([
      {
        event: 'bot-id-missing',
        channel: 'kakao',
        bot: 'shop',
        message: expect.stringContaining('names no Kakao bot'),
      },
    ]);
    expect(() => check(['667e91c'], 'refuse').verify(id)).toThrowError(/names no Kakao bot/);
  });

  it('that is refused is named, so that it can be compared, and cut to a length that no bot has', () => {
    const { verify } = check(['667e91c'], 'refuse');
    expect(() => verify('foreign!')).toThrowError(expect.objectContaining({ details: { kakaoBotId: 'foreign!' } }));
    expect(() => verify('x'.repeat(500))).toThrowError(
      expect.objectContaining({ details: { kakaoBotId: 'x'.repeat(64) } }),
    );
    expect(() => verify(' ')).toThrowError(expect.objectContaining({ details: {} }));
  });

  it.each(['foreign', '667e91c!!', undefined])('%s is refused where the operator says so', (id) => {
    expect(() => check(['667e91c'], 'refuse').verify(id)).toThrowError(
      expect.objectContaining({ code: 'BOT_UNKNOWN' }),
    );
  });
});
