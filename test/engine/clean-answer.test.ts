import { describe, expect, it } from 'vitest';
import { cleanAnswers } from '../../src/engine/clean-answer.ts';
import type { Engine, EnginePart } from '../../src/engine/engine.ts';
import type { ReplyPart } from '../../src/message.ts';
import { collectParts, engineRequest } from '../helpers/engine-contract.ts';

function saying(...parts: readonly EnginePart[]): Engine {
  return {
    name: 'foreign',
    async *answer() {
      yield* parts;
    },
    close: async () => {},
  };
}

function reply(...parts: readonly ReplyPart[]): Extract<EnginePart, { type: 'reply' }> {
  return { type: 'reply', parts, quickReplies: [], groundIds: [], answered: true };
}

const heard = (...parts: readonly EnginePart[]) => collectParts(cleanAnswers(saying(...parts)), engineRequest());

describe('what an engine says', () => {
  it('loses what steers a terminal, and keeps halves of letters that are still to be joined', async () => {
    const delta = (text: string) => ({ type: 'text-delta', text }) as const;
    expect(await heard(delta('\u001b[31m안녕\u0000\n'), delta('\ud83d'), delta('\ude00\u009b'))).toEqual([
      delta('[31m안녕\n'),
      delta('\ud83d'),
      delta('\ude00'),
    ]);
  });

  it('loses it in every text of a reply, but not in what comes back to the engine', async () => {
    const action = { kind: 'engine', engine: 'foreign', data: 'a\u0001b' } as const;
    const said = {
      ...reply({ type: 'text', text: '하나\u0007', format: 'plain' }),
      quickReplies: [{ type: 'message', label: '둘\u001b', action } as const],
    };
    expect(await heard(said)).toEqual([
      {
        ...reply({ type: 'text', text: '하나', format: 'plain' }),
        quickReplies: [{ type: 'message', label: '둘', action }],
      },
    ]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//shop.example/a.png', 'https://a b'])(
    'loses the picture %s',
    async (url) => {
      const words = { type: 'text', text: '사진입니다', format: 'plain' } as const;
      expect(await heard(reply({ type: 'image', url }, words))).toEqual([reply(words)]);
      const card = { type: 'card', title: '신발', buttons: [] } as const;
      expect(await heard(reply({ ...card, imageUrl: url }))).toEqual([reply(card)]);
      await expect(heard(reply({ type: 'image', url }))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    },
  );

  it('keeps a picture that has an address', async () => {
    const picture = reply({ type: 'image', url: 'https://shop.example/a.png' });
    expect(await heard(picture)).toEqual([picture]);
  });
});
