import { describe, expect, it } from 'vitest';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import { respondToSkill } from '../../../src/channels/kakao/respond.ts';
import { type ErrorCode, GatewayError } from '../../../src/errors.ts';
import { type Reply, textReply } from '../../../src/message.ts';

const conversation = { botId: 'default', channel: 'kakao', user: 'u' } as const;
const render = (reply: Reply, maxBubbles = 3) =>
  renderReply(reply, { turnId: 't', conversation, mode: 'inline', maxBubbles });
const words = { waitingText: '잠시만요.', contact: '고객센터 02-000-0000' };
const bodyOf = (outcome: Parameters<typeof respondToSkill>[0]) => JSON.parse(respondToSkill(outcome, words).body);

describe('responding to a skill call', () => {
  it('promises without a template, which Kakao would ignore', () => {
    expect(bodyOf({ kind: 'promised', text: '확인하고 있습니다.' })).toEqual({
      version: '2.0',
      useCallback: true,
      data: { text: '확인하고 있습니다.' },
    });
    expect(bodyOf({ kind: 'promised', text: '' }).data.text).toBe('잠시만요.');
  });

  it('puts a held answer before the new one, and keeps the way to its rest', () => {
    const long = '배송은 이틀 걸립니다. '.repeat(60);
    const held = render(textReply(long), 1).slice(0, 1);
    const choices = Array.from({ length: 10 }, (_, i) => ({ type: 'message', label: `선택 ${i}` }) as const);
    const fresh = render(textReply('새 답변', choices), 2);
    const { template } = bodyOf({ kind: 'answered', messages: [...fresh, ...held] });
    expect(template.outputs).toHaveLength(2);
    expect(template.quickReplies).toHaveLength(10);
    expect(template.quickReplies[0].extra.malgil).toBe('malgil:continue:t:1');
  });

  it('never answers with more than three bubbles', () => {
    const messages = Array.from({ length: 5 }, (_, i) => render(textReply(`답변 ${i}`))).flat();
    const { template } = bodyOf({ kind: 'answered', messages });
    expect(template.outputs.length).toBeLessThanOrEqual(3);
    expect(JSON.stringify(template)).toContain('답변 4');
  });

  it('hangs the way to more on the last bubble where no bubble is left for it', () => {
    const wayOn = {
      type: 'message',
      label: '이어서 보기',
      action: { kind: 'continue', turnId: 'held', position: 1 },
    } as const;
    const texts = (count: number) => Array.from({ length: count }, (_, i) => render(textReply(`답변 ${i}`))).flat();
    const group = { ...conversation, room: 'r' };
    const more = (room: typeof conversation) =>
      renderReply(textReply('', [wayOn]), { turnId: 't', conversation: room, mode: 'inline', maxBubbles: 0 });
    const inGroup = bodyOf({ kind: 'answered', messages: [...texts(3), ...more(group)] });
    expect(inGroup.template.outputs).toMatchObject([
      { simpleText: { text: '답변 0' } },
      { simpleText: { text: '답변 1' } },
      { textCard: { description: '답변 2', buttons: [{ label: '이어서 보기' }] } },
    ]);
    const direct = bodyOf({ kind: 'answered', messages: [...texts(3), ...more(conversation)] });
    expect(direct.template.outputs).toMatchObject([{}, {}, { simpleText: { text: '답변 2' } }]);
    expect(direct.template.quickReplies).toMatchObject([{ label: '이어서 보기' }]);
  });

  it('never hangs more buttons on a card of a 1:1 chat than it may have', () => {
    const links = Array.from(
      { length: 5 },
      (_, i) => ({ type: 'link', label: `링크 ${i}`, url: 'https://a.example' }) as const,
    );
    const messages = [render(textReply('하나', links)), render(textReply('', links))].flat();
    for (const output of bodyOf({ kind: 'answered', messages }).template.outputs) {
      expect(output.textCard.buttons.length).toBeLessThanOrEqual(3);
    }
  });

  it('says something even when there is nothing to say', () => {
    for (const outcome of [{ kind: 'accepted' }, { kind: 'answered', messages: render(textReply('')) }] as const) {
      expect(bodyOf(outcome).template.outputs).toHaveLength(1);
    }
  });

  it('is 401 only for a caller who is not Kakao', () => {
    const refuse = (code: 'INBOUND_UNVERIFIED' | 'INBOUND_RATE_LIMITED' | 'INTERNAL') =>
      respondToSkill({ kind: 'refused', error: new GatewayError(code, 'secret detail') }, words);
    expect(refuse('INBOUND_UNVERIFIED').status).toBe(401);
    expect(refuse('INBOUND_RATE_LIMITED')).toMatchObject({
      status: 200,
      body: expect.stringContaining('잠시 후 다시'),
    });
    expect(refuse('INTERNAL')).toMatchObject({ status: 200, body: expect.not.stringContaining('secret detail') });
  });

  it('names whom else to ask where trying again may not help', () => {
    const said = (code: ErrorCode) => JSON.stringify(bodyOf({ kind: 'refused', error: new GatewayError(code, '') }));
    for (const code of ['INTERNAL', 'STORE_FAILED', 'OVERLOADED'] as const) expect(said(code)).toContain(words.contact);
    for (const code of ['INBOUND_MALFORMED', 'ENGINE_FILTERED'] as const)
      expect(said(code)).not.toContain(words.contact);
  });
});

describe('a question that nobody could take', () => {
  const text = '반품 배송비는 얼마인가요?';
  const event = {
    type: 'message-received',
    id: 't',
    conversation,
    receivedAt: 0,
    requestId: 'r',
    replyWindows: [],
    text,
    input: 'typed',
  } as const;
  const quickRepliesTo = (outcome: Parameters<typeof respondToSkill>[0]) => bodyOf(outcome).template.quickReplies;
  const error = new GatewayError('OVERLOADED', 'Too many questions are open');

  it('can be asked again with a button', () => {
    expect(quickRepliesTo({ kind: 'refused', error, event })).toEqual([
      { label: '다시 물어보기', action: 'message', messageText: text },
    ]);
  });

  it('has no button in a group room, where it is long, and where asking again would not help', () => {
    const inRoom = { ...event, conversation: { ...conversation, room: 'g' } };
    const long = { ...event, text: '가'.repeat(201) };
    const malformed = new GatewayError('INBOUND_MALFORMED', 'no');
    expect(quickRepliesTo({ kind: 'refused', error, event: inRoom })).toBeUndefined();
    expect(quickRepliesTo({ kind: 'refused', error, event: long })).toBeUndefined();
    expect(quickRepliesTo({ kind: 'refused', error: malformed, event })).toBeUndefined();
  });
});
