/** What every engine owes the gateway, as tests. An engine's own test file calls {@link engineContract} with a way to set it up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, EnginePart, EngineRequest } from '../../src/engine/engine.ts';
import { GatewayError } from '../../src/errors.ts';
import { WAIT } from './wait.ts';

export interface EngineContractSubject {
  readonly engine: Engine;
  /** A question that the engine (and the upstream behind it) answers. */
  readonly request: EngineRequest;
  /** From now on the upstream takes requests and says nothing. Absent: the engine waits for nobody. */
  readonly hangUpstream?: () => void;
  /** From now on the upstream refuses every request. Absent: there is no upstream. */
  readonly breakUpstream?: () => void;
  /** How many requests the upstream has taken so far. */
  readonly upstreamRequests?: () => number;
  /** Resolves when the upstream has seen its client go away. */
  readonly upstreamSawCut?: () => Promise<unknown>;
  readonly tearDown?: () => Promise<void>;
}

/** A request with nothing special in it. `closesAt` is a minute away. */
export function engineRequest(overrides: Partial<EngineRequest> = {}): EngineRequest {
  return {
    requestId: 'req-contract-1',
    conversation: { botId: 'default', channel: 'test', user: 'contract' },
    systemPrompt: '당신은 친절한 상담원입니다.',
    history: [],
    question: '영업시간이 어떻게 되나요?',
    grounds: [],
    confidence: 'none',
    failuresInARow: 0,
    contact: '',
    closesAt: Date.now() + 60_000,
    ...overrides,
  };
}

export async function collectParts(
  engine: Engine,
  request: EngineRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<EnginePart[]> {
  const parts: EnginePart[] = [];
  for await (const part of engine.answer(request, signal)) parts.push(part);
  return parts;
}

export function textOf(parts: readonly EnginePart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
}

/** Whatever the call throws, `undefined` when it does not. */
export async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Deltas, at most one reply, then exactly one `finished`. */
export function expectPartGrammar(parts: readonly EnginePart[]): void {
  const shape = parts
    .map((part) => ({ 'text-delta': 'd', reply: 'r', 'tool-calls': 't', finished: 'f' })[part.type])
    .join('');
  expect(shape).toMatch(/^d*r?f$/);
  for (const part of parts) {
    if (part.type === 'text-delta') expect(part.text).not.toBe('');
  }
}

/** Runs `setUp` before each test of the contract and `tearDown` after it. */
export function engineContract(
  name: string,
  setUp: () => EngineContractSubject | Promise<EngineContractSubject>,
): void {
  describe(`${name} keeps the engine contract`, () => {
    let subject: EngineContractSubject;

    beforeEach(async () => {
      subject = await setUp();
    });

    afterEach(async () => {
      await subject.engine.close();
      await subject.tearDown?.();
    });

    it('has a name', () => {
      expect(subject.engine.name).toMatch(/^[a-z0-9-]+$/);
    });

    it('answers with deltas, a reply or both, then exactly one finished part', async () => {
      const parts = await collectParts(subject.engine, subject.request);
      expectPartGrammar(parts);
      expect(parts.length).toBeGreaterThan(1);
    });

    it('yields plain data that survives JSON', async () => {
      const parts = await collectParts(subject.engine, subject.request);
      expect(JSON.parse(JSON.stringify(parts))).toEqual(parts);
    });

    it('answers several questions at once, each in full', async () => {
      const alone = await collectParts(subject.engine, subject.request);
      const together = await Promise.all([1, 2, 3].map(() => collectParts(subject.engine, subject.request)));
      for (const parts of together) {
        expectPartGrammar(parts);
        expect(textOf(parts)).toBe(textOf(alone));
      }
    });

    it('answers again after a consumer walked away in the middle', async () => {
      for await (const part of subject.engine.answer(subject.request, new AbortController().signal)) {
        expect(part).toBeDefined();
        break;
      }
      expectPartGrammar(await collectParts(subject.engine, subject.request));
    });

    it('does nothing for a signal that has already fired', async () => {
      const thrown = await thrownBy(() => collectParts(subject.engine, subject.request, AbortSignal.abort()));
      if (subject.hangUpstream === undefined && thrown === undefined) return; // nothing to cancel in an engine that waits for nobody
      expect(thrown).toBeInstanceOf(GatewayError);
    });

    it('throws when it is cancelled, and the cut reaches the upstream', async () => {
      if (subject.hangUpstream === undefined) return;
      subject.hangUpstream();
      const controller = new AbortController();
      const answer = thrownBy(() => collectParts(subject.engine, subject.request, controller.signal));
      await expect.poll(() => subject.upstreamRequests?.(), WAIT).toBe(1);
      controller.abort();
      expect(await answer).toBeInstanceOf(GatewayError);
      await subject.upstreamSawCut?.();
    });

    it('gives up at closesAt', async () => {
      if (subject.hangUpstream === undefined) return;
      subject.hangUpstream();
      const request = { ...subject.request, closesAt: Date.now() + 200 };
      const thrown = await thrownBy(() => collectParts(subject.engine, request));
      expect(thrown).toBeInstanceOf(GatewayError);
      expect((thrown as GatewayError).code).toBe('ENGINE_TIMEOUT');
    });

    it('throws a typed error without the question in it when the upstream refuses', async () => {
      if (subject.breakUpstream === undefined) return;
      subject.breakUpstream();
      const request = { ...subject.request, closesAt: Date.now() + 1_000 };
      const thrown = await thrownBy(() => collectParts(subject.engine, request));
      expect(thrown).toBeInstanceOf(GatewayError);
      const error = thrown as GatewayError;
      expect(error.code).toMatch(/^ENGINE_/);
      expect(JSON.stringify([error.message, error.details])).not.toContain(subject.request.question);
    });

    it('closes more than once without complaint', async () => {
      await subject.engine.close();
      await subject.engine.close();
    });
  });
}
