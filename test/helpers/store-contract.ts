/** What every store owes the core, as tests. A backend's own test file calls {@link storeContract} with a way to open it. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ID_CHARS } from '../../src/channels/inbound-text.ts';
import { type ConversationRef, conversationKey, type PaymentResult, type Reply, replyText } from '../../src/message.ts';
import {
  type Delivery,
  type Echo,
  HANDED_OVER,
  type NewDelivery,
  type NewTurn,
  type Store,
} from '../../src/storage/store.ts';
import { deadTurnsContract } from './store-contract-dead-turns.ts';
import { ledgerContract } from './store-contract-ledger.ts';
import { checkAgainstModel, storeSteps } from './store-contract-model.ts';
import { customer, newDelivery, newTurn, SOURCE, START, storedThread, turnAnswer } from './store-contract-records.ts';
import { summaryContract } from './store-contract-summaries.ts';
import { threadContract } from './store-contract-threads.ts';

export interface StoreContractSubject {
  /** Empty. */
  readonly store: Store;
  /** Closes the store (and any store opened since) and opens it again on the same data. */
  reopen(): Promise<Store>;
  /** Closes whatever is open and removes the data. */
  cleanup(): Promise<void>;
}

const MINUTE_MS = 60_000;

const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);
const MINJI = conversationKey(customer('minji'));

export function storeContract(name: string, open: () => Promise<StoreContractSubject>): void {
  describe(`${name} keeps the store contract`, () => {
    let subject: StoreContractSubject;
    let store: Store;

    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });

    afterEach(() => subject.cleanup());

    /** Accepts and answers a turn; with deliveries or without. */
    async function answeredTurn(turn: NewTurn, deliveries: readonly NewDelivery[] = []): Promise<void> {
      expect(await store.acceptTurn(turn, 0)).toMatchObject({ outcome: 'accepted' });
      expect(await store.answerTurn(turn.id, turnAnswer(), deliveries)).toBe(true);
    }

    async function deliveryOf(turnId: string, position = 0): Promise<Delivery | undefined> {
      return (await store.readDeliveries(turnId)).find((delivery) => delivery.position === position);
    }

    describe('accepting a turn', () => {
      it('keeps the whole turn, over a restart too', async () => {
        const turn = newTurn('t1', { text: '환불은 며칠 이내로 가능한가요 🙏\u0000\ud800 "\'--' });
        expect(await store.acceptTurn(turn, 10)).toEqual({
          outcome: 'accepted',
          sequence: 1,
          memory: { recentTurns: [], heldDeliveries: [] },
        });
        const stored = {
          id: 't1',
          conversationKey: MINJI,
          sequence: 1,
          state: 'answering',
          ownerId: 'process-1',
          event: turn.event,
          receivedAt: START,
        };
        expect(await store.readTurn('t1')).toEqual(stored);
        store = await subject.reopen();
        expect(await store.readTurn('t1')).toEqual(stored);
      });

      it('numbers each conversation by itself, from 1', async () => {
        const sequences: unknown[] = [];
        for (const [index, user] of ['minji', 'jun', 'minji', 'minji', 'jun'].entries()) {
          const accepted = await store.acceptTurn(newTurn(`t${index}`, { conversation: customer(user) }), 0);
          sequences.push(accepted.outcome === 'accepted' ? accepted.sequence : accepted);
        }
        expect(sequences).toEqual([1, 1, 2, 3, 2]);
      });

      it('goes on counting after a restart', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        store = await subject.reopen();
        expect(await store.acceptTurn(newTurn('t2'), 0)).toMatchObject({ sequence: 2 });
      });

      it('gives 200 turns that arrive at once the numbers 1 to 200', async () => {
        const accepted = await Promise.all(
          Array.from({ length: 200 }, (_, index) => store.acceptTurn(newTurn(`t${index}`), 0)),
        );
        const sequences = accepted.map((result) => (result.outcome === 'accepted' ? result.sequence : 0));
        expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      });

      it('says that a turn it does not know is not there', async () => {
        expect(await store.readTurn('nobody')).toBeUndefined();
        expect(await store.readDeliveries('nobody')).toEqual([]);
        expect(await store.readTurns('nobody', 0, 10)).toEqual([]);
        expect(await store.readMemory('nobody', 1, 10)).toEqual({ recentTurns: [], heldDeliveries: [] });
      });

      it('keeps the conversation of a customer and a room whose ids are as long as channels let in', async () => {
        // Without a pattern, so that no database makes it shorter.
        const longId = (seed: number) =>
          String.fromCharCode(
            ...Array.from({ length: MAX_ID_CHARS }, (_, at) => 0xac00 + ((at * 7_919 + seed) % 11_172)),
          );
        const conversation = { ...customer(longId(1)), botId: 'b'.repeat(50), room: longId(2) };
        await answeredTurn(newTurn('t1', { conversation }));
        const key = conversationKey(conversation);
        expect(ids((await store.readMemory(key, 2, 10)).recentTurns)).toEqual(['t1']);
        expect(await store.claimGreeting(conversation, START, MINUTE_MS)).toBe(true);
      });

      it('fails a call that cannot be stored without failing its neighbours', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1')]);
        await store.acceptTurn(newTurn('t2'), 0);
        const [before, clash, after] = await Promise.allSettled([
          store.acceptTurn(newTurn('t3'), 0),
          store.answerTurn('t2', turnAnswer(), [newDelivery('d2'), newDelivery('d1', { position: 1 })]),
          store.acceptTurn(newTurn('t4'), 0),
        ]);
        expect(before).toMatchObject({ value: { sequence: 3 } });
        expect(after).toMatchObject({ value: { sequence: 4 } });
        expect(clash).toMatchObject({ reason: { code: 'STORE_FAILED' } });
        // All or nothing: the turn is as it was, and its first delivery is not there.
        expect(await store.readTurn('t2')).toMatchObject({ state: 'answering' });
        expect(await store.readDeliveries('t2')).toEqual([]);
      });
    });

    describe('notes', () => {
      it('are kept over a restart, the latest of them, until they are forgotten', async () => {
        expect(await store.readNote('menu:shop')).toBeUndefined();
        await store.writeNote('menu:shop', 'first');
        await store.writeNote('menu:shop', '둘째 😀');
        await store.writeNote('menu:clinic', '');
        store = await subject.reopen();
        expect([await store.readNote('menu:shop'), await store.readNote('menu:clinic')]).toEqual(['둘째 😀', '']);
        await store.writeNote('menu:shop', undefined);
        await store.writeNote('menu:shop', undefined);
        expect(await store.readNote('menu:shop')).toBeUndefined();
      });

      it('are found by what their keys begin with, taken as it is', async () => {
        for (const key of ['wish:2', 'wish:1', 'wish', 'w%sh:3']) await store.writeNote(key, `of ${key}`);
        expect([...(await store.readNotes('wish:'))]).toEqual([
          ['wish:1', 'of wish:1'],
          ['wish:2', 'of wish:2'],
        ]);
        expect([...(await store.readNotes('w%')).keys()]).toEqual(['w%sh:3']);
        expect(await store.readNotes('none')).toEqual(new Map());
      });

      it('are news to one of those who write the same', async () => {
        const written = await Promise.all(Array.from({ length: 10 }, () => store.writeNote('told:shop', '2026-11')));
        expect(written.filter((isNew) => isNew)).toHaveLength(1);
        store = await subject.reopen();
        expect(await store.writeNote('told:shop', '2026-11')).toBe(false);
        expect(await store.writeNote('told:shop', '2026-12')).toBe(true);
        expect([await store.writeNote('told:shop', undefined), await store.writeNote('told:shop', undefined)]).toEqual([
          true,
          false,
        ]);
      });
    });

    describe('silence', () => {
      it('ends open turns and what waits to go out, and nothing else', async () => {
        await answeredTurn(newTurn('t1'), [
          newDelivery('d1', { state: 'sending', mode: 'push' }),
          newDelivery('d2', { position: 1, state: 'waiting', mode: 'push' }),
          newDelivery('d3', { position: 2 }),
        ]);
        await store.acceptTurn(newTurn('t2'), 0);
        await store.acceptTurn(newTurn('t3', { state: 'received' }), 0);
        await store.acceptTurn(newTurn('other', { conversation: customer('jun') }), 0);
        expect(await store.silenceConversation(MINJI, START + 5, ['t3'])).toEqual(['t2']);
        expect((await store.readDeliveries('t1')).map(({ state }) => state)).toEqual(['sending', 'suppressed', 'held']);
        expect(await store.readTurn('t2')).toMatchObject({ state: 'suppressed', note: 'handed-over' });
        expect(await store.readTurn('t3')).toMatchObject({ state: 'received' });
        expect(await store.readTurn('other')).toMatchObject({ state: 'answering' });
        expect(await store.answerTurn('t2', turnAnswer(), [])).toBe(false);
        // What was said before is still remembered, and so is what an agent will answer.
        expect(ids((await store.readMemory(MINJI, 9, 9)).recentTurns)).toEqual(['t2', 't1']);
        expect(await store.silenceConversation('nobody', START, [])).toEqual([]);
      });
    });

    describe('a message after the answer', () => {
      it('goes behind those of the answer', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1', { state: 'sending', mode: 'push' })]);
        const { message } = newDelivery('d2');
        expect(await store.addFollowUp('t1', { id: 'd2', message, ownerId: 'process-1' }, START + 9)).toBe(true);
        expect(await deliveryOf('t1', 1)).toMatchObject({
          id: 'd2',
          mode: 'push',
          state: 'waiting',
          message,
          attempts: 0,
          createdAt: START + 9,
        });
      });

      it('is refused while there is no answer', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        const { message } = newDelivery('d2');
        expect(await store.addFollowUp('t1', { id: 'd2', message, ownerId: 'process-1' }, START)).toBe(false);
        expect(await store.addFollowUp('nobody', { id: 'd2', message, ownerId: 'process-1' }, START)).toBe(false);
      });
    });

    describe('usage', () => {
      it('adds up per bot, month and kind, over a restart too', async () => {
        expect(await store.addUsage('shop', '2026-11', 'callbacks', 1)).toBe(1);
        expect(await store.addUsage('shop', '2026-11', 'callbacks', 2)).toBe(3);
        expect(await store.addUsage('shop', '2026-12', 'callbacks', 5)).toBe(5);
        expect(await store.addUsage('shop', '2026-11', 'messages', 7)).toBe(7);
        store = await subject.reopen();
        expect(await store.addUsage('clinic', '2026-11', 'callbacks', 1)).toBe(1);
        expect(await store.addUsage('shop', '2026-11', 'callbacks', 1)).toBe(4);
        expect(await store.readUsage('2026-11')).toEqual([
          { botId: 'clinic', month: '2026-11', kind: 'callbacks', count: 1 },
          { botId: 'shop', month: '2026-11', kind: 'callbacks', count: 4 },
          { botId: 'shop', month: '2026-11', kind: 'messages', count: 7 },
        ]);
        expect(await store.readUsage('2026-10')).toEqual([]);
      });

      it('loses none of many that come at once', async () => {
        const counts = await Promise.all(
          Array.from({ length: 100 }, () => store.addUsage('shop', '2026-11', 'callbacks', 1)),
        );
        expect(new Set(counts).size).toBe(100);
        expect(Math.max(...counts)).toBe(100);
      });
    });

    describe('pushes', () => {
      const push = { id: 'p1', botId: 'shop', idempotencyKey: 'key', bodyDigest: 'digest', createdAt: START };
      const usage = { month: '2026-11', kind: 'messages' };

      it('opens a key once, and remembers the calls that were made', async () => {
        expect(await store.openPush(push)).toEqual({ outcome: 'opened', pushId: 'p1', calls: [] });
        expect(await store.startPushCall('p1', 0, 100, START)).toBe(true);
        expect(await store.startPushCall('p1', 0, 100, START)).toBe(false);
        expect(await store.startPushCall('p1', 1, 7, START)).toBe(true);
        const end = { state: 'accepted', taskId: 'task', receipt: { code: 'SUCCESS' } } as const;
        expect(await store.endPushCall('p1', 0, end)).toBe(true);
        expect(await store.endPushCall('p1', 0, { state: 'unknown', receipt: {} })).toBe(false);
        store = await subject.reopen();
        expect(await store.openPush({ ...push, id: 'p2' })).toEqual({
          outcome: 'opened',
          pushId: 'p1',
          calls: [
            { position: 0, state: 'accepted', receipt: { code: 'SUCCESS' } },
            { position: 1, state: 'sending' },
          ],
        });
      });

      it('refuses a key that comes with another request, and keeps bots and keyless requests apart', async () => {
        await store.openPush(push);
        expect(await store.openPush({ ...push, id: 'p2', bodyDigest: 'other' })).toEqual({ outcome: 'key-reused' });
        expect(await store.openPush({ ...push, id: 'p3', botId: 'clinic', bodyDigest: 'other' })).toMatchObject({
          pushId: 'p3',
        });
        const { idempotencyKey: _, ...keyless } = push;
        for (const id of ['p4', 'p5']) {
          expect(await store.openPush({ ...keyless, id })).toEqual({ outcome: 'opened', pushId: id, calls: [] });
        }
      });

      it('lets one of many simultaneous requests begin', async () => {
        const opened = await Promise.all(
          Array.from({ length: 20 }, (_, index) => store.openPush({ ...push, id: `q${index}` })),
        );
        expect(new Set(opened.map((result) => (result.outcome === 'opened' ? result.pushId : ''))).size).toBe(1);
      });

      it('counts a delivered message once, however often it is asked about', async () => {
        await store.openPush(push);
        await store.startPushCall('p1', 0, 3, START);
        const task = { botId: 'shop', taskId: 'task' };
        expect(await store.settlePushCall(task, 1, false, usage)).toBe(0); // not accepted yet
        await store.endPushCall('p1', 0, { state: 'accepted', taskId: 'task', receipt: {} });
        expect(await store.unsettledPushCalls(START - 1, START, 10)).toEqual([task]);
        expect(await store.settlePushCall(task, 1, false, usage)).toBe(1);
        expect(await store.settlePushCall(task, 3, true, usage)).toBe(2);
        expect(await store.settlePushCall(task, 3, true, usage)).toBe(0);
        expect(await store.settlePushCall(task, 2, false, usage)).toBe(0);
        expect(await store.settlePushCall({ ...task, botId: 'clinic' }, 9, true, usage)).toBe(0);
        expect(await store.readUsage('2026-11')).toEqual([{ botId: 'shop', ...usage, count: 3 }]);
        expect(await store.unsettledPushCalls(START - 1, START, 10)).toEqual([]);
      });

      it('lists what is not settled by its age', async () => {
        for (const [index, at] of [START, START + 10, START + 20].entries()) {
          await store.openPush({ ...push, id: `p${index}`, idempotencyKey: `key${index}` });
          await store.startPushCall(`p${index}`, 0, 1, at);
          await store.endPushCall(`p${index}`, 0, { state: 'accepted', taskId: `task${index}`, receipt: {} });
        }
        const tasks = async (after: number, before: number, limit: number) =>
          (await store.unsettledPushCalls(after, before, limit)).map(({ taskId }) => taskId);
        expect(await tasks(START, START + 20, 10)).toEqual(['task1', 'task2']);
        expect(await tasks(0, START + 10, 10)).toEqual(['task0', 'task1']);
        expect(await tasks(0, START + 20, 1)).toEqual(['task0']);
      });

      it('forgets old ones with everything else', async () => {
        await store.openPush(push);
        await store.startPushCall('p1', 0, 1, START);
        await store.purgeBefore(START + 1);
        expect(await store.openPush({ ...push, id: 'p2', bodyDigest: 'other' })).toEqual({
          outcome: 'opened',
          pushId: 'p2',
          calls: [],
        });
      });
    });

    describe('dedupe', () => {
      it('answers a second delivery of the same event with the first turn', async () => {
        await store.acceptTurn(newTurn('t1', { dedupeKey: 'key' }), 0);
        expect(await store.acceptTurn(newTurn('t2', { dedupeKey: 'key', receivedAt: START + 1 }), 0)).toEqual({
          outcome: 'duplicate',
          turnId: 't1',
        });
        expect(await store.readTurn('t2')).toBeUndefined();
        expect(await store.acceptTurn(newTurn('t3'), 0)).toMatchObject({ sequence: 2 });
      });

      it('names the first turn, however many followed', async () => {
        await store.acceptTurn(newTurn('t1', { dedupeKey: 'key' }), 0);
        await store.acceptTurn(newTurn('t2', { dedupeKey: 'key', receivedAt: START + 10, dedupeSince: START + 5 }), 0);
        expect(
          await store.acceptTurn(
            newTurn('t3', { dedupeKey: 'key', receivedAt: START + 20, dedupeSince: START - 1 }),
            0,
          ),
        ).toEqual({ outcome: 'duplicate', turnId: 't1' });
      });

      it('forgets keys at the end of the period', async () => {
        await store.acceptTurn(newTurn('t1', { dedupeKey: 'key' }), 0);
        const later = { dedupeKey: 'key', receivedAt: START + MINUTE_MS };
        expect(await store.acceptTurn(newTurn('t2', { ...later, dedupeSince: START }), 0)).toMatchObject({
          outcome: 'accepted',
        });
      });

      it('never takes one customer for another', async () => {
        await store.acceptTurn(newTurn('t1', { dedupeKey: 'key' }), 0);
        const stranger = newTurn('t2', { dedupeKey: 'key', conversation: customer('jun') });
        expect(await store.acceptTurn(stranger, 0)).toMatchObject({ outcome: 'accepted', sequence: 1 });
      });

      it('lets one of many simultaneous copies in', async () => {
        const copies = await Promise.all(
          Array.from({ length: 20 }, (_, index) => store.acceptTurn(newTurn(`t${index}`, { dedupeKey: 'key' }), 0)),
        );
        expect(copies.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
        const winner = ids(await store.readTurns(MINJI, 0, 100))[0];
        for (const copy of copies) if (copy.outcome === 'duplicate') expect(copy.turnId).toBe(winner);
      });

      it('takes a turn that is already there for the same event again', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        expect(await store.acceptTurn(newTurn('t1'), 0)).toEqual({ outcome: 'duplicate', turnId: 't1' });
        expect(await store.acceptTurn(newTurn('t2'), 0)).toMatchObject({ sequence: 2 });
      });

      it('keeps any key apart from any other', async () => {
        let round = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }),
            async (keys) => {
              const conversation = customer(`dedupe-${round++}`);
              for (const [index, dedupeKey] of keys.entries()) {
                const id = `${conversation.user}-${index}`;
                const accepted = await store.acceptTurn(newTurn(id, { conversation, dedupeKey }), 0);
                expect(accepted).toMatchObject({ outcome: 'accepted' });
                expect(await store.acceptTurn(newTurn(`${id}-again`, { conversation, dedupeKey }), 0)).toEqual({
                  outcome: 'duplicate',
                  turnId: id,
                });
              }
            },
          ),
          { numRuns: 30 },
        );
      });
    });

    describe('memory', () => {
      it('is the last answered turns, newest first, at most as many as asked for', async () => {
        for (const id of ['t1', 't2', 't3', 't4']) await answeredTurn(newTurn(id));
        await store.acceptTurn(newTurn('t5'), 0); // still open
        await store.acceptTurn(newTurn('t6'), 0);
        await store.moveTurn('t6', ['answering'], 'failed', START, 'ENGINE_TIMEOUT');
        const accepted = await store.acceptTurn(newTurn('t7'), 3);
        expect(accepted.outcome === 'accepted' && ids(accepted.memory.recentTurns)).toEqual(['t4', 't3', 't2']);
        expect(ids((await store.readMemory(MINJI, 4, 10)).recentTurns)).toEqual(['t3', 't2', 't1']);
        expect((await store.readMemory(MINJI, 100, 0)).recentTurns).toEqual([]);
      });

      it('has what was said in it, and what else the next answer goes on with', async () => {
        const product = { name: '니트', price: '39,000원' };
        const asked = newTurn('t1');
        await store.acceptTurn({ ...asked, event: { ...asked.event, product } as NewTurn['event'] }, 0);
        const reply: Reply = { ...turnAnswer().reply, profileRequest: { field: 'phone', alsoNeeded: [] } };
        const source = { ...SOURCE, session: 'context-1', about: product };
        await store.answerTurn('t1', { ...turnAnswer(), reply, source }, []);
        expect((await store.readMemory(MINJI, 2, 1)).recentTurns).toEqual([
          {
            id: 't1',
            sequence: 1,
            receivedAt: asked.receivedAt,
            event: { type: 'message-received', text: '영업시간이 어떻게 되나요?', input: 'typed', product },
            answer: replyText(reply),
            profileRequest: { field: 'phone', alsoNeeded: [] },
            wasAnswered: true,
            engine: SOURCE.engine,
            session: 'context-1',
            about: product,
          },
        ]);
      });

      it('knows agents by their words, and of other events only what they were', async () => {
        const { event, ...rest } = newTurn('t1');
        const base = { ...rest, state: 'received' } as const;
        const { conversation, receivedAt, requestId } = event;
        const common = { conversation, receivedAt, requestId, replyWindows: [] };
        const echo = { ...common, type: 'message-echoed', id: 't1', author: 'agent', text: '안녕하세요' } as const;
        await store.acceptTurn({ ...base, event: echo }, 0);
        const opened = { ...common, type: 'conversation-opened', id: 't2' } as const;
        await store.acceptTurn({ ...base, id: 't2', event: opened }, 0);
        for (const id of ['t1', 't2']) await store.moveTurn(id, ['received'], 'suppressed', START, HANDED_OVER);
        expect((await store.readMemory(MINJI, 3, 2)).recentTurns.map((turn) => turn.event)).toEqual([
          { type: 'conversation-opened' },
          { type: 'message-echoed', text: '안녕하세요' },
        ]);
      });

      it('has the held and unknown deliveries, oldest turn first, by position', async () => {
        await answeredTurn(newTurn('t1'), [
          newDelivery('d11', { position: 1 }),
          newDelivery('d10', { position: 0 }),
          newDelivery('d12', { position: 2, state: 'sending', mode: 'callback' }),
        ]);
        await answeredTurn(newTurn('t2'), [
          newDelivery('d20', { position: 0, state: 'waiting', mode: 'push' }),
          newDelivery('d21', { position: 1 }),
        ]);
        await store.moveDelivery('d12', ['sending'], 'unknown', START);
        const accepted = await store.acceptTurn(newTurn('t3'), 0);
        expect(accepted.outcome === 'accepted' && ids(accepted.memory.heldDeliveries)).toEqual([
          'd10',
          'd11',
          'd12',
          'd21',
        ]);
        // A later turn's held answer is not part of what came before an earlier one.
        expect(ids((await store.readMemory(MINJI, 2, 0)).heldDeliveries)).toEqual(['d10', 'd11', 'd12']);
        expect((await store.readMemory(MINJI, 1, 0)).heldDeliveries).toEqual([]);
      });

      it('never holds anything of another conversation', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1')]);
        const room: ConversationRef = { ...customer('minji'), room: 'group-1' };
        for (const [index, conversation] of [customer('jun'), room].entries()) {
          expect(await store.acceptTurn(newTurn(`other-${index}`, { conversation }), 10)).toMatchObject({
            memory: { recentTurns: [], heldDeliveries: [] },
          });
        }
      });

      it('shows a page the turns after the one that it knows, oldest first', async () => {
        for (const id of ['t1', 't2', 't3', 't4']) await store.acceptTurn(newTurn(id), 0);
        expect(ids(await store.readTurns(MINJI, 1, 2))).toEqual(['t2', 't3']);
        expect(ids(await store.readTurns(MINJI, 0, 10))).toEqual(['t1', 't2', 't3', 't4']);
        expect(await store.readTurns(MINJI, 4, 10)).toEqual([]);
      });
    });

    describe('moving a turn', () => {
      it('moves it only from one of the states named', async () => {
        await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
        expect(await store.moveTurn('t1', ['answering'], 'failed', START)).toBe(false);
        expect(await store.moveTurn('t1', ['merged', 'received'], 'answering', START)).toBe(true);
        expect(await store.readTurn('t1')).toMatchObject({ state: 'answering' });
        expect(await store.moveTurn('t1', [], 'failed', START)).toBe(false);
        expect(await store.moveTurn('nobody', ['received'], 'answering', START)).toBe(false);
      });

      it('keeps the note until there is another', async () => {
        await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
        await store.moveTurn('t1', ['received'], 'merged', START, 't2');
        expect(await store.readTurn('t1')).toMatchObject({ state: 'merged', note: 't2' });
        await store.moveTurn('t1', ['merged'], 'failed', START);
        expect(await store.readTurn('t1')).toMatchObject({ note: 't2' });
        await store.moveTurn('t1', ['failed'], 'failed', START, 'STORE_BUSY');
        expect(await store.readTurn('t1')).toMatchObject({ note: 'STORE_BUSY' });
      });

      it('lets exactly one of many win', async () => {
        await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
        const moves = await Promise.all(
          Array.from({ length: 50 }, () => store.moveTurn('t1', ['received'], 'answering', START)),
        );
        expect(moves.filter(Boolean)).toHaveLength(1);
      });

      it('remembers when the acknowledgement left, the first time', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        await store.recordAcknowledgement('t1', START + 5);
        await store.recordAcknowledgement('t1', START + 9);
        await store.recordAcknowledgement('nobody', START);
        expect(await store.readTurn('t1')).toMatchObject({ acknowledgedAt: START + 5 });
      });
    });

    describe('answering a turn', () => {
      it('stores the answer and its deliveries together', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        const sent = newDelivery('d0', {
          state: 'waiting',
          mode: 'callback',
          url: 'https://bot-api.kakao.com/v1/bots/x/callback?token=%7B%22a%22%3A1%7D',
          closesAt: START + 60_000,
        });
        const held = newDelivery('d1', { position: 1 });
        expect(await store.answerTurn('t1', turnAnswer({ wasAnswered: false }), [sent, held])).toBe(true);
        expect(await store.readTurn('t1')).toMatchObject({ state: 'answered', wasAnswered: false });
        const stored = {
          turnId: 't1',
          conversationKey: MINJI,
          attempts: 0,
          createdAt: START + 1,
          updatedAt: START + 1,
        };
        expect(await store.readDeliveries('t1')).toEqual([
          { ...stored, ...sent },
          { ...stored, ...held },
        ]);
      });

      describe('takes the address of its callback out of the turn', () => {
        const callback = {
          mode: 'callback',
          closesAt: START + 50_000,
          url: 'https://example.test/cb?token=key',
        } as const;
        const windows = [{ mode: 'inline', closesAt: START + 4_000 }, callback, { mode: 'pickup' }] as const;
        const withCallback = (id: string) => {
          const turn = newTurn(id, { text: 'mode가 "mode":"callback"인가요?\n\ud83d' });
          return { ...turn, event: { ...turn.event, replyWindows: windows } };
        };
        const eventOf = async (id: string) => (await store.readTurn(id))?.event;

        it('when it is answered', async () => {
          const turn = withCallback('t1');
          await store.acceptTurn(turn, 0);
          await store.moveTurn('t1', ['answering'], 'received', START);
          await store.moveTurn('t1', ['received'], 'answering', START);
          expect(await eventOf('t1')).toEqual(turn.event);
          const sent = newDelivery('d0', { state: 'waiting', mode: 'callback', url: callback.url });
          await store.answerTurn('t1', turnAnswer(), [sent]);
          expect(await eventOf('t1')).toEqual({ ...turn.event, replyWindows: [windows[0], windows[2]] });
          expect(await deliveryOf('t1')).toMatchObject({ url: callback.url });
        });

        it.each(['merged', 'suppressed', 'failed'] as const)('when it ends %s', async (state) => {
          const turn = withCallback('t1');
          await store.acceptTurn(turn, 0);
          await store.moveTurn('t1', ['answering'], state, START);
          expect(await eventOf('t1')).toEqual({ ...turn.event, replyWindows: [windows[0], windows[2]] });
        });

        it('when the conversation begins afresh, waiting deliveries included', async () => {
          await store.acceptTurn(withCallback('t1'), 0);
          await store.answerTurn('t1', turnAnswer(), [
            newDelivery('d0', { state: 'waiting', mode: 'callback', url: callback.url }),
          ]);
          await store.acceptTurn(withCallback('t2'), 0);
          await store.resetConversation(MINJI, START + 9);
          expect(JSON.stringify([await eventOf('t1'), await eventOf('t2')])).not.toContain(callback.url);
          expect(await deliveryOf('t1')).not.toHaveProperty('url');
        });

        it('when another process finds it cut while it was sent', async () => {
          await store.acceptTurn(withCallback('t1'), 0);
          await store.answerTurn('t1', turnAnswer(), [
            newDelivery('d0', { state: 'waiting', mode: 'callback', url: callback.url }),
          ]);
          await store.moveDelivery('d0', ['waiting'], 'sending', START + 1);
          await store.takeOver('process-2', START + 2);
          expect(await deliveryOf('t1')).toMatchObject({ state: 'unknown' });
          expect(await deliveryOf('t1')).not.toHaveProperty('url');
        });
      });

      it.each(['received', 'merged', 'suppressed', 'failed', 'answered'] as const)(
        'does nothing to a turn that is %s',
        async (state) => {
          await store.acceptTurn(newTurn('t1'), 0);
          await store.moveTurn('t1', ['answering'], state, START);
          const before = await store.readTurn('t1');
          expect(await store.answerTurn('t1', turnAnswer(), [newDelivery('d1')])).toBe(false);
          expect(await store.addDelivery('t1', newDelivery('d2'))).toBe(false);
          expect(await store.readTurn('t1')).toEqual(before);
          expect(await store.readDeliveries('t1')).toEqual([]);
        },
      );

      it('does nothing to a turn that is not there', async () => {
        expect(await store.answerTurn('nobody', turnAnswer(), [newDelivery('d1')])).toBe(false);
        expect(await store.addDelivery('nobody', newDelivery('d1'))).toBe(false);
      });

      it('lets exactly one of many answers win, with its own deliveries only', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => store.answerTurn('t1', turnAnswer(), [newDelivery(`d${index}`)])),
        );
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(ids(await store.readDeliveries('t1'))).toEqual([`d${answers.indexOf(true)}`]);
      });

      it('adds a message ahead of the answer', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        expect(await store.addDelivery('t1', newDelivery('early', { state: 'sending', mode: 'callback' }))).toBe(true);
        expect(await store.readTurn('t1')).toMatchObject({ state: 'answering' });
        expect(await deliveryOf('t1')).toMatchObject({ id: 'early', state: 'sending', createdAt: START });
        expect(await store.answerTurn('t1', turnAnswer(), [newDelivery('rest', { position: 1 })])).toBe(true);
        expect(ids(await store.readDeliveries('t1'))).toEqual(['early', 'rest']);
      });
    });

    describe('moving a delivery', () => {
      beforeEach(() => answeredTurn(newTurn('t1'), [newDelivery('d1', { state: 'waiting', mode: 'push' })]));

      it('moves it only from one of the states named', async () => {
        expect(await store.moveDelivery('d1', ['held'], 'sending', START + 2)).toBe(false);
        expect(await store.moveDelivery('d1', ['held', 'waiting'], 'sending', START + 3)).toBe(true);
        expect(await deliveryOf('t1')).toMatchObject({ state: 'sending', updatedAt: START + 3, createdAt: START + 1 });
        expect(await store.moveDelivery('nobody', ['waiting'], 'sending', START)).toBe(false);
      });

      it('records what the change says and keeps the rest', async () => {
        await store.moveDelivery('d1', ['waiting'], 'sending', START + 2, {
          attempted: true,
          url: 'https://example.test/a',
        });
        await store.moveDelivery('d1', ['sending'], 'waiting', START + 3, { result: '99', platformId: 'task-1' });
        await store.moveDelivery('d1', ['waiting'], 'held', START + 4, {
          attempted: true,
          mode: 'pickup',
          closesAt: START + 99,
        });
        expect(await deliveryOf('t1')).toMatchObject({
          state: 'held',
          mode: 'pickup',
          attempts: 2,
          result: '99',
          platformId: 'task-1',
          closesAt: START + 99,
        });
      });

      it('keeps the address of a callback as long as it may be needed, and no longer', async () => {
        const url = 'https://example.test/a';
        await store.moveDelivery('d1', ['waiting'], 'sending', START + 2, { url });
        expect(await deliveryOf('t1')).toMatchObject({ url });
        await store.moveDelivery('d1', ['sending'], 'waiting', START + 3);
        expect(await deliveryOf('t1')).toMatchObject({ url });
        await store.moveDelivery('d1', ['waiting'], 'sending', START + 4);
        await store.moveDelivery('d1', ['sending'], 'delivered', START + 5);
        expect(await deliveryOf('t1')).not.toHaveProperty('url');
      });

      it('lets exactly one of many claim it', async () => {
        const claims = await Promise.all(
          Array.from({ length: 50 }, () =>
            store.moveDelivery('d1', ['waiting'], 'sending', START, { attempted: true }),
          ),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
        expect(await deliveryOf('t1')).toMatchObject({ attempts: 1 });
      });
    });

    describe('an echo', () => {
      const echoed = (id: string, position: number, echoKey: string) =>
        newDelivery(id, {
          mode: 'push',
          state: 'waiting',
          position,
          message: { wire: {}, text: id, bubbles: 1, echoKey },
        });
      const echo = (keys: readonly string[], rest: Partial<Echo> = {}) =>
        store.recordEcho({
          conversationKey: newTurn('t1').conversationKey,
          keys,
          at: START + 9,
          since: START - 1_000,
          ...rest,
        });

      it('is that of the form in which a message went out', async () => {
        await answeredTurn(newTurn('t1'), [echoed('d1', 0, 'cards of the shop')]);
        await store.moveDelivery('d1', ['waiting'], 'sending', START + 2, { echoKey: 'cards of the shop' });
        expect(await store.moveDelivery('d1', ['sending'], 'sending', START + 3, { echoKey: 'plain' })).toBe(true);
        await store.moveDelivery('d1', ['sending'], 'unknown', START + 4);
        expect(await echo(['cards of the shop'])).toBeUndefined();
        expect(await echo(['plain'])).toBe('unknown');
      });

      it.each(['unknown', 'sending', 'delivered'] as const)('tells that what is %s has arrived', async (state) => {
        await answeredTurn(newTurn('t1'), [echoed('d1', 0, 'hello')]);
        await store.moveDelivery('d1', ['waiting'], 'sending', START + 2);
        if (state !== 'sending') await store.moveDelivery('d1', ['sending'], state, START + 3, { result: 'CUT' });
        expect(await echo(['hello'], { platformId: '17' })).toBe(state);
        expect(await deliveryOf('t1')).toMatchObject({ state: 'delivered', echoedAt: START + 9, platformId: '17' });
        expect(await echo(['hello'])).toBeUndefined();
      });

      it('goes to the oldest message that says the same and has none', async () => {
        await answeredTurn(newTurn('t1'), [echoed('d1', 0, 'same'), echoed('d2', 1, 'same'), echoed('d3', 2, 'other')]);
        for (const id of ['d1', 'd2', 'd3']) await store.moveDelivery(id, ['waiting'], 'sending', START + 2);
        for (const id of ['d1', 'd2']) await store.moveDelivery(id, ['sending'], 'unknown', START + 3);
        await echo(['no such', 'same']);
        const states = async () => (await store.readDeliveries('t1')).map(({ state }) => state);
        expect(await states()).toEqual(['delivered', 'unknown', 'sending']);
        await echo(['same']);
        expect(await states()).toEqual(['delivered', 'delivered', 'sending']);
      });

      it('is none of what waits, is held or has ended, of what is too old, or of another conversation', async () => {
        await answeredTurn(newTurn('t1'), [echoed('d1', 0, 'hello')]);
        expect(await echo(['hello'])).toBeUndefined();
        await store.moveDelivery('d1', ['waiting'], 'held', START + 2);
        expect(await echo(['hello'])).toBeUndefined();
        await store.moveDelivery('d1', ['held'], 'unknown', START + 3);
        expect(await echo(['hello'], { since: START + 1 })).toBeUndefined();
        expect(await echo(['hello'], { conversationKey: 'nobody' })).toBeUndefined();
        expect(await deliveryOf('t1')).toMatchObject({ state: 'unknown' });
        expect(await deliveryOf('t1')).not.toHaveProperty('echoedAt');
      });
    });

    describe('reset', () => {
      it('forgets what was said and ends what was going on', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1')]);
        await answeredTurn(newTurn('t2'), [newDelivery('d2', { state: 'waiting', mode: 'push' })]);
        await answeredTurn(newTurn('t3'), [newDelivery('d3', { state: 'sending', mode: 'push' })]);
        await store.moveDelivery('d3', ['sending'], 'unknown', START);
        await answeredTurn(newTurn('t4'), [newDelivery('d4', { state: 'sending', mode: 'push' })]);
        await store.acceptTurn(newTurn('t5', { state: 'received' }), 0);
        await store.acceptTurn(newTurn('t6'), 0);
        await store.acceptTurn(newTurn('t7'), 0);

        expect(await store.resetConversation(MINJI, START + 50, 't7')).toEqual(['t5', 't6']);

        const states = (await Promise.all(['t5', 't6', 't7'].map((id) => store.readTurn(id)))).map(
          (turn) => turn?.state,
        );
        expect(states).toEqual(['suppressed', 'suppressed', 'answering']);
        expect((await deliveryOf('t1'))?.state).toBe('suppressed');
        expect(await deliveryOf('t2')).toMatchObject({ state: 'suppressed', updatedAt: START + 50 });
        expect((await deliveryOf('t3'))?.state).toBe('suppressed');
        expect((await deliveryOf('t4'))?.state).toBe('sending'); // its bytes may be on their way
        expect(await store.readMemory(MINJI, 100, 10)).toEqual({ recentTurns: [], heldDeliveries: [] });
        expect(await store.readTurns(MINJI, 0, 10)).toEqual([]);
      });

      it('keeps the reset turn itself out of later memory, but lets its answer out', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        await store.resetConversation(MINJI, START, 't1');
        await store.answerTurn('t1', turnAnswer(), [newDelivery('d1')]);
        const accepted = await store.acceptTurn(newTurn('t2'), 10);
        expect(accepted).toMatchObject({ sequence: 2, memory: { recentTurns: [], heldDeliveries: [{ id: 'd1' }] } });
        await store.answerTurn('t2', turnAnswer(), []);
        expect(ids((await store.readMemory(MINJI, 100, 10)).recentTurns)).toEqual(['t2']);
      });

      it('spares what the reset turn has already answered', async () => {
        await answeredTurn(newTurn('t1'), [
          newDelivery('d1', { state: 'waiting', mode: 'push' }),
          newDelivery('d2', { position: 1 }),
        ]);
        expect(await store.resetConversation(MINJI, START, 't1')).toEqual([]);
        expect((await store.readDeliveries('t1')).map(({ state }) => state)).toEqual(['waiting', 'held']);
      });

      it('never offers again what was on its way when it happened', async () => {
        await answeredTurn(newTurn('t1'), [
          newDelivery('d1', { state: 'sending', mode: 'callback' }),
          newDelivery('d2', { position: 1, state: 'sending' }),
        ]);
        await store.resetConversation(MINJI, START);
        await store.moveDelivery('d1', ['sending'], 'unknown', START);
        await store.moveDelivery('d2', ['sending'], 'held', START);
        expect((await store.readMemory(MINJI, 100, 0)).heldDeliveries).toEqual([]);
      });

      it('ends every open turn when none is excepted, and touches no other conversation', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        await store.acceptTurn(newTurn('other', { conversation: customer('jun') }), 0);
        expect(await store.resetConversation(MINJI, START)).toEqual(['t1']);
        expect(await store.readTurn('other')).toMatchObject({ state: 'answering' });
        expect(await store.resetConversation(MINJI, START)).toEqual([]);
        expect(await store.resetConversation('nobody', START)).toEqual([]);
      });

      it('goes on counting', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        await store.resetConversation(MINJI, START);
        expect(await store.acceptTurn(newTurn('t2'), 0)).toMatchObject({ sequence: 2 });
      });
    });

    describe('greeting', () => {
      it('is given once in a cool-down, per conversation', async () => {
        const minji = customer('minji');
        expect(await store.claimGreeting(minji, START, 1_000)).toBe(true);
        expect(await store.claimGreeting(minji, START + 999, 1_000)).toBe(false);
        expect(await store.claimGreeting(customer('jun'), START + 999, 1_000)).toBe(true);
        expect(await store.claimGreeting(minji, START + 1_000, 1_000)).toBe(true);
        expect(await store.claimGreeting(minji, START + 1_999, 1_000)).toBe(false);
      });

      it('goes to one of many', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        const claims = await Promise.all(
          Array.from({ length: 50 }, () => store.claimGreeting(customer('minji'), START, 1_000)),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
      });

      it('takes no number of the conversation', async () => {
        await store.claimGreeting(customer('minji'), START, 1_000);
        expect(await store.acceptTurn(newTurn('t1'), 0)).toMatchObject({ sequence: 1 });
      });
    });

    describe('taking over', () => {
      it('takes the open turns and pending deliveries of the process that is gone', async () => {
        await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
        await store.acceptTurn(newTurn('t2'), 0);
        await answeredTurn(newTurn('t3'), [
          newDelivery('d0', { position: 0, state: 'sending', mode: 'callback' }),
          newDelivery('d1', { position: 1, state: 'waiting', mode: 'push' }),
          newDelivery('d2', { position: 2 }),
        ]);
        await store.acceptTurn(newTurn('mine', { ownerId: 'process-2' }), 0);
        store = await subject.reopen();

        const { turns, deliveries } = await store.takeOver('process-2', START + 77);

        expect(turns.map(({ id, state, ownerId }) => ({ id, state, ownerId }))).toEqual([
          { id: 't1', state: 'received', ownerId: 'process-2' },
          { id: 't2', state: 'answering', ownerId: 'process-2' },
        ]);
        expect(turns[0]).toEqual(await store.readTurn('t1'));
        expect(deliveries.map(({ id, state }) => ({ id, state }))).toEqual([
          { id: 'd0', state: 'unknown' },
          { id: 'd1', state: 'waiting' },
        ]);
        expect(deliveries).toEqual((await store.readDeliveries('t3')).slice(0, 2));
        expect(deliveries[0]).toMatchObject({ updatedAt: START + 77 });
        expect(await deliveryOf('t3', 2)).toMatchObject({ state: 'held' });
      });

      it('finds nothing the second time', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1', { state: 'waiting', mode: 'push' })]);
        await store.acceptTurn(newTurn('t2'), 0);
        await store.takeOver('process-2', START);
        expect(await store.takeOver('process-2', START)).toEqual({ turns: [], deliveries: [] });
      });

      it('leaves what the new owner is sending alone', async () => {
        await store.acceptTurn(newTurn('t1', { ownerId: 'process-2' }), 0);
        await store.answerTurn('t1', turnAnswer(), [newDelivery('d1', { state: 'sending', mode: 'push' })]);
        expect(await store.takeOver('process-2', START)).toEqual({ turns: [], deliveries: [] });
        expect(await deliveryOf('t1')).toMatchObject({ state: 'sending' });
      });
    });

    describe('retention', () => {
      it('deletes old turns with their deliveries, in any number', async () => {
        await Promise.all(
          Array.from({ length: 450 }, (_, index) =>
            store.acceptTurn(newTurn(`old-${index}`, { conversation: customer(`user-${index % 7}`) }), 0),
          ),
        );
        await store.answerTurn('old-0', turnAnswer(), [newDelivery('d-old')]);
        const young = newTurn('young', { conversation: customer('user-0'), receivedAt: START + 1_000 });
        await store.acceptTurn(young, 0);
        await store.answerTurn('young', turnAnswer(), [newDelivery('d-young')]);

        expect(await store.purgeBefore(START + 1_000)).toBe(450);

        expect(await store.readTurn('old-449')).toBeUndefined();
        expect(await store.readDeliveries('old-0')).toEqual([]);
        expect(await store.moveDelivery('d-old', ['held'], 'expired', START)).toBe(false);
        expect(ids(await store.readDeliveries('young'))).toEqual(['d-young']);
        expect(await store.counts()).toEqual({ openTurns: 0, waitingDeliveries: 0, heldDeliveries: 1 });
        expect(await store.purgeBefore(START + 1_000)).toBe(0);
      });

      it('forgets conversations that have been idle since, and only those', async () => {
        await store.acceptTurn(newTurn('t1'), 0);
        await store.acceptTurn(newTurn('t2', { conversation: customer('jun') }), 0);
        await store.claimGreeting(customer('jun'), START + 1_000, 60_000);
        await store.claimGreeting(customer('seo'), START, 60_000);
        await store.purgeBefore(START + 1_000);
        // Gone: counts from 1 again, and is greeted again.
        expect(await store.acceptTurn(newTurn('t3'), 0)).toMatchObject({ sequence: 1 });
        expect(await store.claimGreeting(customer('seo'), START + 1, 60_000)).toBe(true);
        // Still there.
        expect(await store.acceptTurn(newTurn('t4', { conversation: customer('jun') }), 0)).toMatchObject({
          sequence: 2,
        });
        expect(await store.claimGreeting(customer('jun'), START + 1_001, 60_000)).toBe(false);
      });

      it('expires held answers by age', async () => {
        const accepted = Array.from({ length: 230 }, (_, index) => newTurn(`t${index}`));
        await Promise.all(accepted.map((turn) => store.acceptTurn(turn, 0)));
        await Promise.all(accepted.map(({ id }) => store.answerTurn(id, turnAnswer(), [newDelivery(`d-${id}`)])));
        await store.acceptTurn(newTurn('young'), 0);
        await store.answerTurn('young', turnAnswer({ answeredAt: START + 10 }), [
          newDelivery('d-young'),
          newDelivery('d-waiting', { position: 1, state: 'waiting', mode: 'push' }),
        ]);
        expect(await store.expireHeldBefore(START + 10, START + 20)).toBe(230);
        expect(await deliveryOf('t0')).toMatchObject({ state: 'expired', updatedAt: START + 20 });
        expect((await store.readDeliveries('young')).map(({ state }) => state)).toEqual(['held', 'waiting']);
        expect(await store.expireHeldBefore(START + 10, START + 20)).toBe(0);
      });
    });

    describe('payments', () => {
      const jun = customer('jun');
      const paid: PaymentResult = { isSuccess: true, id: 'order-1', serviceId: 'p1' };

      it('are asked about once, each bot by itself', async () => {
        const atOtherShop = { ...jun, botId: 'other' };
        expect(await store.openPayment(jun, 'p1', START)).toBe(true);
        expect(await store.openPayment(jun, 'p1', START)).toBe(false);
        expect(await store.openPayment(customer('minji'), 'p1', START)).toBe(false);
        expect(await store.openPayment(atOtherShop, 'p1', START)).toBe(true);
        expect(await store.openPayment(jun, 'p2', START)).toBe(true);
      });

      it('remember what was asked, also when they are settled', async () => {
        expect(await store.readPayment(jun.botId, 'p1')).toBeUndefined();
        const asked = { ...paid, customerId: 'c1' };
        await store.openPayment(jun, 'p1', START, asked);
        await store.openPayment(jun, 'p2', START);
        await store.decidePayment(jun.botId, 'p1', 'approved', START + 1);
        expect(await store.readPayment(jun.botId, 'p1')).toEqual({ state: 'approved', request: asked });
        expect(await store.readPayment(jun.botId, 'p2')).toEqual({ state: 'asked' });
        await store.settlePayment(jun, 'p1', { isSuccess: true, serviceId: 'p1' }, START + 2);
        expect(await store.readPayment(jun.botId, 'p1')).toEqual({ state: 'paid', request: asked });
        expect(await store.readPayment('other', 'p1')).toBeUndefined();
      });

      it('are untold from their settlement until the operator knows, over a restart too', async () => {
        await store.openPayment(jun, 'p1', START);
        await store.decidePayment(jun.botId, 'p1', 'approved', START + 1);
        expect(await store.untoldPayments()).toEqual([]);
        await store.settlePayment(jun, 'p1', { ...paid, details: { cardNo: '1234' } }, START + 2);
        const failed: PaymentResult = { isSuccess: false, reason: '한도 초과' };
        await store.settlePayment(customer('minji'), 'p0', failed, START + 1);
        store = await subject.reopen();
        expect(await store.untoldPayments()).toEqual([
          { conversation: customer('minji'), key: 'p0', payment: failed },
          { conversation: jun, key: 'p1', payment: paid },
        ]);
        await store.paymentTold(jun.botId, 'p1');
        expect(await store.untoldPayments()).toMatchObject([{ key: 'p0' }]);
        await store.decidePayment(jun.botId, 'p1', 'refused', START + 3);
        expect(await store.openPayment(jun, 'p1', START + 3)).toBe(false);
      });

      it('are asked about once, also when the conversation was erased in between', async () => {
        for (const key of ['asked', 'approved', 'paid'])
          await store.openPayment(jun, key, START, { isSuccess: true, id: key });
        await store.decidePayment(jun.botId, 'approved', 'approved', START);
        await store.settlePayment(jun, 'paid', paid, START);
        await store.eraseConversation(conversationKey(jun), START);
        store = await subject.reopen();
        await store.decidePayment(jun.botId, 'asked', 'refused', START);
        await store.decidePayment(jun.botId, 'paid', 'refused', START);
        for (const key of ['asked', 'approved', 'paid']) expect(await store.openPayment(jun, key, START)).toBe(false);
        const known = await Promise.all(['asked', 'approved', 'paid'].map((key) => store.readPayment(jun.botId, key)));
        expect(known).toEqual([{ state: 'refused' }, { state: 'approved' }, { state: 'paid' }]);
        expect(await store.readPayment('other', 'approved')).toBeUndefined();
        await store.settlePayment(jun, 'approved', paid, START + 1);
        expect(await store.readPayment(jun.botId, 'approved')).toEqual({ state: 'paid' });
        expect(await store.untoldPayments()).toHaveLength(2);
      });

      it('stay untold when their customer is erased, without whatever names one', async () => {
        const theirs = { ...paid, customerId: 'member jun', reason: '이준 님의 카드' };
        await store.settlePayment(jun, 'p2', { ...theirs, isSuccess: false, serviceId: 'p2\u0000' }, START + 2);
        await store.settlePayment(jun, 'p1', { ...theirs, details: { name: '이준' } }, START + 1);
        await store.settlePayment(jun, 'told', theirs, START);
        await store.paymentTold(jun.botId, 'told');
        await store.openPayment(jun, 'asked', START, theirs);
        await store.eraseConversation(conversationKey(jun), START + 3);
        store = await subject.reopen();
        const nobody = { botId: jun.botId, channel: jun.channel };
        expect(await store.untoldPayments()).toMatchObject([
          { conversation: nobody, key: 'p1' },
          { conversation: nobody, key: 'p2' },
        ]);
        expect((await store.untoldPayments())[0]).toEqual({ conversation: nobody, key: 'p1', payment: paid });
        expect(JSON.stringify(await store.untoldPayments())).not.toMatch(/jun|이준/);
        await store.paymentTold('other', 'p1');
        await store.purgeBefore(START + 10);
        expect(await store.untoldPayments()).toHaveLength(2);
        await store.paymentTold(jun.botId, 'p1');
        expect(await store.untoldPayments()).toMatchObject([{ key: 'p2', payment: { isSuccess: false } }]);
      });

      it('stay untold when nothing else of the conversation is young', async () => {
        await store.settlePayment(jun, 'p1', paid, START);
        await store.purgeBefore(START + 10);
        expect(await store.untoldPayments()).toEqual([{ conversation: jun, key: 'p1', payment: paid }]);
        await store.paymentTold(jun.botId, 'p1');
        await store.purgeBefore(START + 10);
        expect(await store.readPayment(jun.botId, 'p1')).toBeUndefined();
      });

      it('go with the conversations of their time, but not before the operator knows', async () => {
        for (const key of ['old', 'untold', 'young']) await store.openPayment(jun, key, START);
        await store.settlePayment(jun, 'untold', paid, START);
        await store.decidePayment(jun.botId, 'young', 'refused', START + 10);
        await store.acceptTurn(newTurn('t1', { conversation: jun, receivedAt: START + 10 }), 0);
        await store.purgeBefore(START + 5);
        expect(await store.openPayment(jun, 'old', START + 10)).toBe(true);
        expect(await store.openPayment(jun, 'young', START + 10)).toBe(false);
        expect(await store.untoldPayments()).toMatchObject([{ key: 'untold' }]);
      });
    });

    describe('personal data', () => {
      const jun = customer('jun');
      const JUN = conversationKey(jun);
      const field = { sealed: 'c2VhbGVk', expiresAt: START + 1_000 };

      it('is kept until it expires, over a restart too', async () => {
        expect(await store.readPersonalData(JUN, START)).toEqual({ isUnder14: false, fields: new Map() });
        await store.savePersonalField(jun, 'phone', field, START);
        await store.savePersonalField(jun, 'address', { ...field, expiresAt: START + 2_000 }, START);
        await store.savePersonalField(jun, 'phone', { ...field, sealed: 'bmV3' }, START);
        store = await subject.reopen();
        const both = new Map([
          ['address', 'c2VhbGVk'],
          ['phone', 'bmV3'],
        ]);
        expect((await store.readPersonalData(JUN, START + 999)).fields).toEqual(both);
        expect([...(await store.readPersonalData(JUN, START + 1_000)).fields.keys()]).toEqual(['address']);
        expect((await store.readPersonalData(MINJI, START)).fields.size).toBe(0);
        await store.purgePersonalFields(START + 1_000);
        expect([...(await store.readPersonalData(JUN, START)).fields.keys()]).toEqual(['address']);
      });

      it('of a customer under 14 is deleted', async () => {
        await store.saveUnder14(jun, false, START);
        await store.savePersonalField(jun, 'phone', field, START);
        await store.saveUnder14(jun, true, START);
        expect(await store.readPersonalData(JUN, START)).toEqual({ isUnder14: true, fields: new Map() });
        await store.saveUnder14(jun, false, START);
        expect((await store.readPersonalData(JUN, START)).isUnder14).toBe(false);
      });

      it('goes with everything else of a conversation, and of no other one', async () => {
        await answeredTurn(newTurn('t1'), [newDelivery('d1'), newDelivery('d2', { position: 1, state: 'waiting' })]);
        await store.acceptTurn(newTurn('t2', { state: 'received' }), 0);
        await answeredTurn(newTurn('t3', { conversation: jun }), [newDelivery('d3')]);
        await store.savePersonalField(customer('minji'), 'phone', field, START);
        await store.savePersonalField(jun, 'phone', field, START);
        await store.openPayment(customer('minji'), 'p1', START);
        await store.saveThread(storedThread('r1'), undefined, START);
        await store.eraseConversation(MINJI, START);
        expect(await Promise.all(['t1', 't2'].map((id) => store.readTurn(id)))).toEqual([undefined, undefined]);
        expect(await store.readDeliveries('t1')).toEqual([]);
        expect(await store.readThreads()).toEqual([]);
        expect((await store.readPersonalData(MINJI, START)).fields.size).toBe(0);
        expect(await store.counts()).toEqual({ openTurns: 0, waitingDeliveries: 0, heldDeliveries: 1 });
        expect((await store.readPersonalData(JUN, START)).fields.size).toBe(1);
        expect(await store.moveDelivery('d2', ['waiting'], 'sending', START)).toBe(false);
        expect(await store.answerTurn('t2', turnAnswer(), [])).toBe(false);
        expect(await store.acceptTurn(newTurn('t4'), 10)).toMatchObject({ sequence: 1, memory: { recentTurns: [] } });
        await store.eraseConversation('nobody', START);
      });

      it('is refused to a customer under 14 after an erasure too, until the next word on the age', async () => {
        await store.saveUnder14(jun, true, START);
        await store.saveUnder14(customer('minji'), false, START);
        await store.eraseConversation(JUN, START);
        await store.eraseConversation(MINJI, START);
        store = await subject.reopen();
        await store.acceptTurn(newTurn('t1', { conversation: jun }), 0);
        await store.eraseConversation(JUN, START);
        expect((await store.readPersonalData(JUN, START)).isUnder14).toBe(true);
        expect((await store.readPersonalData(MINJI, START)).isUnder14).toBe(false);
        await store.saveUnder14(jun, false, START);
        expect((await store.readPersonalData(JUN, START)).isUnder14).toBe(false);
      });

      it('leaves marks that go with the conversations of their time', async () => {
        for (const at of [START, START + 10]) {
          const ref = customer(`child at ${at}`);
          await store.saveUnder14(ref, true, at);
          await store.openPayment(ref, `p${at}`, at);
          await store.eraseConversation(conversationKey(ref), at);
        }
        await store.purgeBefore(START + 5);
        const ages = [START, START + 10].map((at) => conversationKey(customer(`child at ${at}`)));
        const read = await Promise.all(ages.map((key) => store.readPersonalData(key, START)));
        expect(read.map(({ isUnder14 }) => isUnder14)).toEqual([false, true]);
        expect(await store.openPayment(jun, `p${START}`, START)).toBe(true);
        expect(await store.openPayment(jun, `p${START + 10}`, START)).toBe(false);
      });
    });

    threadContract(
      () => store,
      async () => {
        store = await subject.reopen();
      },
    );
    summaryContract(() => store);

    deadTurnsContract(
      () => store,
      async () => {
        store = await subject.reopen();
      },
    );
    ledgerContract(
      () => store,
      async () => {
        store = await subject.reopen();
      },
    );

    it('counts what is open, waiting and held', async () => {
      expect(await store.counts()).toEqual({ openTurns: 0, waitingDeliveries: 0, heldDeliveries: 0 });
      await store.acceptTurn(newTurn('t1', { state: 'received' }), 0);
      await store.acceptTurn(newTurn('t2'), 0);
      await answeredTurn(newTurn('t3'), [
        newDelivery('d0', { state: 'waiting', mode: 'push' }),
        newDelivery('d1', { position: 1, state: 'sending', mode: 'push' }),
        newDelivery('d2', { position: 2 }),
        newDelivery('d3', { position: 3 }),
      ]);
      await store.moveDelivery('d1', ['sending'], 'unknown', START);
      expect(await store.counts()).toEqual({ openTurns: 2, waitingDeliveries: 1, heldDeliveries: 2 });
    });

    it('does what a plain model of it does, step by step', async () => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(storeSteps, async (steps) => {
          await checkAgainstModel(store, customer(`model-${round++}`), steps);
        }),
        { numRuns: 60 },
      );
    });

    describe('closing', () => {
      it('finishes what was called before and refuses what comes after', async () => {
        const accepted = store.acceptTurn(newTurn('t1'), 0);
        await Promise.all([store.close(), store.close()]);
        expect(await accepted).toMatchObject({ sequence: 1 });
        await expect(store.readTurn('t1')).rejects.toMatchObject({ code: 'STORE_FAILED' });
        store = await subject.reopen();
        expect(await store.readTurn('t1')).toMatchObject({ id: 't1' });
      });
    });
  });
}
