import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderReply } from '../../../src/channels/naver/render.ts';
import { respondToWebhook } from '../../../src/channels/naver/respond.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import { withoutMenus } from '../../../src/channels/simple-parts.ts';
import type { Choice, ReplyPart } from '../../../src/message.ts';
import { cleanText } from '../../../src/platform/clean-text.ts';
import { replies } from '../kakao/random-replies.ts';
import { partTexts, prices } from '../kakao/wire-texts.ts';

const user = 'AAECAwQFBgcICQoLDA0ODw';
const conversation = { botId: 'default', channel: 'naver', user } as const;

const solid = (text: string) => text.normalize('NFC').replace(/[\s,]/g, '');

/** Every text in a message: what is read, what is on buttons. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function choicesOf(part: ReplyPart): readonly Choice[] {
  switch (part.type) {
    case 'text':
    case 'image':
      return [];
    case 'carousel':
      return part.cards.flatMap(choicesOf);
    case 'list':
      return [...part.items.flatMap(({ choice }) => choice ?? []), ...part.buttons];
    default:
      return part.buttons;
  }
}

/** What can be shown at all must be readable whole; the platform names its own payment button. */
function labelsOf(choices: readonly Choice[]): readonly string[] {
  return withoutMenus(choices).flatMap((choice) =>
    choice.type === 'message' || choice.type === 'block' || choice.type === 'person' ? [cleanText(choice.label)] : [],
  );
}

/** TalkTalk draws products of its shop by itself. */
function isOfShop(part: ReplyPart): boolean {
  return part.type === 'product'
    ? part.storeNumber !== undefined
    : part.type === 'carousel' && part.cards.some(isOfShop);
}

it('renders any reply as messages that TalkTalk takes, and every word of it can be read', () => {
  fc.assert(
    fc.property(replies, (reply) => {
      const messages = renderReply(reply, { turnId: 't', conversation, mode: 'push', maxBubbles: 3 });
      const events = messages
        .filter(({ bubbles }) => bubbles > 0)
        .flatMap(({ wire, fallback }) => [wire, fallback ?? wire]);
      for (const event of events) {
        expect(validateOutboundEvent({ ...(event as object), user })).toEqual({ faults: [], warnings: [] });
      }
      const shown = solid(textsIn(events).join('\n'));
      for (const part of reply.parts.filter((one) => !isOfShop(one))) {
        for (const text of [...partTexts(part), ...prices(part), ...labelsOf(choicesOf(part))])
          expect(shown).toContain(solid(text));
      }
      for (const label of labelsOf(reply.quickReplies)) expect(shown).toContain(solid(label));
    }),
    { numRuns: 2_000 },
  );
});

it('puts any reply into webhook responses, one behind the other, and every word of it into one of them', () => {
  fc.assert(
    fc.property(replies, fc.constantFrom('inline', 'pickup'), fc.constantFrom(1, 2, 3), (reply, mode, maxBubbles) => {
      const context = { turnId: 't', conversation, mode, maxBubbles, maxBubblesLater: 3 } as const;
      const events = renderReply(reply, context).flatMap((message) => {
        const { body } = respondToWebhook({ kind: 'answered', messages: [message] });
        return body === '' ? [] : [JSON.parse(body) as unknown];
      });
      for (const event of events) {
        expect(validateOutboundEvent(event, { via: 'webhook-response' })).toEqual({ faults: [], warnings: [] });
      }
      const pages = events as { textContent: { text: string } }[];
      const shown = solid(
        pages.length > 1 ? pages.map((page) => page.textContent.text).join('') : textsIn(events).join('\n'),
      );
      for (const part of reply.parts) {
        for (const text of [...partTexts(part), ...prices(part)]) expect(shown).toContain(solid(text));
      }
    }),
    { numRuns: 1_000 },
  );
});
