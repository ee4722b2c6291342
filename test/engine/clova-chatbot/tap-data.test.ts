import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TapData } from '../../../src/engine/clova-chatbot/tap-data.ts';
import { decodeTap, encodeTap } from '../../../src/message.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const HOUR_MS = 60 * 60_000;

function encoded(taps: TapData, press: Parameters<TapData['encode']>[0]): string {
  const data = taps.encode(press);
  if (data === undefined) throw new Error('The press was not encoded');
  return data;
}

describe('what a button carries', () => {
  it('comes back byte for byte, within what every channel carries', () => {
    const taps = new TapData(new ManualClock(0));
    const payload = fc.oneof(
      fc.string({ minLength: 1, unit: 'binary', maxLength: 600 }),
      fc.constantFrom('_T_ 예약 ', '\n', ':', '\uD83D', '가'.repeat(5_000)),
    );
    fc.assert(
      fc.property(payload, fc.constantFrom('send' as const, 'open' as const), (text, event) => {
        const action = { kind: 'engine', engine: 'clova-chatbot', data: encoded(taps, { event, text }) } as const;
        const code = encodeTap(action);
        expect(code.length).toBeLessThanOrEqual(500);
        expect(code.isWellFormed()).toBe(true);
        expect(decodeTap(code)).toEqual(action);
        expect(taps.decode(action.data)).toEqual({ event, text });
      }),
    );
  });

  it('may be nothing for an entered room', () => {
    const taps = new TapData(new ManualClock(0));
    expect(taps.decode(encoded(taps, { event: 'open' }))).toEqual({ event: 'open' });
  });

  it('is forgotten after a day where it was too long to travel', async () => {
    const clock = new ManualClock(0);
    const taps = new TapData(clock);
    const data = encoded(taps, { event: 'send', text: 'x'.repeat(500) });
    await clock.advance(23 * HOUR_MS);
    expect(taps.decode(data)).toBeDefined();
    await clock.advance(2 * HOUR_MS);
    expect(taps.decode(data)).toBeUndefined();
  });

  it('takes no memory without end', () => {
    const taps = new TapData(new ManualClock(0));
    const first = encoded(taps, { event: 'send', text: `0${'x'.repeat(500)}` });
    for (let i = 1; i <= 1_000; i += 1) taps.encode({ event: 'send', text: `${i}${'x'.repeat(500)}` });
    expect(taps.decode(first)).toBeUndefined();
    expect(taps.encode({ event: 'send', text: 'x'.repeat(20_000) })).toBeUndefined();
  });

  it.each(['', 'send:', 'kept:unknown', 'close:x', 'sendx'])('%j is none of ours', (data) => {
    expect(new TapData(new ManualClock(0)).decode(data)).toBeUndefined();
  });
});
