/** The store's state machine as plain arrays: slow, in memory, and short enough to be seen to be right. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type ConversationRef, conversationKey } from '../../src/message.ts';
import type { DeliveryState, Store, TurnState } from '../../src/storage/store.ts';
import { newDelivery, newTurn, START, turnAnswer } from './store-contract-records.ts';

const TURN_STATES = ['received', 'answering', 'answered', 'merged', 'suppressed', 'failed'] as const;
const DELIVERY_STATES = [
  'waiting',
  'sending',
  'delivered',
  'held',
  'picked-up',
  'unknown',
  'expired',
  'suppressed',
] as const;

/** `turn` and `delivery` are indexes into what exists by then, modulo its number. */
type Step =
  | { readonly do: 'accept'; readonly state: 'received' | 'answering'; readonly historyTurns: number }
  | { readonly do: 'move-turn'; readonly turn: number; readonly from: readonly TurnState[]; readonly to: TurnState }
  | { readonly do: 'answer'; readonly turn: number; readonly deliveries: readonly NewState[] }
  | { readonly do: 'add-delivery'; readonly turn: number; readonly state: NewState }
  | {
      readonly do: 'move-delivery';
      readonly delivery: number;
      readonly from: readonly DeliveryState[];
      readonly to: DeliveryState;
      readonly attempted: boolean;
    }
  | { readonly do: 'reset'; readonly except: number | undefined };

type NewState = 'waiting' | 'sending' | 'held';

const index = fc.nat({ max: 30 });
const newState = fc.constantFrom<NewState>('waiting', 'sending', 'held');

export const storeSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('accept' as const),
      state: fc.constantFrom('received' as const, 'answering' as const),
      historyTurns: fc.nat({ max: 4 }),
    }),
    fc.record({
      do: fc.constant('move-turn' as const),
      turn: index,
      from: fc.subarray([...TURN_STATES]),
      to: fc.constantFrom(...TURN_STATES),
    }),
    fc.record({
      do: fc.constant('answer' as const),
      turn: index,
      deliveries: fc.array(newState, { maxLength: 3 }),
    }),
    fc.record({ do: fc.constant('add-delivery' as const), turn: index, state: newState }),
    fc.record({
      do: fc.constant('move-delivery' as const),
      delivery: index,
      from: fc.subarray([...DELIVERY_STATES]),
      to: fc.constantFrom(...DELIVERY_STATES),
      attempted: fc.boolean(),
    }),
    fc.record({ do: fc.constant('reset' as const), except: fc.option(index, { nil: undefined }) }),
  ),
  { minLength: 5, maxLength: 25 },
);

interface ModelTurn {
  readonly id: string;
  readonly sequence: number;
  state: TurnState;
}

interface ModelDelivery {
  readonly id: string;
  readonly turn: ModelTurn;
  readonly position: number;
  state: DeliveryState;
  attempts: number;
}

/** Takes the same steps with the store and with the model, and compares answers, records, memory and counts. */
export async function checkAgainstModel(
  store: Store,
  conversation: ConversationRef,
  steps: readonly Step[],
): Promise<void> {
  const key = conversationKey(conversation);
  const countsBefore = await store.counts();
  const turns: ModelTurn[] = [];
  const deliveries: ModelDelivery[] = [];
  let memoryAfter = 0;
  let heldFrom = 0;

  const pick = <Item>(items: readonly Item[], at: number): Item | undefined => items[at % Math.max(1, items.length)];
  const isOpen = ({ state }: ModelTurn) => state === 'received' || state === 'answering';
  const memory = (historyTurns: number) => ({
    recentTurns: turns
      .filter(({ state, sequence }) => state === 'answered' && sequence > memoryAfter)
      .reverse()
      .slice(0, historyTurns)
      .map(({ id }) => id),
    heldDeliveries: deliveries
      .filter(({ state, turn }) => (state === 'held' || state === 'unknown') && turn.sequence >= heldFrom)
      .sort((a, b) => a.turn.sequence - b.turn.sequence || a.position - b.position)
      .map(({ id }) => id),
  });
  const nextPosition = (turn: ModelTurn) => deliveries.filter((delivery) => delivery.turn === turn).length;
  const create = (turn: ModelTurn, position: number, state: NewState) => {
    const id = `${turn.id}/${position}`;
    const model: ModelDelivery = { id, turn, position, state, attempts: 0 };
    return { model, stored: newDelivery(id, { position, state }) };
  };

  for (const step of steps) {
    switch (step.do) {
      case 'accept': {
        const remembered = memory(step.historyTurns);
        const turn: ModelTurn = {
          id: `${conversation.user}/${turns.length}`,
          sequence: turns.length + 1,
          state: step.state,
        };
        const accepted = await store.acceptTurn(
          newTurn(turn.id, { conversation, state: step.state }),
          step.historyTurns,
        );
        turns.push(turn);
        if (accepted.outcome !== 'accepted') throw new Error('the model knows no duplicates');
        expect(accepted.sequence).toBe(turn.sequence);
        expect({
          recentTurns: accepted.memory.recentTurns.map(({ id }) => id),
          heldDeliveries: accepted.memory.heldDeliveries.map(({ id }) => id),
        }).toEqual(remembered);
        break;
      }
      case 'move-turn': {
        const turn = pick(turns, step.turn);
        if (turn === undefined) break;
        const moves = step.from.includes(turn.state);
        expect(await store.moveTurn(turn.id, step.from, step.to, START)).toBe(moves);
        if (moves) turn.state = step.to;
        break;
      }
      case 'answer': {
        const turn = pick(turns, step.turn);
        if (turn === undefined) break;
        const answers = turn.state === 'answering';
        const first = nextPosition(turn);
        const created = step.deliveries.map((state, offset) => create(turn, first + offset, state));
        expect(
          await store.answerTurn(
            turn.id,
            turnAnswer(),
            created.map(({ stored }) => stored),
          ),
        ).toBe(answers);
        if (!answers) break;
        turn.state = 'answered';
        deliveries.push(...created.map(({ model }) => model));
        break;
      }
      case 'add-delivery': {
        const turn = pick(turns, step.turn);
        if (turn === undefined) break;
        const adds = turn.state === 'answering';
        const { model, stored } = create(turn, nextPosition(turn), step.state);
        expect(await store.addDelivery(turn.id, stored)).toBe(adds);
        if (adds) deliveries.push(model);
        break;
      }
      case 'move-delivery': {
        const delivery = pick(deliveries, step.delivery);
        if (delivery === undefined) break;
        const moves = step.from.includes(delivery.state);
        const change = step.attempted ? { attempted: true } : {};
        expect(await store.moveDelivery(delivery.id, step.from, step.to, START, change)).toBe(moves);
        if (!moves) break;
        delivery.state = step.to;
        if (step.attempted) delivery.attempts += 1;
        break;
      }
      case 'reset': {
        const except = step.except === undefined ? undefined : pick(turns, step.except);
        const ended = turns.filter((turn) => isOpen(turn) && turn !== except);
        expect(await store.resetConversation(key, START, except?.id)).toEqual(ended.map(({ id }) => id));
        for (const turn of ended) turn.state = 'suppressed';
        for (const delivery of deliveries) {
          if (delivery.turn === except) continue;
          if (['waiting', 'held', 'unknown'].includes(delivery.state)) delivery.state = 'suppressed';
        }
        memoryAfter = turns.length;
        heldFrom = except?.sequence ?? turns.length + 1;
        break;
      }
    }
  }

  for (const turn of turns) {
    expect(await store.readTurn(turn.id)).toMatchObject({ state: turn.state, sequence: turn.sequence });
    expect((await store.readDeliveries(turn.id)).map(({ id, state, attempts }) => ({ id, state, attempts }))).toEqual(
      deliveries
        .filter((delivery) => delivery.turn === turn)
        .map(({ id, state, attempts }) => ({ id, state, attempts })),
    );
  }
  const remembered = await store.readMemory(key, turns.length + 1, 3);
  expect({
    recentTurns: remembered.recentTurns.map(({ id }) => id),
    heldDeliveries: remembered.heldDeliveries.map(({ id }) => id),
  }).toEqual(memory(3));
  const inState = (state: DeliveryState) => deliveries.filter((delivery) => delivery.state === state).length;
  expect(await store.counts()).toEqual({
    openTurns: countsBefore.openTurns + turns.filter(isOpen).length,
    waitingDeliveries: countsBefore.waitingDeliveries + inState('waiting'),
    heldDeliveries: countsBefore.heldDeliveries + inState('held'),
  });
}
