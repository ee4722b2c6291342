import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { DownIcon } from './icons.tsx';
import { useLanguage, useWords } from './language-context.ts';
import { formatDay } from './time-format.ts';

/** So near to the end, the reader follows the conversation. */
const NEAR_END_PX = 80;

export interface LogEntry {
  readonly key: string;
  readonly at: number;
  readonly content: ReactNode;
}

interface MessageLogProps {
  readonly opening: ReactNode;
  readonly entries: readonly LogEntry[];
  readonly ending: ReactNode;
  /** Changes when the customer says something: then the end comes into view, wherever the reader was. */
  readonly spokenCount: number;
}

/** The conversation, oldest first, following its end unless the reader has scrolled away. */
export function MessageLog({ opening, entries, ending, spokenCount }: MessageLogProps) {
  const words = useWords();
  const language = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const [isBehind, setIsBehind] = useState(false);

  const showEnd = () => {
    follows.current = true;
    setIsBehind(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the count is the event
  useLayoutEffect(showEnd, [spokenCount]);

  // Text streams in, pictures load, the keyboard of a phone slides up: all of it changes a height, nothing else tells of all.
  useEffect(() => {
    const { current: outer } = scroller;
    const { current: inner } = content;
    if (outer === null || inner === null) return;
    const observer = new ResizeObserver(() => {
      if (follows.current) outer.scrollTop = outer.scrollHeight;
      else setIsBehind(outer.scrollHeight - outer.scrollTop - outer.clientHeight > NEAR_END_PX);
    });
    observer.observe(outer);
    observer.observe(inner);
    return () => observer.disconnect();
  }, []);

  const noteScroll = () => {
    const { current: outer } = scroller;
    if (outer === null) return;
    // Only a reader scrolls up. Being far from the end alone may mean that a picture has just been loaded below.
    const movedUp = outer.scrollTop < lastTop.current;
    const isNearEnd = outer.scrollHeight - outer.scrollTop - outer.clientHeight <= NEAR_END_PX;
    lastTop.current = outer.scrollTop;
    follows.current = isNearEnd || (follows.current && !movedUp);
    setIsBehind(!follows.current);
  };

  let day = '';
  return (
    <main className="log-frame">
      {/* A log is live by nature; here each token would be read out. Finished answers are announced on their own. */}
      <div
        ref={scroller}
        className="log"
        role="log"
        aria-live="off"
        aria-label={words.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        onScroll={noteScroll}
      >
        <div ref={content} className="log-content">
          {opening}
          {entries.map((entry) => {
            const entryDay = formatDay(entry.at, language);
            const isNewDay = entryDay !== day;
            day = entryDay;
            return (
              <Fragment key={entry.key}>
                {isNewDay && <p className="day">{entryDay}</p>}
                {entry.content}
              </Fragment>
            );
          })}
          {ending}
        </div>
      </div>
      {isBehind && (
        <button
          type="button"
          className="to-latest"
          aria-label={words.toLatest}
          title={words.toLatest}
          onClick={showEnd}
        >
          <DownIcon />
        </button>
      )}
    </main>
  );
}
