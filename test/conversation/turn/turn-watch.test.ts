/** A page that came back waits for its turn, whoever works on it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActiveTurn } from '../../../src/conversation/turn/active-turn.ts';
import { TurnWatch } from '../../../src/conversation/turn/turn-watch.ts';
import type { MessageReceived } from '../../../src/message.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const PATIENCE_MS = 10_000;

let rig: GatewayRig;
let asked: MessageReceived;
const never = new AbortController().signal;

beforeEach(async () => {
  rig = await GatewayRig.open();
  asked = rig.message('web', '배송은 언제 와요?');
  await rig.send(asked);
});

afterEach(() => rig.close());

/** Of a process beside the one that works on the turn. */
function watchBeside(ownerId = 'beside'): TurnWatch {
  const { store, clock } = rig;
  return new TurnWatch({ store, clock, ownerId }, { get: () => undefined, isTakingOver: false });
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    await rig.clock.advance(500);
    await rig.settle();
  }
}

async function finishAnswer(text: string): Promise<void> {
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
  await rig.settle();
}

describe('a turn of another process', () => {
  it('is waited for until it is answered', async () => {
    const watched = watchBeside().watch(asked.id, rig.key('web'), PATIENCE_MS, never);
    await pass(3_000);
    await finishAnswer('내일 도착해요.');
    await pass(1_000);
    expect(await watched).toMatchObject({ kind: 'ended', turn: { id: asked.id, state: 'answered' } });
  });

  it('is still open when patience ends, the browser goes, or the process stops', async () => {
    const gone = new AbortController();
    const watch = watchBeside();
    const until = {
      patience: watch.watch(asked.id, rig.key('web'), 2_000, never),
      browser: watch.watch(asked.id, rig.key('web'), PATIENCE_MS, gone.signal),
      process: watch.watch(asked.id, rig.key('web'), PATIENCE_MS, never),
    };
    await pass(2_000);
    expect(await until.patience).toEqual({ kind: 'open' });
    gone.abort();
    await rig.settle();
    expect(await until.browser).toEqual({ kind: 'open' });
    watch.stop();
    await rig.settle();
    expect(await until.process).toEqual({ kind: 'open' });
    expect(await watch.watch(asked.id, rig.key('web'), PATIENCE_MS, never)).toEqual({ kind: 'open' });
  });

  it('is shown as it grows once this process has taken it over', async () => {
    let taken: ActiveTurn | undefined;
    const { store, clock } = rig;
    const watch = new TurnWatch({ store, clock, ownerId: 'beside' }, { get: () => taken, isTakingOver: false });
    const watched = watch.watch(asked.id, rig.key('web'), PATIENCE_MS, never);
    await pass(1_000);
    taken = new ActiveTurn(rig.bot, rig.channel('web'), asked, rig.key('web'), 'stream', false);
    await pass(1_000);
    expect(await watched).toEqual({ kind: 'running', feed: taken.feed });
  });
});

it('a turn of this process that nobody works on has ended, but not at the first look', async () => {
  const watched = watchBeside('first').watch(asked.id, rig.key('web'), PATIENCE_MS, never);
  let isKnown = false;
  void watched.finally(() => {
    isKnown = true;
  });
  await rig.settle();
  expect(isKnown).toBe(false);
  await pass(1_000);
  expect(await watched).toMatchObject({ kind: 'ended', turn: { state: 'answering' } });
});

describe('the answer to a question whose process was killed', () => {
  const states = async () => (await rig.store.readDeliveries(asked.id)).map(({ state }) => state);
  const shown = (turnIds: readonly string[]) =>
    rig.gateway.answersShown({ conversationKey: rig.key('web'), turnIds: new Set(turnIds), awaited: [] });

  it('waits for the browser, and is delivered once that has shown it', async () => {
    await rig.engine.nextCall();
    rig.die();
    await rig.restart();
    await finishAnswer('내일 도착해요.');
    expect(await states()).toEqual(['held']);
    await shown([]);
    await shown(['another']);
    expect(await states()).toEqual(['held']);
    await shown([asked.id]);
    expect(await states()).toEqual(['delivered']);
  });

  it('counts as delivered also where it was on its way when the process was killed', async () => {
    await finishAnswer('내일 도착해요.');
    expect(await states()).toEqual(['sending']);
    rig.die();
    await rig.restart();
    expect(await states()).toEqual(['unknown']);
    await shown([asked.id]);
    expect(await states()).toEqual(['delivered']);
  });
});
