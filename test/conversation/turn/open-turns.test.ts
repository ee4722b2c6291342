import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ActiveTurn } from '../../../src/conversation/turn/active-turn.ts';
import { OpenTurns } from '../../../src/conversation/turn/open-turns.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

it('finds what is open by its id and by its conversation, in the order in which it came', async () => {
  const rig = await GatewayRig.open();
  const turns = Array.from({ length: 8 }, (_, n) => {
    const event = { ...rig.message('naver', '질문'), id: `turn ${n}` };
    return new ActiveTurn(rig.bot, rig.channel('naver'), event, `customer ${n % 3}`, 'push', false);
  });
  const step = fc.record({ turn: fc.constantFrom(...turns), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const open = new OpenTurns();
      let expected: ActiveTurn[] = [];
      for (const { turn, adds } of steps) {
        const isThere = expected.includes(turn);
        expected = expected.filter((other) => other !== turn);
        if (adds) expected.push(turn);
        expect(adds ? !open.add(turn) : open.remove(turn)).toBe(isThere);
        expect(open.size).toBe(expected.length);
        expect([...open.all()]).toEqual(expected);
        expect(open.get(turn.id)).toBe(adds ? turn : undefined);
        for (const key of ['customer 0', 'customer 1', 'customer 2']) {
          const own = expected.filter((other) => other.conversationKey === key);
          expect(open.ofConversation(key)).toEqual(own);
        }
      }
    }),
  );
  await rig.close();
});
