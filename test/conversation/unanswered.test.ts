import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { GatewayError } from '../../src/errors.ts';
import { GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

/** Says it at once, as an answer or as "I could not find it". */
function says(text: string, answered: boolean): Engine {
  return {
    name: answered ? 'knows' : 'knows-not',
    async *answer() {
      yield {
        type: 'reply',
        parts: [{ type: 'text', text, format: 'plain' }],
        quickReplies: [],
        groundIds: [],
        answered,
      };
      yield { type: 'finished', reason: 'stop' };
    },
    close: async () => {},
  };
}

function fails(code: 'ENGINE_FAILED' | 'ENGINE_FILTERED'): Engine {
  return {
    name: 'fails',
    // biome-ignore lint/correctness/useYield: it fails before it says anything
    async *answer() {
      throw new GatewayError(code, 'no');
    },
    close: async () => {},
  };
}

async function ask(engines: readonly Engine[]): Promise<string> {
  Object.assign(rig.bot, { engines });
  return seen(await rig.send(rig.message('test', '오늘 서울 날씨에 어울리는 옷은?'))).texts.join('\n');
}

describe('an engine that finds no answer', () => {
  it('lets the next one try', async () => {
    expect(await ask([says('모르겠어요', false), says('외투를 입으세요', true)])).toBe('외투를 입으세요');
  });

  it('has the word where nobody knows better: the operator put it first', async () => {
    expect(await ask([says('모르겠어요', false), fails('ENGINE_FAILED'), says('저도요', false)])).toBe('모르겠어요');
  });

  it('is not asked where an earlier one knows', async () => {
    expect(await ask([fails('ENGINE_FAILED'), says('외투를 입으세요', true), says('모르겠어요', false)])).toBe(
      '외투를 입으세요',
    );
  });

  it('does not hide that a policy said no', async () => {
    expect(await ask([says('모르겠어요', false), fails('ENGINE_FILTERED')])).toContain('답변을 드리기 어려워요');
  });
});
