import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ReplyDocs } from '../../src/http/routes/reply-docs.ts';
import type { Reply } from '../../src/message.ts';
import { EVERYTHING } from '../helpers/rich-replies.ts';

describe('the description of a reply', () => {
  const reply: Reply = {
    ...EVERYTHING,
    parts: [
      ...EVERYTHING.parts,
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
