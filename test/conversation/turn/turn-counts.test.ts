import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ActiveTurn } from '../../../src/conversation/turn/active-turn.ts';
import { TurnCounts } from '../../../src/conversation/turn/turn-counts.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const LIMIT = 12;
const BOTS = 4;

it('counts what it is told, lets every bot have its share, and never grows beyond its bound', async () => {
  const rig = await GatewayRig.open();
  const turnOf = (bot: number) => {
    const event = rig.message('naver', '질문');
    return new ActiveTurn({ ...rig.bot, id: `bot ${bot}` }, rig.channel('naver'), event, 'key', 'push', false);
  };
  const shares = Array.from({ length: BOTS }, (_, n) => Math.ceil(LIMIT / (n + 1)));
  const most = shares.reduce((sum, share) => sum + share, 0);
  const step = fc.record({ bot: fc.nat(BOTS - 1), ends: fc.boolean(), times: fc.integer({ min: 1, max: 2 * LIMIT }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const counts = new TurnCounts();
      const open = Array.from({ length: BOTS }, (): ActiveTurn[] => []);
      for (const { bot, ends, times } of steps) {
        for (let n = 0; n < times; n += 1) {
          const own = open[bot] ?? [];
          const ended = ends ? own.pop() : undefined;
          if (ended !== undefined) counts.remove(ended);
          const others = open.filter((turns, at) => at !== bot && turns.length > 0).length;
          const total = open.flat().length;
          const mayAdd = counts.mayAdd('pushed', `bot ${bot}`, LIMIT);
          expect(mayAdd).toBe(total < LIMIT || own.length * (others + 1) < LIMIT);
          if (ends || !mayAdd) continue;
          const turn = turnOf(bot);
          own.push(turn);
          counts.add(turn);
        }
        expect(counts.total('pushed')).toBe(open.flat().length);
        expect(counts.total('pushed')).toBeLessThanOrEqual(most);
        expect(counts.total('awaited')).toBe(0);
      }
    }),
  );
  await rig.close();
});
