import { type FocusEvent, type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { CarouselPart } from '../../src/message.ts';
import { CardView } from './CardView.tsx';
import { NextIcon, PreviousIcon } from './icons.tsx';
import { useWords } from './language-context.ts';
import { Thumbnail } from './Picture.tsx';
import { languageOf } from './words.ts';

/** Fractions of a pixel that zoomed screens leave over. */
const ROUNDING_PX = 2;

interface Position {
  /** Of the first and the last card that are to be seen whole, from 0. */
  readonly first: number;
  readonly last: number;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
}

function readPosition(track: HTMLElement): Position {
  const left = track.scrollLeft - ROUNDING_PX;
  const right = track.scrollLeft + track.clientWidth + ROUNDING_PX;
  const cards = [...track.children].filter((card) => card instanceof HTMLElement);
  const found = cards.findIndex((card) => card.offsetLeft >= left);
  const first = found === -1 ? cards.length - 1 : found;
  const last = cards.findLastIndex((card) => card.offsetLeft + card.offsetWidth <= right);
  return {
    first,
    last: Math.max(first, last),
    isAtStart: left <= 0,
    isAtEnd: right >= track.scrollWidth,
  };
}

/** Cards side by side: swiped, wheeled, moved with its two buttons, or with the arrow keys where the row has the focus. */
export function CarouselView({ carousel }: { readonly carousel: CarouselPart }) {
  const words = useWords();
  const track = useRef<HTMLUListElement>(null);
  const [position, setPosition] = useState<Position>({ first: 0, last: 0, isAtStart: true, isAtEnd: true });
  const { cards, header } = carousel;

  const measure = useCallback(() => {
    if (track.current === null) return;
    const next = readPosition(track.current);
    setPosition((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next));
  }, []);

  useEffect(() => {
    if (track.current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(track.current);
    return () => observer.disconnect();
  }, [measure]);

  const show = (index: number) => {
    const row = track.current;
    const card = row?.children[Math.min(Math.max(index, 0), cards.length - 1)];
    if (row !== null && card instanceof HTMLElement) row.scrollTo({ left: card.offsetLeft });
  };

  const showByKey = (event: KeyboardEvent<HTMLUListElement>) => {
    // Keys pressed on a button inside a card are the button's.
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const goals: Record<string, number> = {
      ArrowLeft: position.first - 1,
      ArrowRight: position.first + 1,
      Home: 0,
      End: cards.length - 1,
    };
    const goal = goals[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    show(goal);
  };

  /** A button of which a corner peeks in counts as seen for the browser, but not for who has to read it. Only for the keyboard:
   *  a card that moves away under the finger would miss its own tap. */
  const showFocused = (event: FocusEvent, index: number) => {
    const isWhole = index >= position.first && index <= position.last;
    if (!isWhole && event.target.matches(':focus-visible')) show(index);
  };

  const { first, last, isAtStart, isAtEnd } = position;
  const isWhole = isAtStart && isAtEnd;
  return (
    <section className="carousel" aria-label={words.cards(cards.length)}>
      {header !== undefined && (
        <div className="carousel-header" lang={languageOf(header.title + header.description)}>
          <Thumbnail url={header.imageUrl} className="carousel-picture" />
          <div>
            <p className="heading">{header.title}</p>
            <p className="carousel-description">{header.description}</p>
          </div>
        </div>
      )}
      <ul
        ref={track}
        className="carousel-track"
        aria-label={words.cards(cards.length)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        onScroll={measure}
        onKeyDown={showByKey}
      >
        {cards.map((card, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a carousel never change
          <li key={index} className="carousel-slide" onFocus={(event) => showFocused(event, index)}>
            <span className="visually-hidden">{words.cardPosition(index + 1, cards.length)}: </span>
            <CardView card={card} />
          </li>
        ))}
      </ul>
      {!isWhole && (
        <div className="carousel-controls">
          <button
            type="button"
            className="icon-button"
            aria-label={words.previousCard}
            title={words.previousCard}
            aria-disabled={isAtStart}
            onClick={() => show(first - 1)}
          >
            <PreviousIcon />
          </button>
          {/* Each card says its own number to screen readers. */}
          <span className="carousel-position" aria-hidden="true">
            {first === last ? first + 1 : `${first + 1}–${last + 1}`} / {cards.length}
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label={words.nextCard}
            title={words.nextCard}
            aria-disabled={isAtEnd}
            onClick={() => show(first + 1)}
          >
            <NextIcon />
          </button>
        </div>
      )}
    </section>
  );
}
