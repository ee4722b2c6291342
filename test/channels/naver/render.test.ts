import { describe, expect, it } from 'vitest';
import { renderReply } from '../../../src/channels/naver/render.ts';
import { respondToWebhook } from '../../../src/channels/naver/respond.ts';
import { GatewayError } from '../../../src/errors.ts';
import { type Choice, type Reply, type ReplyMode, type ReplyPart, textReply } from '../../../src/message.ts';

const conversation = { botId: 'default', channel: 'naver', user: 'u' } as const;
const renderAll = (reply: Partial<Reply>, mode: ReplyMode) =>
  renderReply({ parts: [], quickReplies: [], ...reply }, { turnId: 't', conversation, mode, maxBubbles: 1 });
const render = (reply: Partial<Reply>, mode: ReplyMode = 'push') =>
  renderAll(reply, mode).map((message) => message.wire);
const text = (value: string): ReplyPart => ({ type: 'text', text: value, format: 'markdown' });
const image: ReplyPart = { type: 'image', url: 'https://a.example/1.png' };
const person: Choice = { type: 'message', label: '상담사 연결', action: { kind: 'person' } };
const personButton = { type: 'TEXT', data: { title: '상담사 연결', code: 'malgil:person' } };
const longChoice: Choice = {
  type: 'message',
  label: '배송비와 배송 기간이 궁금해요',
  action: { kind: 'ask', entryId: 'e' },
};

describe('rendering for the send API', () => {
  it('sends images, then the text, with the choices on the last message only', () => {
    expect(render({ parts: [text('**3,000원**입니다.'), image], quickReplies: [person] })).toEqual([
      { event: 'send', imageContent: { imageUrl: 'https://a.example/1.png' } },
      { event: 'send', textContent: { text: '3,000원입니다.', quickReply: { buttonList: [personButton] } } },
    ]);
  });

  it('makes long choices buttons of a composite', () => {
    expect(render({ parts: [text('고르세요.')], quickReplies: [longChoice, person] })).toEqual([
      {
        event: 'send',
        compositeContent: {
          compositeList: [
            {
              description: '고르세요.',
              buttonList: [{ type: 'TEXT', data: { title: '배송비와 배송 기간이 궁금해요', code: 'malgil:ask:e' } }],
            },
          ],
          quickReply: { buttonList: [personButton] },
        },
      },
    ]);
  });

  it('keeps a text with a number as text, where the number is linked', () => {
    const messages = render({ parts: [text('문의는 02-1234-5678 입니다.')], quickReplies: [longChoice] });
    expect(messages).toMatchObject([{ textContent: {} }, { compositeContent: {} }]);
  });

  it('writes phone choices into the text', () => {
    const phone: Choice = { type: 'phone', label: '고객센터', phoneNumber: '02-1234-5678' };
    expect(render({ parts: [text('안내')], quickReplies: [phone] })).toEqual([
      { event: 'send', textContent: { text: '안내\n\n고객센터: 02-1234-5678' } },
    ]);
  });

  it('shows neighbouring cards side by side, and a title alone as text', () => {
    const card = (title: string, buttons: Choice[] = [person]): ReplyPart => ({ type: 'card', title, buttons });
    expect(render({ parts: [card('가'), card('나')] })).toMatchObject([
      { compositeContent: { compositeList: [{ title: '가' }, { title: '나' }] } },
    ]);
    expect(render({ parts: [card('가', [])] })).toEqual([{ event: 'send', textContent: { text: '가' } }]);
  });

  it('moves a title above 200 and a description above 1,000 characters out of the card', () => {
    const card = (title: string, description: string): ReplyPart => ({
      type: 'card',
      title,
      description,
      buttons: [person],
    });
    const contents = (part: ReplyPart) => render({ parts: [part] }).map((message) => Object.keys(message as object)[1]);
    expect(contents(card('가'.repeat(200), '나'.repeat(1_000)))).toEqual(['compositeContent']);
    expect(render({ parts: [card('가'.repeat(201), '나')] })[0]).not.toHaveProperty(
      'compositeContent.compositeList.0.title',
    );
    expect(contents(card('가', '나'.repeat(1_001)))).toEqual(['textContent', 'compositeContent']);
  });

  it('cuts only above 10,000 characters', () => {
    expect(render({ parts: [text('가나다라마바사. '.repeat(1_000))] })).toHaveLength(1);
    expect(render({ parts: [text('가나다라마바사. '.repeat(1_200))] })).toHaveLength(2);
  });
});

describe('rendering into the webhook response', () => {
  it('makes one event of text and image', () => {
    expect(render({ parts: [text('안내'), image], quickReplies: [person] }, 'inline')).toEqual([
      {
        event: 'send',
        compositeContent: {
          compositeList: [{ description: '안내', image: { imageUrl: 'https://a.example/1.png' } }],
          quickReply: { buttonList: [personButton] },
        },
      },
    ]);
  });

  it('falls back to text where a card cannot hold it, and loses nothing', () => {
    const long = '배송은 이틀 걸립니다. '.repeat(100).trim();
    const [event] = render({ parts: [text(long), image], quickReplies: [person] }, 'inline');
    expect(event).toEqual({
      event: 'send',
      textContent: { text: `https://a.example/1.png\n\n${long}`, quickReply: { buttonList: [personButton] } },
    });
  });

  it.each([
    [[image, image, text('둘')]],
    [[text('앞'), { type: 'card', title: '카드', buttons: [longChoice] } as ReplyPart, text('뒤')]],
  ])('is always one event: %j', (parts) => {
    expect(render({ parts, quickReplies: [longChoice, person] }, 'inline')).toHaveLength(1);
  });
});

describe('responding to a webhook', () => {
  const accepted = { status: 200, headers: {}, body: '' };

  it('has room for a held page, a new answer and the one way on beside each other', () => {
    const context = { turnId: 't', conversation, maxBubblesLater: 3 } as const;
    const long = textReply('배송은 이틀 걸립니다. '.repeat(2_000), [person]);
    const short = textReply('교환도 됩니다. '.repeat(300), [person]);
    const [held] = renderReply(long, { ...context, mode: 'pickup', maxBubbles: 2 });
    const [own] = renderReply(short, { ...context, turnId: 'u', mode: 'inline', maxBubbles: 1 });
    if (held === undefined || own === undefined) throw new Error('unreachable');
    expect([held.bubbles, own.bubbles]).toEqual([2, 1]);
    const { textContent } = JSON.parse(respondToWebhook({ kind: 'answered', messages: [held, own] }).body);
    expect(textContent.text).toBe(`${held.text}\n\n${own.text}`);
    expect(textContent.quickReply.buttonList).toEqual([
      { type: 'TEXT', data: { title: '이어서 보기', code: 'malgil:continue:t:1' } },
      personButton,
    ]);
  });

  it('puts several messages into the one event, without a recipient', () => {
    const messages = [
      ...renderAll(textReply('앞선 답변'), 'inline'),
      ...renderAll(textReply('새 답변', [person]), 'inline'),
    ];
    const response = respondToWebhook({ kind: 'answered', messages });
    expect(response.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(JSON.parse(response.body)).toEqual({
      event: 'send',
      textContent: { text: '앞선 답변\n\n새 답변', quickReply: { buttonList: [personButton] } },
    });
  });

  it('is an empty 200 for everything else but a payment', () => {
    for (const code of ['INBOUND_UNVERIFIED', 'INBOUND_MALFORMED', 'STORE_FAILED', 'INTERNAL'] as const) {
      expect(respondToWebhook({ kind: 'refused', error: new GatewayError(code, 'no') })).toEqual(accepted);
    }
    expect(respondToWebhook({ kind: 'accepted' })).toEqual(accepted);
    expect(respondToWebhook({ kind: 'answered', messages: [] })).toEqual(accepted);
    expect(respondToWebhook({ kind: 'answered', messages: renderAll({}, 'inline') })).toEqual(accepted);
  });

  it('charges nobody, and tells the customer', () => {
    const response = respondToWebhook({ kind: 'payment-refused' });
    expect(response.status).toBe(404);
    expect(JSON.parse(response.body)).toMatchObject({
      event: 'send',
      textContent: { text: expect.stringContaining('청구되지 않') },
    });
  });
});
