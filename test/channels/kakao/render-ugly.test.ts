import { describe, expect, it } from 'vitest';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillAction, SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { decodeTap } from '../../../src/message.ts';
import { HABIT_NAMES, uglyOutputs } from './ugly-markdown.ts';
import { wireTexts } from './wire-texts.ts';

const direct = { botId: 'default', channel: 'kakao', user: 'u' } as const;
const group = { ...direct, room: 'r' };

const outputs = uglyOutputs(200, 20_261_122);
const PREFERRED_CHARS = 500;

const MARKS: readonly RegExp[] = [
  /\*\*|__|~~|`|```/, // bold, struck out, code
  /^ {0,3}#{1,6} /m, // headings
  /^ *[-*+] /m, // bullets
  /^ *>/m, // quotes
  /\|/, // tables
  /\]\(|\[\^/, // links, footnotes
  /<\/?(?:b|u|br|div)\b|<!--|&amp;/, // HTML
  /^ *(?:[-*_] *){3,}$/m, // rules
];

const solid = (text: string) => text.replace(/\s/g, '');

/** From "이어서 보기" to "이어서 보기", as a customer goes. */
function walk(pages: readonly SkillResponse[]): readonly SkillResponse[] {
  const read: SkillResponse[] = [];
  for (let position = 0; ; ) {
    const page = pages[position];
    if (page === undefined) throw new Error(`"이어서 보기" leads to page ${position}, which is not there`);
    read.push(page);
    const next = wayOn(page);
    if (next === undefined) return read;
    expect(next).toBe(position + 1);
    position = next;
  }
}

function wayOn({ template }: SkillResponse): number | undefined {
  const buttons = template.outputs.flatMap((output) => ('textCard' in output ? (output.textCard.buttons ?? []) : []));
  const actions: readonly SkillAction[] = [...(template.quickReplies ?? []), ...buttons];
  return actions
    .map((action) => decodeTap('extra' in action ? action.extra?.malgil : undefined))
    .find((tap) => tap?.kind === 'continue')?.position;
}

it('has long answers and addresses among the ugly ones', () => {
  expect(outputs.filter(({ markdown }) => markdown.length >= 5_000).length).toBeGreaterThan(5);
  expect(outputs.flatMap(({ unbreakable }) => unbreakable).filter((whole) => whole.length >= 300)).not.toEqual([]);
});

describe.each([
  ['a 1:1 chat', direct],
  ['a group room', group],
] as const)('200 ugly answers of models in %s', (_name, conversation) => {
  it.each(outputs.map((output, index) => [`${index} ${HABIT_NAMES[index] ?? 'several'}`, output] as const))(
    '%s',
    (_title, { markdown, words, unbreakable }) => {
      const parts = [{ type: 'text', text: markdown, format: 'markdown' }] as const;
      const messages = renderReply(
        { parts, quickReplies: [] },
        { turnId: 't', conversation, mode: 'inline', maxBubbles: 3 },
      );
      const pages = messages.map((message) => message.wire as SkillResponse);
      for (const page of pages) {
        const room = 'room' in conversation ? 'group' : 'channel';
        expect(validateSkillResponse(page, { room })).toEqual({ faults: [], warnings: [] });
      }

      const bubbles = walk(pages).flatMap(wireTexts);
      for (const bubble of bubbles) {
        expect(bubble.length).toBeLessThanOrEqual(PREFERRED_CHARS);
        for (const mark of MARKS) expect(bubble).not.toMatch(mark);
      }
      let rest = solid(bubbles.join('\n'));
      for (const word of words.map(solid)) {
        expect(rest).toContain(word);
        rest = rest.slice(rest.indexOf(word));
      }
      for (const whole of new Set(unbreakable)) {
        const shown = bubbles.reduce((sum, bubble) => sum + bubble.split(whole).length - 1, 0);
        expect(shown).toBeGreaterThanOrEqual(unbreakable.filter((other) => other === whole).length);
      }
    },
  );
});
