import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderContext } from '../../../src/channels/channel.ts';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import type { Choice, Reply, ReplyPart } from '../../../src/message.ts';

const direct = { botId: 'default', channel: 'kakao', user: 'u' } as const;
const group = { ...direct, room: 'r' };

function render(reply: Partial<Reply>, context: Partial<RenderContext> = {}): SkillResponse[] {
  const full = { turnId: 'turn-1', conversation: direct, mode: 'inline', maxBubbles: 3, ...context } as const;
  return renderReply({ parts: [], quickReplies: [], ...reply }, full).map((message) => message.wire as SkillResponse);
}
const text = (value: string): ReplyPart => ({ type: 'text', text: value, format: 'markdown' });
const message = (label: string): Choice => ({ type: 'message', label, action: { kind: 'person' } });
const sentence = '배송은 보통 이틀에서 사흘쯤 걸리며 도서 산간은 하루가 더 걸립니다. ';

describe('rendering for Kakao', () => {
  it('puts images before the text, and joins neighbouring texts', () => {
    const parts = [
      text('**3,000원**입니다.'),
      { type: 'image', url: 'https://a.example/1.png' } as const,
      text('감사합니다.'),
    ];
    expect(render({ parts })).toEqual([
      {
        version: '2.0',
        template: {
          outputs: [
            { simpleImage: { imageUrl: 'https://a.example/1.png', altText: '안내 이미지' } },
            { simpleText: { text: '3,000원입니다.\n\n감사합니다.' } },
          ],
        },
      },
    ]);
  });

  it('makes choices quick replies that bring their meaning back', () => {
    const [response] = render({
      parts: [text('고르세요.')],
      quickReplies: [message('상담사와 직접 이야기하고 싶어요')],
    });
    expect(response?.template.quickReplies).toEqual([
      {
        label: '상담사와 직접 이야기하고…',
        action: 'message',
        messageText: '상담사와 직접 이야기하고 싶어요',
        extra: { malgil: 'malgil:person' },
      },
    ]);
  });

  it('hangs links and numbers under the text as buttons', () => {
    const quickReplies: Choice[] = [
      { type: 'link', label: '배송 안내', url: 'https://a.example/b' },
      { type: 'phone', label: '전화하기', phoneNumber: '02-1234-5678' },
      message('상담사'),
    ];
    const [response] = render({ parts: [text('자세한 안내입니다.')], quickReplies });
    expect(response?.template.outputs).toEqual([
      {
        textCard: {
          description: '자세한 안내입니다.',
          buttons: [
            { label: '배송 안내', action: 'webLink', webLinkUrl: 'https://a.example/b' },
            { label: '전화하기', action: 'phone', phoneNumber: '02-1234-5678' },
          ],
        },
      },
    ]);
    expect(response?.template.quickReplies).toHaveLength(1);
  });

  it('keeps a text with a number in a bubble that links it', () => {
    const [response] = render({
      parts: [text('문의는 02-1234-5678 입니다.')],
      quickReplies: [{ type: 'link', label: '안내', url: 'https://a.example' }],
    });
    expect(response?.template.outputs.map((output) => Object.keys(output)[0])).toEqual(['simpleText', 'textCard']);
  });

  it('cuts long text between sentences and leads to the next message', () => {
    const responses = render({ parts: [text(sentence.repeat(60))], quickReplies: [message('상담사')] });
    expect(responses.length).toBeGreaterThan(1);
    responses.forEach((response, index) => {
      for (const output of response.template.outputs) {
        expect(
          'simpleText' in output && output.simpleText.text.length <= 500 && output.simpleText.text.endsWith('.'),
        ).toBe(true);
      }
      const labels = response.template.quickReplies?.map((reply) => reply.label);
      const last = response.template.quickReplies?.at(-1);
      if (index === responses.length - 1) expect(labels).toEqual(['상담사']);
      else {
        expect(labels).toEqual(['이어서 보기']);
        expect(last).toMatchObject({ extra: { malgil: `malgil:continue:turn-1:${index + 1}` } });
      }
    });
  });

  it.each([direct, group])(
    'counts on from pages that were shown before, and fills the later ones (%#)',
    (conversation) => {
      const context = { conversation, maxBubbles: 1, maxBubblesLater: 3, firstPosition: 4 };
      const responses = render({ parts: [text(sentence.repeat(150))] }, context);
      const counts = responses.map(({ template }) => template.outputs.length);
      expect(counts.slice(0, -1)).toEqual([1, ...counts.slice(1, -1).map(() => 3)]);
      expect(counts.length).toBeGreaterThan(2);
      const leadTo = responses.map(({ template }) => JSON.stringify(template).match(/malgil:continue:turn-1:\d+/g));
      const buttons = responses.slice(0, -1).map((_, index) => [`malgil:continue:turn-1:${index + 5}`]);
      expect(leadTo).toEqual([...buttons, null]);
    },
  );

  it('uses card buttons instead of quick replies in a group room', () => {
    const [response] = render(
      { parts: [text('고르세요.')], quickReplies: [message('가'), message('나')] },
      { conversation: group },
    );
    expect(response?.template).not.toHaveProperty('quickReplies');
    expect(response?.template.outputs).toEqual([
      {
        textCard: {
          description: '고르세요.',
          buttons: [expect.objectContaining({ label: '가' }), expect.objectContaining({ label: '나' })],
        },
      },
    ]);
  });

  it.each([1, 2, 3])('leads on by a card button in a group room with %i bubbles', (maxBubbles) => {
    const responses = render({ parts: [text(sentence.repeat(60))] }, { conversation: group, maxBubbles });
    for (const [index, response] of responses.entries()) {
      expect(response.template.outputs.length).toBeLessThanOrEqual(maxBubbles);
      expect(response.template).not.toHaveProperty('quickReplies');
      if (index === responses.length - 1) continue;
      expect(response.template.outputs.at(-1)).toMatchObject({
        textCard: { buttons: [{ label: '이어서 보기', extra: { malgil: `malgil:continue:turn-1:${index + 1}` } }] },
      });
    }
  });

  it('loses no text, however few bubbles there are', () => {
    const solid = (value: string) => value.replace(/\s/g, '');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(sentence, '문의 02-1234-5678. ', '\n\n', '가나다라마바사'.repeat(20)), {
          maxLength: 80,
        }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (pieces, maxBubbles, isGroup) => {
          const value = pieces.join('');
          const responses = render({ parts: [text(value)] }, { maxBubbles, conversation: isGroup ? group : direct });
          const shown = responses.flatMap((response) =>
            response.template.outputs.map((output) =>
              'simpleText' in output
                ? output.simpleText.text
                : 'textCard' in output
                  ? (output.textCard.description ?? '')
                  : '',
            ),
          );
          expect(solid(shown.join(''))).toBe(solid(value));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('makes cards of cards, and text of cards without buttons', () => {
    const buttons: Choice[] = [{ type: 'link', label: '보기', url: 'https://a.example' }];
    const card = { type: 'card', title: '제목', description: '설명', buttons } as const;
    expect(render({ parts: [card] })[0]?.template.outputs).toMatchObject([
      { textCard: { title: '제목', description: '설명' } },
    ]);
    expect(render({ parts: [{ ...card, imageUrl: 'https://a.example/1.png' }] })[0]?.template.outputs).toMatchObject([
      { basicCard: { title: '제목', thumbnail: { imageUrl: 'https://a.example/1.png' } } },
    ]);
    expect(render({ parts: [{ ...card, buttons: [] }] })[0]?.template.outputs).toEqual([
      { simpleText: { text: '제목\n설명' } },
    ]);
  });

  it('shows what does not fit into a card as text, and loses no button', () => {
    const buttons = Array.from(
      { length: 7 },
      (_, i): Choice => ({ type: 'link', label: `링크 ${i}`, url: `https://a.example/${i}` }),
    );
    const card = { type: 'card', title: '제목', description: sentence.repeat(20), buttons } as const;
    const responses = render({ parts: [card] });
    const shown = JSON.stringify(responses);
    for (const { label } of buttons) expect(shown).toContain(label);
    for (const response of responses) expect(validateSkillResponse(response)).toEqual({ faults: [], warnings: [] });
  });

  it('leaves out what Kakao would refuse', () => {
    const parts: ReplyPart[] = [{ type: 'image', url: '/local.png' }, text('안내')];
    const quickReplies: Choice[] = [
      { type: 'link', label: 'x', url: 'javascript:alert(1)' },
      { type: 'phone', label: 'y', phoneNumber: '' },
      { type: 'message', label: ' ' },
    ];
    expect(render({ parts, quickReplies })[0]?.template).toEqual({ outputs: [{ simpleText: { text: '안내' } }] });
  });

  it.each([direct, group])('stays under 30 KB with the longest addresses: %j', (conversation) => {
    const url = `https://a.example/${'x'.repeat(1_900)}`;
    const quickReplies = Array.from({ length: 20 }, (_, i): Choice => ({ type: 'link', label: `링크 ${i}`, url }));
    for (const response of render({ parts: [text('배송 안내')], quickReplies }, { conversation })) {
      // Room is left for the quick replies and for another message in the same response.
      expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(22_000);
    }
  });
});
