import { expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { tryAgain, tryFor } from '../../src/platform/try-again.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const busy = () => new GatewayError('STORE_BUSY', 'away');

/** Fails so often, then answers. */
function failing(times: number, failure = busy) {
  const calls = { count: 0 };
  const call = async () => {
    calls.count += 1;
    if (calls.count <= times) throw failure();
    return 'done';
  };
  return { calls, call };
}

it('calls again after each pause until it succeeds', async () => {
  const clock = new ManualClock();
  const { call, calls } = failing(2);
  const result = tryFor(1_000, call, { clock, pauseMs: 100 });
  await clock.advance(99);
  expect(calls.count).toBe(1);
  await clock.advance(101);
  await expect(result).resolves.toBe('done');
  expect(calls.count).toBe(3);
});

it('gives up with the last failure when the patience is used up', async () => {
  const clock = new ManualClock();
  const { call, calls } = failing(99);
  const result = expect(tryFor(250, call, { clock, pauseMs: 100 })).rejects.toThrow(/away/);
  await clock.advance(1_000);
  await result;
  expect(calls.count).toBe(4);
});

it('does not call again for what will not pass', async () => {
  const { call, calls } = failing(99, () => new GatewayError('STORE_UNFIT', 'broken'));
  await expect(tryFor(1_000, call, { clock: new ManualClock(), pauseMs: 100 })).rejects.toThrow(/broken/);
  expect(calls.count).toBe(1);
});

it('a signal ends the pause', async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const { call, calls } = failing(99);
  const result = expect(
    tryAgain(call, {
      clock,
      pauseMs: 100,
      isWorthAnother: () => !abort.signal.aborted,
      signal: abort.signal,
    }),
  ).rejects.toThrow(/away/);
  await clock.advance(99);
  abort.abort();
  await result;
  expect(calls.count).toBe(2);
});
