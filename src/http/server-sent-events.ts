/** Server-sent events of the browser chat. Event ids are `<sequence>.<characters so far>` or `<sequence>.end`, so that a
 *  browser that comes back with Last-Event-ID gets what it has not seen, and nothing twice. */
import type { FastifyReply } from 'fastify';
import type { Handled } from '../conversation/handled.ts';
import type { FeedUpdate, FinishedAnswer, TurnFeed } from '../conversation/turn/turn-feed.ts';
import { type EpochMs, sourceForCustomers } from '../message.ts';
import type { Clock } from '../platform/clock.ts';
import { formatServerSentEvent } from './format-server-sent-event.ts';

/** Proxies cut connections that are silent for long. */
const PING_MS = 10_000;
/** A browser that reads this slowly has gone, or is an attack: its stream ends, the turn does not. */
const MAX_UNREAD_BYTES = 1_048_576;

export interface StreamedTurn {
  readonly turnId: string;
  readonly sequence: number;
  readonly question: string;
  readonly receivedAt: EpochMs;
}

/** How following a turn ended. */
export type FollowedTo = Extract<FeedUpdate['type'], 'answered' | 'ended' | 'left-open'> | 'gone';

export class EventStream {
  readonly #reply: FastifyReply;
  readonly #ping: NodeJS.Timeout;
  #isOpen = true;
  readonly #onClose: (() => void)[] = [];

  constructor(reply: FastifyReply) {
    this.#reply = reply;
    // Fastify must not finish the response itself, but what its hooks set (cookies) belongs into the head.
    reply.hijack();
    const headers = { ...reply.getHeaders() };
    reply.raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx collects a whole answer otherwise, and nothing streams.
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    reply.raw.flushHeaders();
    this.#ping = setInterval(() => this.#write(': ping\n\n'), PING_MS);
    reply.raw.once('close', () => {
      this.#isOpen = false;
      clearInterval(this.#ping);
      for (const told of this.#onClose) told();
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  onClose(told: () => void): void {
    this.#onClose.push(told);
  }

  send(event: string, data: unknown, id?: string): void {
    this.#write(formatServerSentEvent({ event, id, data }));
  }

  accepted(turn: StreamedTurn): void {
    this.send('accepted', turn, `${turn.sequence}.0`);
  }

  answer(turn: StreamedTurn, answer: FinishedAnswer): void {
    const source = sourceForCustomers(answer.source);
    this.send('answer', { turnId: turn.turnId, sequence: turn.sequence, ...answer, source }, `${turn.sequence}.end`);
  }

  /** What the browser has seen up to this turn is no part of the conversation any more. */
  forgotten(through: number): void {
    this.send('forgotten', { through });
  }

  /** Follows a running turn from `shownChars` on; resolves when it has ended or the browser has gone. */
  follow(turn: StreamedTurn, feed: TurnFeed, shownChars: number): Promise<FollowedTo> {
    let sentChars = shownChars;
    const delta = (text: string) => {
      sentChars += text.length;
      this.send('delta', { turnId: turn.turnId, text }, `${turn.sequence}.${sentChars}`);
    };
    return new Promise((resolve) => {
      if (feed.text.length < shownChars) {
        // Another engine took over while the browser was away: what it has seen is void.
        sentChars = 0;
        this.send('restart', { turnId: turn.turnId });
      }
      const sofar = feed.text.slice(sentChars);
      if (sofar !== '') delta(sofar);
      const stop = feed.watch((update) => {
        if (update.type === 'delta') delta(update.text);
        else if (update.type === 'restart') {
          sentChars = 0;
          this.send('restart', { turnId: turn.turnId });
        } else if (update.type === 'status') {
          this.send('status', { turnId: turn.turnId, text: update.text });
        } else {
          if (update.type === 'answered') this.answer(turn, update.answer);
          resolve(update.type);
        }
      });
      this.onClose(() => {
        stop();
        resolve('gone');
      });
    });
  }

  /** Nothing more comes of what was asked for. */
  end(): void {
    this.send('done', {});
    this.endEarly();
  }

  /** Without `done`, for a browser to come back: there is more to come, but not from this stream. */
  endEarly(): void {
    clearInterval(this.#ping);
    if (this.#isOpen) this.#reply.raw.end();
  }

  #write(text: string): void {
    if (!this.#isOpen) return;
    this.#reply.raw.write(text);
    if (this.#reply.raw.writableLength > MAX_UNREAD_BYTES) this.#reply.raw.destroy();
  }
}

/** The stream of one question: accepted, its text as it grows, the answer. */
export async function writeTurnStream(
  reply: FastifyReply,
  turn: Extract<Handled, { kind: 'stream' }>,
  clock: Clock,
): Promise<FastifyReply> {
  const stream = new EventStream(reply);
  const { turnId, sequence, question, receivedAt } = turn;
  const described = { turnId, sequence, question, receivedAt };
  stream.accepted(described);
  const end = await stream.follow(described, turn.feed, 0);
  const wasOpen = stream.isOpen;
  if (end === 'left-open') stream.endEarly();
  else stream.end();
  await turn.flushed(clock.now(), wasOpen);
  return reply;
}
