import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerSource, decodeTap, encodeTap, sourceForCustomers, type TapAction } from '../src/message.ts';

const id = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
const anyTap: fc.Arbitrary<TapAction> = fc.oneof(
  fc.record({ kind: fc.constantFrom('pickup' as const, 'again' as const), turnId: id }),
  fc.record({ kind: fc.constant('continue' as const), turnId: id, position: fc.nat() }),
  fc.record({
    kind: fc.constant('ask' as const),
    entryId: fc.string({ minLength: 1 }).filter((text) => text[0] !== ':'),
  }),
  fc.record({
    kind: fc.constant('engine' as const),
    engine: fc.constantFrom('clova-chatbot', 'socket'),
    data: fc.string({ minLength: 1, unit: 'grapheme' }),
  }),
  fc.constantFrom({ kind: 'reset' as const }, { kind: 'person' as const }),
);

describe('a tap as one string', () => {
  it('comes back as what it was', () => {
    fc.assert(
      fc.property(anyTap, (tap) => {
        expect(decodeTap(encodeTap(tap))).toEqual(tap);
      }),
    );
  });

  it.each([
    'malgil:engine',
    'malgil:engine:',
    'malgil:engine::data',
    'malgil:engine:clova-chatbot:',
    'malgil:engine:x',
  ])('%s is none', (code) => expect(decodeTap(code)).toBeUndefined());
});

it('shows customers no more of a source than is named', () => {
  const shown = { kind: 'model', engine: 'a2a', model: 'm', withheld: 1, cached: true, about: undefined, entries: [] };
  const source = {
    ...shown,
    extra: { scenarioName: '예약' },
    session: 'agent-session',
    tools: [{ name: 't', outcome: 'done', round: 1, ms: 1 }],
    usage: { calls: 1, promptTokens: 1, completionTokens: 1, thinkingTokens: 0 },
    later: 'a field of tomorrow',
  };
  const { about: _, ...expected } = shown;
  expect(sourceForCustomers(source as unknown as AnswerSource)).toEqual(expected);
});
