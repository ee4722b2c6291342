/** What the customer sees, in the words of no platform: for tests to compare and for a terminal to draw. */

/** A button, quick reply or list row that can be touched. */
export interface Choice {
  readonly label: string;
  readonly place: 'button' | 'quick-reply' | 'list-item';
  /** `say` and `block` reach the bot; the rest happens on the customer's phone. */
  readonly effect: 'say' | 'block' | 'link' | 'call' | 'pick' | 'other';
  /** What the chat shows as the customer's words. */
  readonly spoken?: string;
  readonly url?: string;
  readonly phoneNumber?: string;
  /** Kakao: the block that it runs. */
  readonly blockId?: string;
  /** Kakao `extra`, comes back as `clientExtra`. */
  readonly extra?: unknown;
  /** TalkTalk `code`. */
  readonly code?: string;
  /** The platform's own name for it, such as `webLink` or `CALENDAR`. */
  readonly type: string;
  /** TalkTalk OPTION: what unfolds. */
  readonly inner?: readonly Choice[];
  /** TalkTalk PAY. */
  readonly payment?: unknown;
}

export interface CardRow {
  readonly title: string;
  readonly description?: string;
  readonly imageUrl?: string;
  readonly choice?: Choice;
}

export interface Card {
  readonly title?: string;
  readonly description?: string;
  readonly imageUrl?: string;
  readonly altText?: string;
  /** As the customer reads it, such as `39,000원`. */
  readonly price?: string;
  readonly rows: readonly CardRow[];
  readonly buttons: readonly Choice[];
}

export type Bubble =
  /** `folded`: the chat hides the rest behind a button. */
  | { readonly type: 'text'; readonly text: string; readonly folded: boolean }
  | { readonly type: 'image'; readonly imageUrl: string; readonly altText?: string }
  | ({ readonly type: 'card' } & Card)
  | { readonly type: 'carousel'; readonly header?: Card; readonly cards: readonly Card[] };

/** Everything in the bubbles that can be touched, in reading order. */
export function choicesIn(bubbles: readonly Bubble[]): readonly Choice[] {
  return bubbles.flatMap((bubble) => {
    if (bubble.type === 'card') return choicesOnCard(bubble);
    if (bubble.type === 'carousel') return bubble.cards.flatMap(choicesOnCard);
    return [];
  });
}

function choicesOnCard(card: Card): readonly Choice[] {
  return [...card.rows.flatMap((row) => (row.choice === undefined ? [] : [row.choice])), ...card.buttons];
}

/** The words of the bubbles, for tests that look for an answer. */
export function textOf(bubbles: readonly Bubble[]): string {
  return bubbles
    .flatMap((bubble) => {
      if (bubble.type === 'text') return [bubble.text];
      if (bubble.type === 'image') return [];
      const cards = bubble.type === 'carousel' ? bubble.cards : [bubble];
      return cards.flatMap((card) => [
        card.title ?? '',
        card.description ?? '',
        ...card.rows.flatMap((row) => [row.title, row.description ?? '']),
      ]);
    })
    .filter((text) => text !== '')
    .join('\n');
}

/** A choice by its number (from 1), by its label, or itself. @throws Error when there is none */
export function findChoice(choices: readonly Choice[], wanted: number | string | Choice): Choice {
  if (typeof wanted === 'object') return wanted;
  const found = typeof wanted === 'number' ? choices[wanted - 1] : choices.find((choice) => choice.label === wanted);
  if (found === undefined) {
    const offered = choices.map((choice) => choice.label).join(', ') || 'nothing';
    throw new Error(`No choice "${wanted}"; offered: ${offered}`);
  }
  return found;
}
