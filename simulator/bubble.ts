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
  /** The last row of an itemCard, set apart: usually a price. */
  readonly isSummary?: true;
}

export interface Card {
  /** Above everything: whose card it is, or what it is about. */
  readonly heading?: string;
  readonly title?: string;
  readonly description?: string;
  readonly imageUrl?: string;
  readonly altText?: string;
  /** Opened by a touch of the picture. */
  readonly imageLinkUrl?: string;
  /** As the customer reads it, such as `39,000원`. */
  readonly price?: string;
  /** Struck out beside the price. */
  readonly regularPrice?: string;
  /** Such as `20%`. */
  readonly discount?: string;
  readonly rows: readonly CardRow[];
  /** Title and description stand below the rows (itemCard). */
  readonly rowsFirst?: true;
  readonly buttons: readonly Choice[];
  /** Two buttons in one line. */
  readonly sideBySide?: true;
}

interface Forwardable {
  /** The icon for passing it on is shown. */
  readonly forwardable?: true;
}

export type Bubble =
  /** `folded`: the chat hides the rest behind a button. */
  | ({ readonly type: 'text'; readonly text: string; readonly folded: boolean } & Forwardable)
  | ({ readonly type: 'image'; readonly imageUrl: string; readonly altText?: string } & Forwardable)
  | ({ readonly type: 'card' } & Card & Forwardable)
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
      if (bubble.type === 'card') return wordsOf(bubble);
      return [...(bubble.header === undefined ? [] : wordsOf(bubble.header)), ...bubble.cards.flatMap(wordsOf)];
    })
    .filter((text) => text !== '')
    .join('\n');
}

function wordsOf(card: Card): readonly string[] {
  const words = [card.title ?? '', card.price ?? '', card.description ?? ''];
  const rows = card.rows.flatMap((row) => [row.title, row.description ?? '']);
  return [card.heading ?? '', ...(card.rowsFirst ? [...rows, ...words] : [...words, ...rows])];
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
