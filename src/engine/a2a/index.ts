/** Agents that speak A2A: those of CLOVA Studio GOV, and any other. An agent brings its own instructions and knowledge: it gets the
 *  question alone, and what it says goes out as it is. */
import type { Pool } from 'undici';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import { AnswerExchange } from '../../http-client/answer-exchange.ts';
import { retryPauseMs, SHORTEST_ATTEMPT_MS } from '../../http-client/retry.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import { type Clock, delay, systemClock } from '../../platform/clock.ts';
import { type NewId, randomId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/logger.ts';
import { openUpstream } from '../../platform/upstream.ts';
import type { Engine, EnginePart, EngineRequest } from '../engine.ts';
import { AgentAnswer } from './agent-answer.ts';
import { lookAtCard } from './agent-card.ts';
import { type Dialect, type Way, waysToAsk } from './dialect.ts';
import { AGENT, asksForAnotherWay, lostSightOfTask, mayBeAboutSession, noEnd, wasNotTakenUp } from './errors.ts';
import { GrowingText } from './growing-text.ts';
import { type AgentFrame, AgentStreamReader, MAX_WHOLE_BYTES, readWholeResponse, type Settled } from './reader.ts';
import { toReply } from './reply.ts';
import { type Question, rpcBody, sendParams } from './request.ts';
import { type AgentSession, decodeSession, encodeSession, isEmpty, NO_SESSION } from './session.ts';
import type { A2aEngineSettings } from './settings.ts';
import { Ways } from './ways.ts';

export type { A2aEngineSettings } from './settings.ts';

export interface A2aEngineDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly newId?: NewId;
  /** 0..1 */
  readonly random?: () => number;
}

/** Looks at the agent's card in the background: what does not fit is a warning in the log, and never holds up the start. */
export function createA2aEngine(settings: A2aEngineSettings, deps: A2aEngineDeps): Engine {
  return new A2aEngine(settings, deps);
}

const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 5_000;
/** Of looking after a task, in a row. */
const MAX_FAILED_POLLS = 3;
/** Nobody waits for it but the end of the process. */
const CANCEL_TIMEOUT_MS = 2_000;

interface Call {
  readonly requestId: string;
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

/** What has become known about one question while it is asked. */
interface Asking {
  readonly question: Question;
  readonly call: Call;
  readonly shown: GrowingText;
  session: AgentSession;
  way: Way;
  answer: AgentAnswer;
}

class A2aEngine implements Engine {
  readonly name = 'a2a';
  readonly bringsOwnFacts = true;
  readonly #settings: A2aEngineSettings;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #random: () => number;
  readonly #path: string;
  readonly #pool: Pool;
  readonly #ways: Ways;
  readonly #closing = new AbortController();
  /** Look-ups and cancellations that nobody waits for. */
  readonly #errands = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(settings: A2aEngineSettings, deps: A2aEngineDeps) {
    const { logger, clock = systemClock, newId = randomId, random = Math.random } = deps;
    const url = new URL(settings.url);
    this.#settings = settings;
    this.#logger = logger;
    this.#clock = clock;
    this.#newId = newId;
    this.#random = random;
    this.#path = `${url.pathname}${url.search}`;
    this.#ways = new Ways(waysToAsk(url, settings.dialect, settings.streams));
    this.#pool = openUpstream({
      origin: url.origin,
      connectTimeoutMs: settings.connectTimeoutMs,
      // Every exchange watches its own time, to the millisecond.
      headersTimeoutMs: 0,
      bodyTimeoutMs: 0,
      connections: settings.connections,
      ...(settings.ca !== undefined && { ca: settings.ca }),
    });
    this.#run(lookAtCard(this.#pool, this.#ways.current, settings, logger, this.#closing.signal));
  }

  async *answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, void> {
    if (signal.aborted) throw cancellation(signal);
    const closesAt = Math.min(request.closesAt, this.#clock.now() + this.#settings.timeoutMs);
    const way = this.#ways.current;
    const asking: Asking = {
      question: { messageId: this.#newId(), request },
      call: { requestId: request.requestId, closesAt, signal },
      shown: new GrowingText(),
      session: this.#usable(decodeSession(request.session), way.dialect),
      way,
      answer: new AgentAnswer(way.dialect.endsWithArtifact),
    };
    try {
      yield* this.#ask(asking);
      yield* this.#lookAfter(asking);
      yield toReply(asking.answer.content());
      const session = encodeSession(this.#usable(asking.answer.session(asking.session), asking.way.dialect));
      yield { type: 'finished', reason: 'stop', ...(session !== undefined && { session }) };
    } finally {
      const { taskId, isSettled } = asking.answer;
      if (taskId !== undefined && !isSettled) this.#cancel(taskId, asking);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#errands);
    await this.#pool.destroy();
  }

  #run(errand: Promise<void>): void {
    const tracked: Promise<void> = errand.finally(() => this.#errands.delete(tracked));
    this.#errands.add(tracked);
  }

  #keepsConversation(dialect: Dialect): boolean {
    const { session } = this.#settings;
    return session === 'auto' ? dialect.keepsConversation : session === 'server';
  }

  /** A task that waits is named in every dialect; the conversation only where the agent keeps it. */
  #usable(session: AgentSession, dialect: Dialect): AgentSession {
    const isOfUse = this.#keepsConversation(dialect) || session.taskId !== undefined;
    return isOfUse ? session : NO_SESSION;
  }

  /** Until the agent has said all that it says by itself, or the task goes on without a connection. */
  async *#ask(asking: Asking): AsyncGenerator<EnginePart, void, void> {
    for (let attempt = 1; ; ) {
      const exchange = this.#send(asking);
      try {
        for (let frames = await exchange.read(); frames !== undefined; frames = await exchange.read()) {
          yield* show(frames, asking);
        }
        return;
      } catch (thrown) {
        const error = toGatewayError(thrown);
        if (asking.answer.hasBegun) {
          if (asking.answer.taskId === undefined || !lostSightOfTask(error)) throw error;
          this.#log(error, asking, 'the stream of an agent broke off; looking after its task');
          return;
        }
        if (this.#asksDifferently(error, asking)) continue;
        await this.#pauseBeforeRetry(error, attempt, asking.call);
        attempt += 1;
      } finally {
        exchange.close();
      }
    }
  }

  #send({ question, call, session, way }: Asking): AnswerExchange<AgentFrame, Settled> {
    const { dialect, streams } = way;
    const toldAgain = session.taskId === undefined && (isEmpty(session) || !this.#keepsConversation(dialect));
    const method = streams ? dialect.methods.stream : dialect.methods.send;
    const params = sendParams(dialect, question, session, toldAgain);
    return this.#open(way, rpcBody(call.requestId, method, params), call, session.taskId !== undefined);
  }

  #open(
    { dialect, streams }: Way,
    body: string,
    call: Call,
    followsTask: boolean,
  ): AnswerExchange<AgentFrame, Settled> {
    const { apiKey, idleTimeoutMs } = this.#settings;
    const request = {
      path: this.#path,
      headers: [
        'content-type',
        'application/json',
        'accept',
        streams ? 'text/event-stream' : 'application/json',
        ...dialect.headers,
        ...(apiKey === undefined ? [] : ['authorization', `Bearer ${apiKey}`]),
      ],
      body,
      format: {
        openReader: () => new AgentStreamReader({ endsWithArtifact: dialect.endsWithArtifact, followsTask }),
        readWhole: readWholeResponse,
        maxSizeBytes: MAX_WHOLE_BYTES,
      },
      // Agents think for as long as they are let; only the whole has a limit.
      firstTokenTimeoutMs: Number.POSITIVE_INFINITY,
      idleTimeoutMs,
    };
    return new AnswerExchange({ upstream: AGENT, pool: this.#pool, clock: this.#clock }, request, call);
  }

  /** True when there is something to change about the request: what it names of the conversation, or the way in which it is asked. */
  #asksDifferently(error: GatewayError, asking: Asking): boolean {
    const { session, way } = asking;
    if (!isEmpty(session) && mayBeAboutSession(error)) {
      const { taskId, ...others } = session;
      asking.session = taskId === undefined ? NO_SESSION : this.#usable(others, way.dialect);
      this.#log(error, asking, 'an agent does not know its session any more; starting afresh');
      return true;
    }
    if (!asksForAnotherWay(error) || !this.#ways.giveUp(way)) return false;
    asking.way = this.#ways.current;
    asking.answer = new AgentAnswer(asking.way.dialect.endsWithArtifact);
    const { dialect, streams } = asking.way;
    this.#logger.info(
      { dialect: dialect.name, streams, ...error.details },
      'the agent is asked in another way from now on',
    );
    return true;
  }

  /** @throws GatewayError the same error when there is no point or no time, or the cancellation */
  async #pauseBeforeRetry(error: GatewayError, attempt: number, { closesAt, signal }: Call): Promise<void> {
    const pauseMs = wasNotTakenUp(error)
      ? retryPauseMs({ error, attempt, toolsWorked: false, random: this.#random() })
      : undefined;
    if (pauseMs === undefined || this.#clock.now() + pauseMs + SHORTEST_ATTEMPT_MS > closesAt) throw error;
    if (pauseMs > 0) await delay(this.#clock, pauseMs, signal);
    if (signal.aborted) throw cancellation(signal);
  }

  /** Asks for the task until it rests: for agents that do not wait, and for streams that end or break off before it does.
   *  @throws GatewayError `ENGINE_TIMEOUT` when it never does */
  async *#lookAfter(asking: Asking): AsyncGenerator<EnginePart, void, void> {
    const { call, way } = asking;
    let failures = 0;
    for (let pauseMs = FIRST_POLL_MS; !asking.answer.isSettled; pauseMs = Math.min(pauseMs * 1.6, LONGEST_POLL_MS)) {
      const { taskId } = asking.answer;
      if (taskId === undefined) throw noEnd();
      // Spread, so that those who were cut off together do not come back together.
      await delay(this.#clock, Math.min(pauseMs * (0.75 + this.#random() / 2), this.#leftMs(call)), call.signal);
      if (call.signal.aborted) throw cancellation(call.signal);
      try {
        yield* show(await this.#callTask(way, 'getTask', taskId, call), asking);
        failures = 0;
      } catch (thrown) {
        const error = toGatewayError(thrown);
        failures += 1;
        if (!error.retryable || failures >= MAX_FAILED_POLLS || this.#leftMs(call) === 0) throw error;
      }
    }
  }

  #leftMs({ closesAt }: Call): number {
    return Math.max(0, closesAt - this.#clock.now());
  }

  async #callTask(
    { dialect }: Way,
    method: 'getTask' | 'cancelTask',
    taskId: string,
    call: Call,
  ): Promise<readonly AgentFrame[]> {
    const body = rpcBody(call.requestId, dialect.methods[method], { id: taskId });
    const exchange = this.#open({ dialect, streams: false }, body, call, false);
    const frames: AgentFrame[] = [];
    try {
      for (let more = await exchange.read(); more !== undefined; more = await exchange.read()) frames.push(...more);
      return frames;
    } finally {
      exchange.close();
    }
  }

  /** Nobody waits for the task any more. What the agent says to that changes nothing. */
  #cancel(taskId: string, asking: Asking): void {
    const { requestId } = asking.call;
    const call = {
      requestId,
      closesAt: this.#clock.now() + CANCEL_TIMEOUT_MS,
      signal: new AbortController().signal,
    };
    this.#run(
      this.#callTask(asking.way, 'cancelTask', taskId, call).then(
        () => {},
        (thrown: unknown) =>
          this.#log(toGatewayError(thrown), asking, 'a task that nobody waits for could not be cancelled'),
      ),
    );
  }

  #log({ code, details }: GatewayError, { call }: Asking, message: string): void {
    this.#logger.info({ requestId: call.requestId, code, ...details }, message);
  }
}

function* show(frames: readonly AgentFrame[], { answer, shown }: Asking): Generator<EnginePart, void, void> {
  for (const frame of frames) answer.add(frame);
  const text = shown.grow(answer.text);
  if (text !== '') yield { type: 'text-delta', text };
}
