import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Circuit, type CircuitStateName, createCircuit } from '../../../src/engine/call-path/circuit.ts';
import { type ErrorCode, GatewayError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { thrownBy } from '../../helpers/engine-contract.ts';

const NOBODY_CANCELS = new AbortController().signal;

async function* oneWord() {
  yield '안녕하세요';
}

async function* failing(code: ErrorCode) {
  yield '안녕';
  throw new GatewayError(code, 'no');
}

async function read<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const read: Part[] = [];
  for await (const part of parts) read.push(part);
  return read;
}

describe('the circuit of an upstream', () => {
  let circuit: Circuit;
  let changes: CircuitStateName[];

  // The library reads the system's clock.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    changes = [];
    circuit = createCircuit(systemClock, (state) => changes.push(state));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const ask = (
    call: () => AsyncIterable<string> = oneWord,
    { availableMs = 60_000, signal = NOBODY_CANCELS }: { availableMs?: number; signal?: AbortSignal } = {},
  ) => read(circuit.pass({ availableMs, signal }, call));
  const codeOf = async (asked: Promise<unknown>) => {
    const thrown = await thrownBy(() => asked);
    return thrown instanceof GatewayError ? thrown.code : thrown;
  };
  const fail = async (count: number, code: ErrorCode = 'ENGINE_UNREACHABLE', availableMs = 60_000) => {
    for (let i = 0; i < count; i += 1) {
      expect(await codeOf(ask(() => failing(code), { availableMs }))).toBe(code);
    }
  };
  const walkAway = async () => {
    for await (const _ of circuit.pass({ availableMs: 60_000, signal: NOBODY_CANCELS }, oneWord)) break;
  };
  const wait = (ms: number) => vi.setSystemTime(Date.now() + ms);

  it('hands on what the call gives and throws', async () => {
    expect(await ask()).toEqual(['안녕하세요']);
    expect(await codeOf(ask(() => failing('ENGINE_FAILED')))).toBe('ENGINE_FAILED');
    expect(changes).toEqual([]);
  });

  it('is open after five failures, and refuses without calling', async () => {
    await fail(5);
    const call = vi.fn(oneWord);
    const thrown = await thrownBy(() => ask(call));
    expect(thrown).toMatchObject({ code: 'ENGINE_NOT_ASKED', details: { reason: 'circuit-open' } });
    expect(call).not.toHaveBeenCalled();
    expect(changes).toEqual(['open']);
  });

  it('opens for an upstream that fails more often than not, although it answers now and then', async () => {
    for (let i = 0; i < 4; i += 1) await ask();
    await fail(4);
    expect(changes).toEqual([]);
    await fail(1);
    expect(changes).toEqual(['open']);
  });

  it('stays closed while half of the calls are answered', async () => {
    for (let i = 0; i < 20; i += 1) {
      await ask();
      await fail(1);
    }
    expect(changes).toEqual([]);
  });

  it.each<ErrorCode>([
    'ENGINE_UNAUTHORIZED',
    'ENGINE_MODEL_UNAVAILABLE',
    'ENGINE_OVERLOADED',
    'ENGINE_UNREACHABLE',
    'ENGINE_TIMEOUT',
    'ENGINE_FAILED',
    'ENGINE_STREAM_BROKEN',
  ])('%s is the fault of the upstream', async (code) => {
    await fail(5, code);
    expect(changes).toEqual(['open']);
  });

  it.each<ErrorCode>([
    'ENGINE_FILTERED',
    'ENGINE_CONTEXT_TOO_LONG',
    'ENGINE_BAD_REQUEST',
    'ENGINE_RATE_LIMITED',
    'ENGINE_NOT_ASKED',
    'TURN_CANCELLED',
  ])('%s is not', async (code) => {
    await fail(20, code);
    expect(changes).toEqual([]);
  });

  it('does not hold a call that had hardly any time for slow', async () => {
    await fail(20, 'ENGINE_TIMEOUT', 4_999);
    expect(changes).toEqual([]);
    await fail(5, 'ENGINE_TIMEOUT', 5_000);
    expect(changes).toEqual(['open']);
  });

  it('does not hold a call for slow whose share went by in a queue', async () => {
    const silentFor = (waitedMs: number) =>
      ask(async function* () {
        yield* [];
        throw new GatewayError('ENGINE_TIMEOUT', 'no', { details: { limit: 'share', waitedMs } });
      });
    for (let i = 0; i < 20; i += 1) await codeOf(silentFor(4_999));
    expect(changes).toEqual([]);
    for (let i = 0; i < 5; i += 1) await codeOf(silentFor(5_000));
    expect(changes).toEqual(['open']);
  });

  it('learns of a call that was under way when it opened nothing any more', async () => {
    const gate = Promise.withResolvers<void>();
    const late = ask(async function* () {
      yield* [];
      await gate.promise;
      throw new GatewayError('ENGINE_FAILED', 'no');
    });
    await fail(5);
    wait(1_000);
    await ask();
    const probed = [...changes];
    gate.resolve();
    expect(await codeOf(late)).toBe('ENGINE_FAILED');
    expect(probed).toEqual(['open', 'half-open', 'closed']);
    expect(changes).toEqual(probed);
  });

  it('tells the caller of each part, and once how the call has ended', async () => {
    const heard: unknown[] = [];
    const caller = {
      availableMs: 60_000,
      signal: NOBODY_CANCELS,
      onPart: () => heard.push('part'),
      onEnd: (failure: GatewayError | undefined) => heard.push(failure?.code),
    };
    await read(circuit.pass(caller, oneWord));
    expect(heard.splice(0)).toEqual(['part', undefined]);
    await thrownBy(() => read(circuit.pass(caller, () => failing('ENGINE_FAILED'))));
    expect(heard.splice(0)).toEqual(['part', 'ENGINE_FAILED']);
    for await (const _ of circuit.pass(caller, oneWord)) break;
    expect(heard.splice(0)).toEqual(['part', 'TURN_CANCELLED']);
    circuit.pass(caller, oneWord);
    expect(heard).toEqual([]);
  });

  it('learns nothing from callers who cancel or walk away', async () => {
    const signal = AbortSignal.abort();
    for (let i = 0; i < 20; i += 1) {
      await codeOf(ask(() => failing('ENGINE_UNREACHABLE'), { signal }));
      await walkAway();
    }
    expect(changes).toEqual([]);
  });

  it('tries once after a pause, and closes when that is answered', async () => {
    await fail(5);
    wait(999);
    expect(await codeOf(ask())).toBe('ENGINE_NOT_ASKED');
    wait(1);
    expect(await ask()).toEqual(['안녕하세요']);
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it('lets nobody wait for the call that tries', async () => {
    await fail(5);
    wait(1_000);
    const gate = Promise.withResolvers<void>();
    const probe = ask(async function* () {
      await gate.promise;
      yield '안녕하세요';
    });
    expect(await codeOf(ask())).toBe('ENGINE_NOT_ASKED');
    gate.resolve();
    await probe;
    expect(await ask()).toEqual(['안녕하세요']);
  });

  it('waits longer after each try that fails, up to a minute', async () => {
    await fail(5);
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      wait(pauseMs - 1);
      expect(await codeOf(ask())).toBe('ENGINE_NOT_ASKED');
      wait(1);
      await fail(1);
    }
  });

  it.each<[string, () => Promise<unknown>]>([
    ['walked away from', () => walkAway()],
    ['cancelled', () => ask(() => failing('INTERNAL'), { signal: AbortSignal.abort() })],
    ['cut short', () => ask(() => failing('ENGINE_TIMEOUT'), { availableMs: 100 })],
  ])('a try that was %s proves nothing', async (_, tryOnce) => {
    await fail(5);
    wait(1_000);
    await thrownBy(tryOnce);
    expect(changes).toEqual(['open', 'half-open', 'open']);
  });

  it('takes any answer to a try for a sign of life', async () => {
    await fail(5);
    wait(1_000);
    await fail(1, 'ENGINE_FILTERED');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  describe('that another process found failing', () => {
    it('opens with the first failure', async () => {
      circuit.doubt();
      await fail(1);
      expect(changes).toEqual(['open']);
      expect(await codeOf(ask())).toBe('ENGINE_NOT_ASKED');
    });

    it('goes on asking: the fault may be on the way of the other', async () => {
      circuit.doubt();
      const running = Array.from({ length: 20 }, () => ask());
      expect(await Promise.all(running)).toHaveLength(20);
      expect(changes).toEqual([]);
    });

    it('is no longer in doubt once it answers', async () => {
      circuit.doubt();
      await ask();
      await fail(1);
      expect(changes).toEqual([]);
    });

    it('is in doubt for a minute, and only for what is its fault', async () => {
      circuit.doubt();
      await fail(3, 'ENGINE_FILTERED');
      wait(60_000);
      await fail(4);
      expect(changes).toEqual([]);
    });

    it('is tried as usual when it is open already', async () => {
      await fail(5);
      circuit.doubt();
      wait(1_000);
      expect(await ask()).toEqual(['안녕하세요']);
      await fail(1);
      expect(changes).toEqual(['open', 'half-open', 'closed']);
    });
  });
});
