/** The conversation as the server tells it. Events may come twice (a resume overlaps what was there): nothing is shown twice. */
import type { AnswerSource, EpochMs, Reply } from '../../src/message.ts';
import type { ChatEvent, ReceivedEvent } from './protocol.ts';

export interface Turn {
  readonly turnId: string;
  readonly sequence: number;
  readonly question: string;
  readonly askedAt: EpochMs;
  /** What has streamed so far; empty once the answer is there. */
  readonly partial: string;
  /** What keeps the answer waiting, where the server said so. */
  readonly status?: string;
  readonly answer?: { readonly reply: Reply; readonly source: AnswerSource; readonly answeredAt: EpochMs };
  /** The server has closed the stream and has no answer for this question. */
  readonly unanswered: boolean;
  readonly lastEventId: string;
}

/** Ordered by sequence number. */
export type Transcript = readonly Turn[];

export const isOpen = (turn: Turn): boolean => turn.answer === undefined && !turn.unanswered;

/** A piece is put where its id says that it belongs; the server's newest word wins over what we had there. */
function appendDelta(partial: string, text: string, endsAt: number | undefined): string {
  if (endsAt === undefined) return partial + text;
  const startsAt = endsAt - text.length;
  if (startsAt < 0 || startsAt > partial.length) return partial + text;
  return partial.slice(startsAt, endsAt) === text ? partial : partial.slice(0, startsAt) + text;
}

function update(transcript: Transcript, turnId: string, change: (turn: Turn) => Turn): Transcript {
  return transcript.map((turn) => (turn.turnId === turnId ? change(turn) : turn));
}

function insert(transcript: Transcript, turn: Turn): Transcript {
  return [...transcript, turn].sort((a, b) => a.sequence - b.sequence);
}

function emptyTurn(event: Extract<ChatEvent, { type: 'accepted' | 'answer' }>): Turn {
  return {
    turnId: event.turnId,
    sequence: event.sequence,
    question: event.type === 'accepted' ? event.question : '',
    askedAt: event.type === 'accepted' ? event.receivedAt : event.answeredAt,
    partial: '',
    unanswered: false,
    lastEventId: `${event.sequence}.0`,
  };
}

/** The same object comes back when the event told nothing new. */
export function applyEvent(transcript: Transcript, { id, event }: ReceivedEvent): Transcript {
  if (event.type === 'done') return transcript;
  if (event.type === 'forgotten') {
    const left = transcript.filter((turn) => turn.sequence > event.through);
    return left.length === transcript.length ? transcript : left;
  }
  const known = transcript.find((turn) => turn.turnId === event.turnId);
  const lastEventId = id === undefined || id === '' ? {} : { lastEventId: id };
  switch (event.type) {
    case 'accepted':
      return known === undefined ? insert(transcript, { ...emptyTurn(event), ...lastEventId }) : transcript;
    case 'delta': {
      if (known === undefined || known.answer !== undefined) return transcript;
      const partial = appendDelta(known.partial, event.text, event.endsAt);
      if (partial === known.partial) return transcript;
      return update(transcript, event.turnId, (turn) => ({ ...turn, ...lastEventId, partial, unanswered: false }));
    }
    case 'restart':
      if (known === undefined || known.answer !== undefined) return transcript;
      return update(transcript, event.turnId, (turn) => ({ ...turn, ...lastEventId, partial: '', unanswered: false }));
    case 'status': {
      if (known === undefined || known.answer !== undefined || known.status === event.text) return transcript;
      return update(transcript, event.turnId, (turn) => ({ ...turn, status: event.text }));
    }
    case 'answer': {
      if (known?.answer !== undefined) return transcript;
      const { reply, source, answeredAt } = event;
      const answered = { answer: { reply, source, answeredAt }, partial: '', unanswered: false, ...lastEventId };
      return known === undefined
        ? insert(transcript, { ...emptyTurn(event), ...answered })
        : update(transcript, event.turnId, (turn) => ({ ...turn, ...answered }));
    }
  }
}

/** Where a resume has to begin: the earliest turn that is still open, else after everything that we know. */
export function resumeFrom(transcript: Transcript): string | undefined {
  return (transcript.find(isOpen) ?? transcript.at(-1))?.lastEventId;
}

export function markUnanswered(transcript: Transcript, isMeant: (turn: Turn) => boolean): Transcript {
  return transcript.some((turn) => isOpen(turn) && isMeant(turn))
    ? transcript.map((turn) => (isOpen(turn) && isMeant(turn) ? { ...turn, unanswered: true } : turn))
    : transcript;
}
