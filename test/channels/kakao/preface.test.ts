import { describe, expect, it } from 'vitest';
import { prefaceMessage } from '../../../src/channels/kakao/preface.ts';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { type Choice, type Reply, textReply } from '../../../src/message.ts';

const QUOTE = '“환불은요?” 질문의 답변이에요.';

function rendered(reply: Reply) {
  const conversation = { botId: 'b', channel: 'kakao', user: 'u' } as const;
  const [message] = renderReply(reply, { turnId: 't', conversation, mode: 'pickup', maxBubbles: 3 });
  if (message === undefined) throw new Error('nothing was rendered');
  return message;
}

const outputsOf = (message: { readonly wire: unknown }) => (message.wire as SkillResponse).template.outputs;

describe('words before a stored message', () => {
  it('stand in its first bubble', () => {
    const message = prefaceMessage(rendered(textReply('사흘이요.')), QUOTE, 0);
    expect(outputsOf(message)).toEqual([{ simpleText: { text: `${QUOTE}\n\n사흘이요.` } }]);
    expect(message).toMatchObject({ bubbles: 1, text: `${QUOTE}\n\n사흘이요.` });
  });

  it('stand on its first card, where that has no title and room for them', () => {
    const buttons: Choice[] = [{ type: 'link', label: '신청하기', url: 'https://shop.example/' }];
    const onCard = (description: string, title = '') =>
      rendered({ parts: [{ type: 'card', title, description, buttons }], quickReplies: [] });
    const message = prefaceMessage(onCard('사흘이요.'), QUOTE, 0);
    expect(outputsOf(message)).toEqual([
      {
        textCard: {
          description: `${QUOTE}\n\n사흘이요.`,
          buttons: [{ label: '신청하기', action: 'webLink', webLinkUrl: 'https://shop.example/' }],
        },
      },
    ]);
    expect(message.bubbles).toBe(1);
    for (const card of [onCard('사흘이요.', '환불'), onCard('가'.repeat(399 - QUOTE.length))]) {
      expect(outputsOf(prefaceMessage(card, QUOTE, 1))).toEqual([{ simpleText: { text: QUOTE } }, ...outputsOf(card)]);
    }
    expect(outputsOf(prefaceMessage(onCard('가'.repeat(398 - QUOTE.length)), QUOTE, 1))).toHaveLength(1);
  });

  it('get a bubble where the first is a picture or too long, and there is room', () => {
    const picture = rendered({
      parts: [{ type: 'image', url: 'https://example.com/a.png', altText: '' }],
      quickReplies: [],
    });
    const message = prefaceMessage(picture, QUOTE, 1);
    expect(outputsOf(message)[0]).toEqual({ simpleText: { text: QUOTE } });
    expect(message.bubbles).toBe(2);
    expect(prefaceMessage(picture, QUOTE, 0)).toBe(picture);
  });

  it('find room in a text that was split for them, so that nothing is folded', () => {
    const conversation = { botId: 'b', channel: 'kakao', user: 'u' } as const;
    const reply = textReply('환불은 접수한 날부터 사흘 안에 처리해 드려요. '.repeat(60));
    const messages = renderReply(reply, {
      turnId: 't',
      conversation,
      mode: 'pickup',
      maxBubbles: 2,
      maxBubblesLater: 3,
      preface: QUOTE,
    });
    expect(messages.map(({ bubbles }) => bubbles)).toEqual([2, 2]);
    const [first] = messages;
    if (first === undefined) throw new Error('nothing was rendered');
    const outputs = outputsOf(prefaceMessage(first, QUOTE, 0));
    expect(outputs).toHaveLength(2);
    expect(outputs[0]).toMatchObject({ simpleText: { text: expect.stringMatching(/^“환불은요\?” 질문/) } });
    for (const output of outputs)
      expect('simpleText' in output && output.simpleText.text.length).toBeLessThanOrEqual(500);
  });

  it('get a bubble of their own rather than fold the first, where there is room', () => {
    const message = rendered(textReply('가'.repeat(490)));
    expect(outputsOf(prefaceMessage(message, QUOTE, 1))).toHaveLength(2);
    expect(outputsOf(prefaceMessage(message, QUOTE, 0))).toHaveLength(1);
  });

  it('leave what is stored as it is', () => {
    const message = rendered(textReply('사흘이요.'));
    const before = structuredClone(message.wire);
    prefaceMessage(message, QUOTE, 0);
    expect(message.wire).toEqual(before);
  });
});
