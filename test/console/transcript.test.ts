import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChatEvent, parseChatEvent, type ReceivedEvent } from '../../console/chat/protocol.ts';
import { applyEvent, isOpen, markUnanswered, resumeFrom, type Transcript } from '../../console/chat/transcript.ts';

const accepted = (sequence: number): ReceivedEvent => ({
  id: `${sequence}.0`,
  event: { type: 'accepted', turnId: `t${sequence}`, sequence, question: `질문 ${sequence}`, receivedAt: sequence },
});

const delta = (sequence: number, text: string, endsAt: number): ReceivedEvent => ({
  id: `${sequence}.${endsAt}`,
  event: { type: 'delta', turnId: `t${sequence}`, text, endsAt },
});

const answer = (sequence: number, text = '답'): ReceivedEvent => ({
  id: `${sequence}.end`,
  event: {
    type: 'answer',
    turnId: `t${sequence}`,
    sequence,
    reply: { parts: [{ type: 'text', text, format: 'plain' }], quickReplies: [] },
    source: { kind: 'model', engine: 'x', entries: [] },
    answeredAt: sequence,
  },
});

const play = (events: readonly ReceivedEvent[], from: Transcript = []): Transcript => events.reduce(applyEvent, from);

describe('applyEvent', () => {
  it('puts pieces together, and replaces them with the answer', () => {
    const partial = play([accepted(1), delta(1, '안녕', 2), delta(1, '하세요', 5)]);
    expect(partial[0]).toMatchObject({ partial: '안녕하세요', lastEventId: '1.5' });
    expect(play([answer(1)], partial)[0]).toMatchObject({
      partial: '',
      lastEventId: '1.end',
      answer: { answeredAt: 1 },
    });
  });

  it('shows nothing twice when a resume begins before what is already there', () => {
    const before = play([accepted(1), delta(1, '안녕하세요', 5)]);
    expect(play([accepted(1), delta(1, '안녕', 2), delta(1, '하세요', 5)], before)).toBe(before);
    expect(play([delta(1, '세요 고객님', 9)], before)[0]?.partial).toBe('안녕하세요 고객님');
  });

  it('believes the server where its text has changed behind a cut', () => {
    const before = play([accepted(1), delta(1, '첫 엔진의 말', 7)]);
    expect(play([delta(1, '다른', 2)], before)[0]?.partial).toBe('다른');
  });

  it('drops the partial text on restart', () => {
    const turns = play([
      accepted(1),
      delta(1, '틀린', 2),
      { id: undefined, event: { type: 'restart', turnId: 't1' } },
      delta(1, '맞는', 2),
    ]);
    expect(turns[0]?.partial).toBe('맞는');
  });

  it('knows what keeps an answer waiting until the answer is there', () => {
    const status = (text: string): ReceivedEvent => ({ id: undefined, event: { type: 'status', turnId: 't1', text } });
    const waiting = play([accepted(1), status('주문을 확인하고 있어요.')]);
    expect(waiting[0]).toMatchObject({ status: '주문을 확인하고 있어요.', partial: '' });
    expect(play([status('주문을 확인하고 있어요.')], waiting)).toBe(waiting);
    const answered = play([answer(1)], waiting);
    expect(play([status('늦은 말')], answered)).toBe(answered);
  });

  it('orders by sequence, and shows an answer whose question was missed', () => {
    const turns = play([accepted(2), answer(3), accepted(1)]);
    expect(turns.map((turn) => turn.sequence)).toEqual([1, 2, 3]);
    expect(turns[2]?.question).toBe('');
  });

  it('never changes an answer, not even by late pieces', () => {
    const turns = play([accepted(1), answer(1)]);
    expect(play([delta(1, '늦은', 2), answer(1, '다른 답'), accepted(1)], turns)).toBe(turns);
  });

  it('comes to the same end wherever a stream is cut and replayed', () => {
    const story: readonly ReceivedEvent[] = [
      accepted(1),
      delta(1, '가나', 2),
      delta(1, '다', 3),
      answer(1),
      accepted(2),
      delta(2, '라', 1),
      delta(2, '마바', 3),
    ];
    const whole = play(story);
    const position = fc.nat({ max: story.length });
    fc.assert(
      fc.property(fc.array(fc.tuple(position, position)), (overlaps) => {
        let turns: Transcript = [];
        let reached = 0;
        for (const [a, b] of overlaps) {
          const from = Math.min(a, reached);
          reached = Math.max(reached, b);
          turns = play(story.slice(from, Math.max(from, b)), turns);
        }
        expect(play(story.slice(reached), turns)).toEqual(whole);
      }),
    );
  });
});

describe('resumeFrom', () => {
  it('begins at the earliest open turn, else after the last', () => {
    expect(resumeFrom([])).toBeUndefined();
    expect(resumeFrom(play([accepted(1), answer(1), accepted(2), answer(2)]))).toBe('2.end');
    expect(resumeFrom(play([accepted(1), delta(1, '가', 1), accepted(2), answer(2)]))).toBe('1.1');
  });
});

describe('markUnanswered', () => {
  it('closes open turns, and an answer that comes after all opens the page for it', () => {
    const closed = markUnanswered(play([accepted(1)]), () => true);
    expect(closed.some(isOpen)).toBe(false);
    expect(play([answer(1)], closed)[0]).toMatchObject({ unanswered: false, answer: { answeredAt: 1 } });
  });
});

describe('parseChatEvent', () => {
  it('reads the end of a piece from its id', () => {
    const event = parseChatEvent('delta', '{"turnId":"t","text":"가"}', '12.34');
    expect(event).toEqual({ type: 'delta', turnId: 't', text: '가', endsAt: 34 } satisfies ChatEvent);
  });

  it.each([
    ['delta', 'no json'],
    ['delta', '{"turnId":1,"text":"가"}'],
    ['answer', '{"turnId":"t","sequence":1,"answeredAt":1,"reply":{}}'],
    ['accepted', '{"turnId":"t"}'],
    ['weather', '{"turnId":"t"}'],
    ['accepted', 'null'],
  ])('skips %s %j', (name, data) => {
    expect(parseChatEvent(name, data, '1.0')).toBeUndefined();
  });
});
