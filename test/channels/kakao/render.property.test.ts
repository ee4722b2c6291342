import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RenderContext } from '../../../src/channels/channel.ts';
import type { PersonButton } from '../../../src/channels/kakao/actions.ts';
import { combineMessages } from '../../../src/channels/kakao/combine.ts';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { replies } from './random-replies.ts';
import { partTexts, prices, wireTexts } from './wire-texts.ts';

const personButtons: readonly PersonButton[] = ['operator', 'none', { blockId: '62654c249ac8ed78441532de' }];
const contexts: fc.Arbitrary<RenderContext> = fc
  .record({ isGroup: fc.boolean(), maxBubbles: fc.integer({ min: 1, max: 3 }) })
  .map(({ isGroup, maxBubbles }) => ({
    turnId: 'turn-1',
    conversation: { botId: 'default', channel: 'kakao', user: 'u', ...(isGroup ? { room: 'r' } : {}) },
    mode: 'inline',
    maxBubbles,
  }));

const solid = (text: string) => text.replace(/[\s,]/g, '');

/** The pages as a customer walks them: each but the last leads to the next. */
function walk(responses: readonly SkillResponse[]): void {
  responses.forEach((response, index) => {
    const ways = JSON.stringify(response.template).match(/malgil:continue:turn-1:\d+/g) ?? [];
    expect(ways).toEqual(index === responses.length - 1 ? [] : [`malgil:continue:turn-1:${index + 1}`]);
  });
}

it('renders any reply within every limit, and every word of it can be reached', () => {
  fc.assert(
    fc.property(replies, contexts, fc.constantFrom(...personButtons), (reply, context, personButton) => {
      const messages = renderReply(reply, context, { personButton });
      const responses = messages.map((message) => message.wire as SkillResponse);
      const room = context.conversation.room === undefined ? 'channel' : 'group';
      for (const message of messages) {
        expect(message.bubbles).toBeLessThanOrEqual(context.maxBubbles);
        const response = combineMessages([message]);
        expect(validateSkillResponse(response, { room })).toEqual({ faults: [], warnings: [] });
        expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(30_000);
      }
      walk(responses);
      const shown = solid(responses.flatMap(wireTexts).join('\n'));
      for (const part of reply.parts) {
        for (const text of [...partTexts(part), ...prices(part)]) expect(shown).toContain(solid(text));
      }
    }),
    { numRuns: 2_000 },
  );
});

it('keeps a held answer and a new one together under 30 KB, within every limit', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(replies, contexts), { maxLength: 3 }), fc.boolean(), (pairs, isGroup) => {
      const conversation = {
        botId: 'default',
        channel: 'kakao',
        user: 'u',
        ...(isGroup ? { room: 'r' } : {}),
      } as const;
      let room = 3;
      // As the core does it: one after the other, as long as there is room for its bubbles.
      const messages = pairs.flatMap(([reply, context]) => {
        const [message] = renderReply(reply, { ...context, conversation });
        if (message === undefined || message.bubbles > room) return [];
        room -= message.bubbles;
        return [message];
      });
      const response = combineMessages(messages);
      expect(validateSkillResponse(response, { room: isGroup ? 'group' : 'channel' })).toEqual({
        faults: [],
        warnings: [],
      });
      expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(30_000);
      const shown = response.template.outputs.map((output) => JSON.stringify(output));
      for (const message of messages) {
        for (const output of (message.wire as SkillResponse).template.outputs) {
          expect(shown).toContain(JSON.stringify(output));
        }
      }
    }),
    { numRuns: 500 },
  );
});
