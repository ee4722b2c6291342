import { type Choice, partText, type ReplyPart } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { shorten } from '../shorten.ts';
import { withoutMenus } from '../simple-parts.ts';
import { type ActionScope, toAction } from './actions.ts';
import { withButtons } from './buttons.ts';
import { type CardContent, jsonSizeBytes } from './content.ts';
import { MAX_ALT_TEXT_CHARS, MAX_BUBBLE_BYTES } from './limits.ts';
import type { CardBodies, CardType, SkillAction, Thumbnail } from './schema.ts';

/** What drawing a reply needs to know, and to whom it says what it could not draw as it was written. */
export interface DrawScope extends ActionScope {
  readonly preferredChars: number;
  readonly maxChars: number;
  readonly maxButtons: number;
  /** For all bubbles of a page. */
  readonly maxBubbles: number;
  /** English, without any word of the reply. */
  readonly degrade: (what: string) => void;
}

export const PICTURE_LEFT_OUT = 'picture left out: no address that Kakao could fetch';

/** In a carousel cards are smaller. */
export type CardPlace = 'single' | 'carousel';

/** A card inside every limit of its place. */
export interface CardDraft {
  readonly content: CardContent;
  /** For people. */
  readonly text: string;
  /** Buttons without room on it. */
  readonly overflow: readonly SkillAction[];
}

/** Why a part cannot be drawn as the card that it asks for; English, for the log. */
export class Obstacle {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

type Card = Extract<ReplyPart, { readonly buttons: unknown }>;

/** Puts the buttons of `part` on a body that keeps its limits. */
export function finishCard<K extends CardType>(
  type: K,
  body: CardBodies[K],
  part: Card,
  scope: DrawScope,
): CardDraft | Obstacle {
  if (jsonSizeBytes(body) > MAX_BUBBLE_BYTES) return new Obstacle(`${type} of too many bytes`);
  const actions = actionsOf(part.buttons, scope);
  const bare = { type, body } as unknown as CardContent;
  const { content, rest } = withButtons(bare, actions, { maxButtons: scope.maxButtons }, part.buttonLayout);
  return { content, text: cleanText(partText(part)), overflow: rest };
}

/** What of the choices can be shown. That nobody can be handed over here is a setting, and no news. */
export function actionsOf(choices: readonly Choice[], scope: DrawScope): readonly SkillAction[] {
  return withoutMenus(choices).flatMap((choice) => {
    const action = toAction(choice, scope);
    if (action === undefined && choice.type !== 'person') scope.degrade(`${choice.type} choice left out`);
    return action ?? [];
  });
}

/** One part's text on a card: no control characters, no blank ends. */
export function tidy(text: string | undefined): string {
  return text === undefined ? '' : cleanText(text).trim();
}

/** Inside a number of lines and characters. */
export function fitsInto(text: string, maxChars: number, maxLines = Number.POSITIVE_INFINITY): boolean {
  return text.length <= maxChars && (maxLines === Number.POSITIVE_INFINITY || text.split('\n').length <= maxLines);
}

interface Picture {
  readonly imageUrl?: string;
  readonly imageAltText?: string;
  readonly imageShape?: 'wide' | 'square';
  readonly imageLinkUrl?: string;
}

/** `undefined` without a picture that Kakao could fetch. */
export function thumbnailOf(picture: Picture, title: string): Thumbnail | undefined {
  const { imageUrl, imageLinkUrl, imageShape } = picture;
  if (imageUrl === undefined || !isHttpUrl(imageUrl)) return undefined;
  const altText = shorten(tidy(picture.imageAltText) || title, MAX_ALT_TEXT_CHARS);
  return {
    imageUrl,
    ...(altText === '' ? {} : { altText }),
    ...(imageLinkUrl !== undefined && isHttpUrl(imageLinkUrl) ? { link: { web: imageLinkUrl } } : {}),
    ...(imageShape === 'square' ? { fixedRatio: true } : {}),
  };
}

/** Fields whose text is not empty. */
export function filled<F extends Readonly<Record<string, string>>>(fields: F): Partial<F> {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== '')) as Partial<F>;
}
