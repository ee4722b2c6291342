import { useCallback, useEffect, useRef, useState } from 'react';
import type { ChatState } from './chat-session.ts';
import { readableText } from './reply-text.ts';
import { isOpen } from './transcript.ts';
import type { Words } from './words.ts';

export interface Announcement {
  readonly text: string;
  /** Makes the same words new again: unchanged text is not read out. */
  readonly count: number;
}

/** What a screen reader is told without being asked: answers when they are complete, and changes that are only seen. */
export function useAnnouncements(
  state: ChatState,
  words: Words,
): [announcement: Announcement, announce: (text: string) => void] {
  const [announcement, setAnnouncement] = useState<Announcement>({ text: '', count: 0 });
  const announce = useCallback((text: string) => setAnnouncement(({ count }) => ({ text, count: count + 1 })), []);
  const openTurns = useRef<ReadonlySet<string>>(new Set());
  const wasAway = useRef(false);

  useEffect(() => {
    const finished = state.turns.filter((turn) => openTurns.current.has(turn.turnId) && !isOpen(turn));
    const started = state.turns.some((turn) => isOpen(turn) && !openTurns.current.has(turn.turnId));
    openTurns.current = new Set(state.turns.filter(isOpen).map((turn) => turn.turnId));
    if (finished.length > 0) {
      announce(finished.map((turn) => (turn.answer ? readableText(turn.answer.reply) : words.unanswered)).join('\n\n'));
    } else if (started) {
      announce(words.typing);
    }
  }, [state.turns, words, announce]);

  useEffect(() => {
    const isAway = state.connection.state === 'away';
    if (wasAway.current && state.connection.state === 'online') announce(words.back);
    wasAway.current = isAway;
  }, [state.connection, words, announce]);

  return [announcement, announce];
}
