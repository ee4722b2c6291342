import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { createFaqEngine } from '../../src/engine/faq/index.ts';
import { type ErrorCode, GatewayError } from '../../src/errors.ts';
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

function fails(code: ErrorCode): Engine {
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

describe('a question that the knowledge has no answer to', () => {
  const contacts = (text: string) => text.split('고객센터 02-000-0000').length - 1;

  it.each<ErrorCode>([
    'ENGINE_NOT_ASKED',
    'ENGINE_TIMEOUT',
    'ENGINE_UNREACHABLE',
    'ENGINE_FAILED',
    'ENGINE_UNAUTHORIZED',
    'ENGINE_RATE_LIMITED',
  ])('is to be asked again later, with the contact, when a model before it ended in %s', async (code) => {
    const text = await ask([fails(code), createFaqEngine()]);
    expect(text).toContain('잠시 후 다시 질문해 주세요');
    expect(text).not.toContain('바꿔서');
    expect(contacts(text)).toBe(1);
    // As often as it is asked meanwhile.
    const again = await ask([fails(code), createFaqEngine()]);
    expect(again).toContain('다시 질문해 주시거나');
    expect(contacts(again)).toBe(1);
  });

  it('is to be asked again later when the models are passed over for what they cost', async () => {
    const costLimit = { dailyWon: 1, monthlyWon: 1, isReached: () => true, freeEngines: [createFaqEngine()] };
    Object.assign(rig.bot, { costLimit });
    expect(await ask([says('못 들을 말', true), createFaqEngine()])).toContain('잠시 후 다시 질문해 주세요');
  });

  it.each<[string, () => readonly Engine[]]>([
    ['there is no model', () => [createFaqEngine()]],
    ['it was too long for the model', () => [fails('ENGINE_CONTEXT_TOO_LONG'), createFaqEngine()]],
  ])('is to be asked in other words, with the contact, when %s', async (_, engines) => {
    const text = await ask(engines());
    expect(text).toContain('바꿔서 다시 적어 주시겠어요?');
    expect(contacts(text)).toBe(1);
    expect(text.endsWith('고객센터 02-000-0000')).toBe(true);
  });

  it('keeps the words of an engine before it that did not know', async () => {
    expect(await ask([says('모르겠어요', false), createFaqEngine()])).toBe('모르겠어요');
  });
});
