/** What models used for a turn, in the source of its answer. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Engine, EnginePart } from '../../../src/engine/engine.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const finished = (reason: 'stop' | 'filtered' | 'tool-calls', costMicroWon?: number): EnginePart => ({
  type: 'finished',
  reason,
  model: 'HCX-007',
  usage: {
    promptTokens: 100,
    completionTokens: 10,
    thinkingTokens: 4,
    ...(costMicroWon === undefined ? {} : { costMicroWon }),
  },
});

function engineSaying(name: string, ...parts: readonly EnginePart[]): Engine {
  return {
    name,
    async *answer() {
      yield* parts;
    },
    close: async () => {},
  };
}

async function sourceOf(...engines: readonly Engine[]) {
  Object.assign(rig.bot, { engines });
  const question = rig.message('test', '아무거나 물어볼게요');
  await rig.send(question);
  return (await rig.store.readTurn(question.id))?.source;
}

it('adds up the calls of all engines that were asked, also of those whose answer was withheld', async () => {
  const source = await sourceOf(
    engineSaying('strict', finished('filtered', 175_000)),
    engineSaying('kind', { type: 'text-delta', text: '안녕하세요.' }, finished('stop', 1_000_000)),
  );
  expect(source).toMatchObject({
    engine: 'kind',
    usage: { calls: 2, promptTokens: 200, completionTokens: 20, thinkingTokens: 8, costWon: 1.175 },
  });
});

it('is told with a refusal, too', async () => {
  const source = await sourceOf(engineSaying('strict', finished('filtered', 175_000)));
  expect(source).toMatchObject({ kind: 'system', engine: 'strict', usage: { calls: 1, costWon: 0.175 } });
});

it('names no cost when one of the prices is not known', async () => {
  const source = await sourceOf(
    engineSaying('strict', finished('filtered')),
    engineSaying('kind', { type: 'text-delta', text: '안녕하세요.' }, finished('stop', 1_000_000)),
  );
  expect(source?.usage).toEqual({ calls: 2, promptTokens: 200, completionTokens: 20, thinkingTokens: 8 });
});

it('is absent where no model was asked', async () => {
  const source = await sourceOf(rig.bot.approvedEngine);
  expect(source).toBeDefined();
  expect(source).not.toHaveProperty('usage');
});
