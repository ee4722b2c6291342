import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ReplyDocs } from '../../src/http/routes/reply-docs.ts';
import type { Reply } from '../../src/message.ts';
import { EVERYTHING, PRODUCT } from '../helpers/rich-replies.ts';

describe('the description of a reply', () => {
  const reply: Reply = {
    ...EVERYTHING,
    parts: [
      ...EVERYTHING.parts,
      { ...PRODUCT, storeNumber: 123 },
      {
        type: 'card',
        title: '본점',
        imageUrl: '/a.png',
        imageLinkUrl: 'https://a.example/',
        buttons: [],
        forwardable: true,
      },
    ],
    quickReplies: [
      ...EVERYTHING.quickReplies,
      { type: 'phone', label: '전화', phoneNumber: '02-123-4567' },
      { type: 'menu', label: '더 보기', choices: [{ type: 'message', label: '교환' }] },
      {
        type: 'pick-date',
        label: '날짜',
        isRange: true,
        firstDate: '2026-11-21',
        lastDate: '2026-12-31',
        closedDates: ['2026-12-25', { from: '2026-12-30', to: '2026-12-31' }],
        closedWeekdays: [0],
        placeholder: '날짜를 골라 주세요',
      },
      { type: 'pick-time', label: '시각' },
      {
        type: 'pick-time-slot',
        label: '시간',
        firstTime: '09:00',
        lastTime: '18:00',
        stepMinutes: 30,
        closedTimes: ['12:00', { from: '13:00', to: '14:00' }],
      },
      { type: 'payment', label: '결제', payment: { id: 'p1', totalKrw: 1_000, items: [] } },
      { type: 'message', label: '이어서 보기', action: { kind: 'continue', turnId: 't', position: 1 } },
    ],
    context: [{ name: 'order', lifespan: 3, ttlSeconds: 600, params: { id: '1' } }],
    data: { text: '안내' },
  };

  it('holds for every kind of part and choice', () => {
    expect([...Value.Errors(ReplyDocs, reply)]).toEqual([]);
  });

  it('leaves no field out', () => {
    expect(Value.Clean(ReplyDocs, structuredClone(reply))).toEqual(reply);
  });

  it('can be wrong', () => {
    expect(Value.Check(ReplyDocs, { parts: [{ type: 'product', buttons: [] }], quickReplies: [] })).toBe(false);
  });
});
