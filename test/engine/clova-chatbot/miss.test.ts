import { describe, expect, it } from 'vitest';
import { isMiss, type MissRules, metadataOf } from '../../../src/engine/clova-chatbot/miss.ts';

const FAILURE = '죄송합니다, 잘 모르겠어요.';
const guess: MissRules = { rule: 'guess', failureTexts: [FAILURE] };

const bubble = (...information: readonly (readonly [key: string, value: string])[]) => ({
  type: 'text',
  information: information.map(([key, value]) => ({ key, value })),
});

function judge(answer: object, { text = '답변', offersChoices = false, rules = guess } = {}): boolean {
  return isMiss({ answer: answer as Readonly<Record<string, unknown>>, text, offersChoices }, rules);
}

describe('whether the chatbot had an answer', () => {
  it.each([
    ['the welcome message', { bubbles: [bubble(['defaultMsgType', 'welcomeMsg'])] }, false],
    ['another message of the domain', { bubbles: [bubble(['defaultMsgType', 'failMsg'])] }, true],
    ['a conversation with a name', { conversation: { scenarioName: '예약' } }, false],
    ['a scenario with a name', { scenario: { name: '예약' }, conversation: { scenarioName: null } }, false],
    ['a conversation without a name', { conversation: { scenarioName: null } }, true],
    ['a conversation with an empty name', { conversation: { scenarioName: '' } }, true],
    ['a conversation without a name beside a scenario', { scenario: {}, conversation: {} }, false],
    ['nothing that would tell', { bubbles: [bubble(['score', '1.0'])] }, false],
    ['metadata of another shape', { bubbles: [{ information: 'none' }, null], scenario: '예약' }, false],
  ])('is read off %s', (_, answer, missed) => {
    expect(judge(answer)).toBe(missed);
  });

  it('is read off the failure message that the operator knows, whatever its spaces and marks', () => {
    expect(judge({}, { text: '죄송합니다. 잘 모르겠어요!' })).toBe(true);
    expect(judge({}, { text: '죄송합니다. 잘 모르겠어요! 그런데' })).toBe(false);
    expect(judge({ scenario: { name: '사과' } }, { text: FAILURE })).toBe(false);
  });

  it('is yes where similar answers are offered: the customer can go on', () => {
    expect(judge({ conversation: { scenarioName: null } }, { offersChoices: true })).toBe(false);
  });

  it('can be left to the texts alone, or to nobody', () => {
    const nameless = { conversation: { scenarioName: null } };
    expect(judge(nameless, { rules: { ...guess, rule: 'texts' } })).toBe(false);
    expect(judge(nameless, { rules: { ...guess, rule: 'texts' }, text: FAILURE })).toBe(true);
    expect(judge(nameless, { rules: { ...guess, rule: 'never' }, text: FAILURE })).toBe(false);
  });

  it('reads keys that repeat', () => {
    const answer = {
      bubbles: [bubble(['chatType', 'TEXT'], ['chatType', 'TEXT,IMAGECARD'], ['matchingType', 'exactMatch'])],
    };
    expect(metadataOf(answer)).toEqual({ matchingType: 'exactMatch' });
  });
});
